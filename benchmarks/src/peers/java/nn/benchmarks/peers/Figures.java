package nn.benchmarks.peers;

import ai.djl.ndarray.NDArray;
import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import nn.core.kernel.Parallel;
import nn.layers.image.Preprocessing;
import nn.layers.state.ModelCard;
import nn.layers.state.ModelFile;
import nn.layers.zoo.ModelZoo;

/// What is not a time in turns with a peer: memory, garbage, and how soon a process gives its first result. Processes of their
/// own, so that nothing else is counted.
final class Figures {
  /// @param ours in `unit`, the less the better
  /// @param limit what it may be at most
  /// @param whose what the limit comes from
  record Figure(String name, double ours, double limit, String unit, String whose) {
    boolean met() {
      return ours <= limit;
    }
  }

  private static final int STEPS = 12;

  private Figures() {}

  static List<Figure> all(int threads, Path root) {
    List<Figure> all = new ArrayList<>();
    all.add(
        new Figure(
            "peak resident memory of 12 training steps, resnet18, 224×224, batch 8",
            resident("graft", threads), resident("torch", threads), "MB",
            "PyTorch, with the JVM that DJL runs it from"));
    Path folder = temporary();
    for (int images : new int[] {1, 10}) {
      all.add(
          new Figure(
              "process start to the end of `./graft predict`, cifar-resnet20, "
                  + (images == 1 ? "one image" : images + " images"),
              predictSeconds(root, folder, images), images == 1 ? 0.8 : Double.POSITIVE_INFINITY,
              "s", images == 1 ? "the goal" : "none"));
    }
    for (String[] step : new String[][] {{"resnet18", "224", "8"}, {"resnet50", "224", "4"},
        {"mobilenet_v2", "224", "8"}, {"cifar-resnet20", "32", "128"}}) {
      int side = Integer.parseInt(step[1]);
      int batch = Integer.parseInt(step[2]);
      all.add(
          new Figure(
              "garbage of a steady training step, " + step[0] + ", " + side + "×" + side
                  + ", batch " + batch,
              garbage(step[0], side, batch), 1, "MB", "the goal"));
    }
    return all;
  }

  /// Megabytes that were allocated in one step, the mean of ten, once the code is compiled.
  private static double garbage(String name, int side, int batch) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Networks.Ours ours = new Networks.Ours(name, side, batch);
    long end = System.nanoTime() + 30_000_000_000L;
    for (int i = 0; i < 20 || (i < 200 && System.nanoTime() < end); i++) {
      ours.step();
    }
    long before = threads.getTotalThreadAllocatedBytes();
    for (int i = 0; i < 10; i++) {
      ours.step();
    }
    return (threads.getTotalThreadAllocatedBytes() - before) / 10e6;
  }

  /// What [#main] of another process says.
  private static double resident(String side, int threads) {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
            Figures.class.getName(), side, Integer.toString(threads));
    String out = output(command);
    return Double.parseDouble(out.lines().toList().getLast());
  }

  /// Trains for some steps on one side, and prints how many megabytes of the process were in memory at most.
  public static void main(String[] arguments) throws IOException {
    int threads = Integer.parseInt(arguments[1]);
    Parallel.threads(threads);
    Networks.Ours ours = new Networks.Ours("resnet18", 224, 8);
    if (arguments[0].equals("graft")) {
      for (int i = 0; i < STEPS; i++) {
        ours.step();
      }
    } else {
      Torch.threads(threads);
      TorchNetwork peer = new TorchNetwork("resnet18", ours.model);
      NDArray x = Torch.array(ours.x);
      float[] oneHot = new float[8 * 10];
      for (int i = 0; i < 8; i++) {
        oneHot[i * 10 + i] = 1;
      }
      NDArray labels =
          Torch.manager().create(oneHot, new ai.djl.ndarray.types.Shape(8, 10));
      for (int i = 0; i < STEPS; i++) {
        peer.step(x, labels, "", 1e-5f);
      }
    }
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        System.out.println(Long.parseLong(line.replaceAll("\\D", "")) / 1000.0);
      }
    }
    System.exit(0); // native threads are of no use any more
  }

  /// Seconds of a whole process, the median of five.
  private static double predictSeconds(Path root, Path folder, int images) {
    Path model = folder.resolve("model.safetensors");
    List<String> command =
        new ArrayList<>(
            List.of(
                root.resolve("graft").toString(), "predict", "--weights", model.toString()));
    try {
      List<String> classes =
          List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
      new ModelFile(
          new ModelCard(
              "cifar-resnet20", classes, Preprocessing.cifar().toJson(), "", Map.of()),
          ModelZoo.create("cifar-resnet20", 10)).write(model);
      for (int i = 0; i < images; i++) {
        Path image = folder.resolve(i + ".png");
        ImageIO.write(new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
        command.add(image.toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    output(command); // builds what is missing, and brings the files into memory
    double[] seconds = new double[5];
    for (int i = 0; i < seconds.length; i++) {
      long start = System.nanoTime();
      output(command);
      seconds[i] = (System.nanoTime() - start) / 1e9;
    }
    Arrays.sort(seconds);
    return seconds[seconds.length / 2];
  }

  private static Path temporary() {
    try {
      Path folder = Files.createTempDirectory("graft-compare");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String output(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("failed: " + String.join(" ", command));
      }
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}
