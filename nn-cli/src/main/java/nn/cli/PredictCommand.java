package nn.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nn.core.NdArray;
import nn.core.kernel.CountingKernels;
import nn.core.kernel.KernelChoice;
import nn.core.kernel.Kernels;
import nn.finetune.data.DataException;
import nn.finetune.data.Dataset;
import nn.finetune.data.Datasets;
import nn.finetune.data.ImageFiles;
import nn.layers.image.Pixels;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Says what is on images.
@Command(
    name = "predict",
    description = "Says what is on images, and how probable the network finds it.",
    footer = {
        "",
        "Images that cannot be read are named, the others are answered, and the exit code is 1.",
        "",
        "Examples:",
        "  graft predict --weights mine.safetensors photo.jpg",
        "  graft predict --weights mine.safetensors holiday/ --top 1 --json",
        "  graft predict --model resnet18 --weights resnet18.pth --classes names.txt dog.jpg"
    })
final class PredictCommand extends GraftCommand {
  /// Up to so many operations the scalar kernels are done sooner, as C2 first has to compile the vector kernels: 4 images for
  /// ResNet-18, 200 for ResNet-20. Seconds from the start of a process to the first and the tenth prediction, scalar and vector
  /// (AMD Zen 5): ResNet-20 0.15 and 0.34, 0.25 and 0.6; ResNet-18 0.45 and 1.2, 1.85 and 1.5.
  private static final long FEW = 16_000_000_000L;

  @Mixin private ModelOptions model;

  @Parameters(
      arity = "1..*",
      paramLabel = "IMAGE",
      description = "Image files, folders with images, or files of records (.bin, .bin.gz, IDX).") private List<Path> inputs;

  @Option(
      names = "--top",
      defaultValue = "3",
      paramLabel = "K",
      description = "How many classes to name for each image. Default: ${DEFAULT-VALUE}.") private int top;

  @Option(
      names = "--classes",
      paramLabel = "NAMES",
      description = "The names of the classes, as in rose,tulip, or a file with one in each line. "
          + "A model file says them.") private @Nullable String classes;

  @Override
  Json run(Talk talk) throws Exception {
    require(top >= 1, "--top must be 1 or more, got " + top);
    ModelOptions.Model opened = model.read();
    List<String> names = names(opened);
    Table table = new Table(heads(Math.min(top, names.size())));
    List<Json> predictions = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    List<Source> sources = sources();
    KernelChoice.favourFirstResult();
    try (Progress progress = talk.progress("predicting", sources.size(), "images")) {
      for (Source source : sources) {
        try {
          Pixels image = source.image().read();
          float[] odds =
              predictions.isEmpty()
                  ? first(opened, image, sources.size())
                  : probabilities(opened, image);
          List<Integer> best = best(odds);
          table.row(cells(source.name(), names, odds, best));
          predictions.add(json(source.name(), names, odds, best));
        } catch (DataException e) {
          unreadable.add(String.valueOf(e.getMessage()));
        }
        progress.advance(1);
      }
    }
    talk.say(table.toString());
    if (!unreadable.isEmpty()) {
      fallShort(
          unreadable.size() + " of " + sources.size() + " images cannot be read:\n  "
              + String.join("\n  ", unreadable));
    }
    return new Json()
        .put("model", opened.architecture())
        .put("weights", model.weights().toString())
        .put("predictions", predictions)
        .put("unreadable", unreadable);
  }

  // ---- what to look at

  /// Where an image comes from.
  private record Source(String name, Image image) {
    /// Reads the image.
    interface Image {
      Pixels read();
    }
  }

  private List<Source> sources() throws IOException {
    List<Source> sources = new ArrayList<>();
    for (Path input : inputs) {
      if (!Files.exists(input)) {
        throw new DataException(input + ": there is no such file or folder");
      }
      int before = sources.size();
      if (Files.isDirectory(input)) {
        images(input).forEach(file -> sources.add(source(file)));
      } else if (ImageFiles.isImage(input)) {
        sources.add(source(input));
      } else {
        Dataset records = Datasets.open(input, List.of());
        for (int i = 0; i < records.size(); i++) {
          int index = i;
          sources.add(new Source(records.name(i), () -> records.image(index)));
        }
      }
      if (sources.size() == before) {
        throw new DataException(input + ": has no images in it (JPEG, PNG, BMP or GIF)");
      }
    }
    return sources;
  }

  private static Source source(Path file) {
    return new Source(file.toString(), () -> ImageFiles.read(file));
  }

  private static List<Path> images(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> Files.isRegularFile(file) && ImageFiles.isImage(file))
          .sorted(Comparator.comparing(Path::toString))
          .toList();
    }
  }

  private List<String> names(ModelOptions.Model opened) throws IOException {
    if (classes == null) {
      return opened.classes();
    }
    Path file = Path.of(classes);
    List<String> names =
        Files.isRegularFile(file)
            ? Files.readAllLines(file).stream().filter(line -> !line.isBlank()).toList()
            : List.of(classes.split(",", -1));
    if (names.size() != opened.classes().size()) {
      throw new DataException(
          "--classes has " + names.size() + " names, but the network tells "
              + opened.classes().size() + " classes apart");
    }
    return names;
  }

  // ---- what is seen

  /// The first of `images` images. It tells how much there is to compute, and so on which kernels the others will run: how long
  /// it took would tell as well, but other kernels give other last digits.
  private static float[] first(ModelOptions.Model opened, Pixels image, int images) {
    Kernels kernels = Kernels.active();
    CountingKernels counting = new CountingKernels(kernels);
    KernelChoice.use(counting);
    float[] odds;
    try {
      odds = probabilities(opened, image);
    } finally {
      KernelChoice.use(kernels);
    }
    if (counting.operations() * (images - 1) > FEW) {
      KernelChoice.favourThroughput();
    }
    return odds;
  }

  private static float[] probabilities(ModelOptions.Model opened, Pixels image) {
    NdArray outputs = opened.network().forward(opened.preprocessing().apply(image));
    float[] odds = outputs.array().clone();
    double largest = IntStream.range(0, odds.length).mapToDouble(i -> odds[i]).max().orElse(0);
    double sum = 0;
    for (int i = 0; i < odds.length; i++) {
      odds[i] = (float) Math.exp(odds[i] - largest);
      sum += odds[i];
    }
    for (int i = 0; i < odds.length; i++) {
      odds[i] = (float) (odds[i] / sum);
    }
    return odds;
  }

  private List<Integer> best(float[] odds) {
    return IntStream.range(0, odds.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -odds[i]))
        .limit(top)
        .toList();
  }

  private static String[] heads(int count) {
    String[] heads = new String[1 + 2 * count];
    heads[0] = "image";
    for (int i = 1; i <= count; i++) {
      heads[2 * i - 1] = i == 1 ? "is" : "or";
      heads[2 * i] = "";
    }
    return heads;
  }

  private static Object[] cells(
      String name, List<String> names, float[] odds, List<Integer> best) {
    List<Object> cells = new ArrayList<>();
    cells.add(name);
    for (int c : best) {
      cells.add(names.get(c));
      cells.add(Scores.percent(odds[c]));
    }
    return cells.toArray();
  }

  private static Json json(
      String name, List<String> names, float[] odds, List<Integer> best) {
    List<Json> named = new ArrayList<>();
    for (int c : best) {
      named.add(new Json().put("class", names.get(c)).put("probability", odds[c]));
    }
    return new Json()
        .put("image", name)
        .put("class", names.get(best.getFirst()))
        .put("probability", odds[best.getFirst()])
        .put("top", named);
  }
}
