package nn.cli;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Workspace;
import nn.core.kernel.CountingKernels;
import nn.core.kernel.KernelChoice;
import nn.core.kernel.Kernels;
import nn.core.kernel.Parallel;
import nn.finetune.Freezing;
import nn.finetune.ParameterGroup;
import nn.finetune.Sgd;
import nn.layers.Layer;
import nn.layers.Pass;
import nn.layers.zoo.ModelZoo;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Measures a network on this machine.
@Command(
    name = "bench",
    description = "Measures on this machine how long a network takes: inference, and training steps of all, "
        + "of the last stage, of the head.",
    footer = {
        "",
        "Times are medians, taken once runs have stopped getting faster. GF/s are billions of",
        "multiplications and additions of matrix products and convolutions in a second of the training",
        "step of everything, counted as their definitions ask for: Winograd's tiles need fewer, so the",
        "share of the peak can pass 100 %%.",
        "",
        "Examples:",
        "  graft bench",
        "  graft bench --model mobilenet_v2 --size 160 --batch 4 --threads 1",
        "  graft bench --model cifar-resnet20 --batch 128 --json"
    })
final class BenchCommand extends GraftCommand {
  private static final float RATE = 1e-5f; // small: fresh weights must not run away over hundreds of steps

  @Option(
      names = "--model",
      defaultValue = "resnet18",
      paramLabel = "NAME",
      description = "Which network (see 'graft models'). Default: ${DEFAULT-VALUE}.") private String model;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Height and width of the images. Default: the network's own, such as 224.") private @Nullable Integer size;

  @Option(
      names = "--batch",
      defaultValue = "8",
      paramLabel = "N",
      description = "How many images at a time. Default: ${DEFAULT-VALUE}.") private int batch;

  @Option(
      names = "--seconds",
      defaultValue = "3",
      paramLabel = "S",
      description = "How long each of the four is measured, after it has warmed up. Default: ${DEFAULT-VALUE}.") private double seconds;

  @Override
  Json run(Talk talk) {
    require(batch >= 1, "--batch must be 1 or more, got " + batch);
    require(size == null || size >= 1, "--size must be 1 or more, got " + size);
    require(seconds > 0, "--seconds must be positive, got " + seconds);
    ModelZoo.Entry entry = ModelZoo.entry(model);
    Shape own = entry.input();
    Shape images =
        Shape.of(
            batch, own.dim(0), size == null ? own.dim(1) : size, size == null ? own.dim(2) : size);
    Subject subject = new Subject(ModelZoo.create(model, entry.classes()), images, entry.classes());

    double peak = peak();
    long operations = subject.operations();
    List<Part> parts = List.of(
        new Part("inference", () -> {}, subject::infer),
        new Part("training step", () -> Freezing.all(subject.network), subject::step),
        new Part("of the last stage", () -> Freezing.lastStage(subject.network), subject::step),
        new Part("of the head", () -> Freezing.head(subject.network), subject::step));
    double[] times = measure(parts, talk);
    long peakBytes = PeakMemory.bytes();
    double speed = operations / times[1] / 1e6;

    talk.say(
        String.format(
            Locale.ROOT, "%s, %s, %s kernels, %d threads, peak %.0f GF/s%n%n", model,
            images, Kernels.active().name(), Parallel.threads(), peak));
    Table table = new Table("", "ms", "images a second");
    for (int i = 0; i < times.length; i++) {
      table.row(parts.get(i).name, oneDecimal(times[i]), oneDecimal(batch * 1000 / times[i]));
    }
    talk.say(table.toString());
    talk.say(
        String.format(
            Locale.ROOT, "%ntraining: %.0f GF/s, %.0f %% of the peak; peak memory %.0f MB%n",
            speed, 100 * speed / peak, peakBytes / 1e6));
    return new Json()
        .put("model", model)
        .put("size", images.dim(2))
        .put("batch", batch)
        .put("threads", Parallel.threads())
        .put("kernels", Kernels.active().name())
        .put("inferenceMillis", times[0])
        .put("trainMillis", times[1])
        .put("lastStageMillis", times[2])
        .put("headMillis", times[3])
        .put("peakBytes", peakBytes)
        .put("gflops", speed)
        .put("peakGflops", peak)
        .put("peakShare", speed / peak);
  }

  /// @param before what has to be said to the network first
  private record Part(String name, Runnable before, Runnable work) {}

  /// Milliseconds of each part. All are warmed up before the first is measured: they share kernels, and what one compiles
  /// changes the others.
  private double[] measure(List<Part> parts, Talk talk) {
    double[] times = new double[parts.size()];
    try (Progress progress = talk.progress("measuring", 2L * parts.size(), "parts")) {
      for (int i = 0; i < 2 * parts.size(); i++) {
        Part part = parts.get(i % parts.size());
        boolean warm = i >= parts.size();
        progress.remark(part.name + (warm ? "" : ", warming up"));
        part.before.run();
        SteadyTime.warmUp(part.name, part.work, Math.min(2, seconds), System::nanoTime);
        if (warm) {
          times[i % parts.size()] = SteadyTime.milliseconds(part.work, seconds);
        }
        progress.advance(1);
      }
    }
    return times;
  }

  private static String oneDecimal(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }

  /// Billions of multiplications and additions that the threads manage in a second if there is nothing else to do.
  private static double peak() {
    int threads = Parallel.threads();
    long operations = 1_000_000_000;
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 40; i++) {
      long start = System.nanoTime();
      Parallel.chunks(threads, _ -> Kernels.active().multiplyAdds(operations));
      best = Math.min(best, System.nanoTime() - start);
    }
    return (double) operations * threads / best;
  }

  /// The network with images to work on.
  private static final class Subject {
    final Layer network;
    private final NdArray images;
    private final int[] labels;
    private final Sgd optimizer;
    private final Workspace workspace = new Workspace();

    Subject(Layer network, Shape shape, int classes) {
      this.network = network;
      images = NdArray.normal(shape, 1, new SplittableRandom(1));
      labels = new int[shape.dim(0)];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = i % classes;
      }
      optimizer = new Sgd(ParameterGroup.of(network.parameters(), RATE));
    }

    void infer() {
      try (Pass pass = Pass.inference(workspace)) {
        network.forward(images, pass);
      }
    }

    void step() {
      try (Pass pass = Pass.training(1, workspace)) {
        optimizer.step(network.forward(images, pass).crossEntropy(labels).backward());
      }
    }

    /// How many operations a training step of everything has.
    long operations() {
      Kernels kernels = Kernels.active();
      CountingKernels counting = new CountingKernels(kernels);
      KernelChoice.use(counting);
      try {
        step();
      } finally {
        KernelChoice.use(kernels);
      }
      return counting.operations();
    }
  }
}
