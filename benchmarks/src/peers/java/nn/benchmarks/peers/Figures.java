package nn.benchmarks.peers;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import nn.benchmarks.Steady;
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

    /// The limit as text; empty if there is none.
    String most() {
      return Double.isInfinite(limit) ? "" : String.format(Locale.ROOT, "%.2f", limit);
    }
  }

  private static final int STEPS = 12;

  private Figures() {}

  /// Measures them one after the other.
  ///
  /// @param found gets each figure when it is known
  static void all(int threads, Path root, Consumer<Figure> found) {
    found.accept(
        new Figure(
            "peak resident memory of " + STEPS + " training steps, resnet18, 224×224, batch 8",
            said(threads, "resident"), said(threads, "resident-torch"), "MB",
            "PyTorch, with the JVM that DJL runs it from and our copy of the weights, 45 MB"));
    predictions(root, found);
    for (String[] step : new String[][] {{"resnet18", "224", "8"}, {"resnet50", "224", "4"},
        {"mobilenet_v2", "224", "8"}, {"cifar-resnet20", "32", "128"}}) {
      found.accept(
          new Figure(
              "garbage of a steady training step, " + step[0] + ", " + step[1] + "×" + step[1]
                  + ", batch " + step[2],
              said(threads, "garbage", step), 1, "MB", "the goal"));
    }
  }

  /// The number that [#main] of another process says. PyTorch's memory is counted with the one setting that every process of
  /// Python has by itself; what else [Child#KEEPING_MEMORY] asks for would cost it memory.
  private static double said(int threads, String what, String... network) {
    List<String> arguments = new ArrayList<>(List.of(Integer.toString(threads), what));
    arguments.addAll(List.of(network));
    List<String> fields = new ArrayList<>();
    int exit =
        Child.java(
            Figures.class, arguments, Map.of("MALLOC_ARENA_MAX", "1"), fields::addAll);
    if (exit != 0) {
      throw new IllegalStateException(what + ": the process ended with " + exit);
    }
    return Double.parseDouble(fields.getFirst());
  }

  /// Says one figure of its own process.
  ///
  /// @param arguments threads; `resident`, `resident-torch`, or `garbage` with a network's name, side and batch
  public static void main(String[] arguments) throws IOException {
    int threads = Integer.parseInt(arguments[0]);
    Parallel.threads(threads);
    double figure = switch (arguments[1]) {
      case "resident" -> {
        Networks.Ours ours = new Networks.Ours("resnet18", 224, 8);
        for (int i = 0; i < STEPS; i++) {
          ours.step();
        }
        yield resident();
      }
      case "resident-torch" -> {
        Torch.threads(threads);
        Networks.Step step = Networks.torch(new Networks.Ours("resnet18", 224, 8), false);
        System.gc(); // our network, whose weights the peer has copied, is not the peer's
        for (int i = 0; i < STEPS; i++) {
          step.run();
        }
        yield resident();
      }
      default ->
          garbage(
              new Networks.Ours(
                  arguments[2], Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4])));
    };
    Child.say(List.of(Double.toString(figure)));
    System.exit(0); // native threads are of no use any more
  }

  /// How many megabytes of this process were in memory at most.
  private static double resident() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      String line = lines.filter(l -> l.startsWith("VmHWM:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("\\D", "")) / 1000.0;
    }
  }

  /// Megabytes that were allocated in one step, the mean of ten, once the code is compiled.
  private static double garbage(Networks.Ours ours) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long end = System.nanoTime() + 25_000_000_000L;
    for (int i = 0; i < 20 || System.nanoTime() < end; i++) {
      ours.step();
    }
    long before = threads.getTotalThreadAllocatedBytes();
    for (int i = 0; i < 10; i++) {
      ours.step();
    }
    return (threads.getTotalThreadAllocatedBytes() - before) / 10e6;
  }

  private static void predictions(Path root, Consumer<Figure> found) {
    try {
      Path folder = Files.createTempDirectory("graft-compare");
      try {
        for (int images : new int[] {1, 10}) {
          found.accept(
              new Figure(
                  "process start to the end of `./graft predict`, cifar-resnet20, "
                      + (images == 1 ? "one image" : images + " images"),
                  predictSeconds(root, folder, images),
                  images == 1 ? 0.8 : Double.POSITIVE_INFINITY, "s",
                  images == 1 ? "the goal" : ""));
        }
      } finally {
        try (var files = Files.list(folder)) {
          files.forEach(file -> file.toFile().delete());
        }
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Seconds of a whole process, the median of five.
  private static double predictSeconds(Path root, Path folder, int images) throws IOException {
    Path model = folder.resolve("model.safetensors");
    List<String> command =
        new ArrayList<>(
            List.of(
                root.resolve("graft").toString(), "predict", "--weights", model.toString()));
    List<String> classes =
        List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
    new ModelFile(
        new ModelCard("cifar-resnet20", classes, Preprocessing.cifar().toJson(), "", Map.of()),
        ModelZoo.create("cifar-resnet20", 10)).write(model);
    for (int i = 0; i < images; i++) {
      Path image = folder.resolve(i + ".png");
      ImageIO.write(new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
      command.add(image.toString());
    }
    predict(command); // builds what is missing, and brings the files into memory
    double[] seconds = new double[5];
    for (int i = 0; i < seconds.length; i++) {
      long start = System.nanoTime();
      predict(command);
      seconds[i] = (System.nanoTime() - start) / 1e9;
    }
    return Steady.median(seconds);
  }

  private static void predict(List<String> command) {
    int exit = Child.run(command, Map.of(), _ -> {});
    if (exit != 0) {
      throw new IllegalStateException("ended with " + exit + ": " + String.join(" ", command));
    }
  }
}
