package nn.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nn.core.Shape;
import nn.finetune.Freezing;
import nn.layers.Layer;
import nn.layers.Summary;
import nn.layers.state.ModelFile;
import nn.layers.zoo.ModelZoo;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows what a network is made of.
@Command(
    name = "summary",
    description = "Shows what a network is made of: layers, output shapes, parameters, memory.",
    footer = {
        "",
        "Examples:",
        "  graft summary resnet18",
        "  graft summary mine.safetensors",
        "  graft summary cifar-resnet20 --classes 5 --train 'layer3.*,head'"
    })
final class SummaryCommand extends GraftCommand {
  @Parameters(
      paramLabel = "MODEL",
      description = "A name (see 'graft models') or a model file that Graft wrote.") private String model;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "How many classes the head tells apart. Default: as in the published weights.") private @Nullable Integer classes;

  @Option(
      names = "--train",
      paramLabel = "WHAT",
      description = "Shows what would be trained: all, last-stage, head, or patterns such as 'layer4.*,head'.") private @Nullable String train;

  @Option(
      names = "--input",
      paramLabel = "CxHxW",
      description = "The shape of one input, as in 3x224x224. Default: the network's own.") private @Nullable String input;

  @Override
  Json run(Talk talk) throws Exception {
    Freezing freezing = train == null ? null : parse("--train", train, Freezing::parse);
    Shape shape = input == null ? null : parse("--input", input, Shapes::parse);
    Layer network = network();
    if (freezing != null) {
      freezing.applyTo(network);
    }
    Summary summary = network.summary(shape == null ? ownInput(network) : shape);
    talk.say(summary.toString());
    List<Json> layers = new ArrayList<>();
    for (Summary.Row row : summary.rows()) {
      Optional<Shape> output = row.output();
      layers.add(
          new Json()
              .put("path", row.path())
              .put("layer", row.description())
              .put("output", output.map(Shapes::list).orElse(null))
              .put("parameters", row.parameters())
              .put("bytes", row.bytes())
              .put("state", row.state().toString()));
    }
    return new Json()
        .put("model", network.architecture().orElse(null))
        .put("parameters", summary.parameters())
        .put("trainableParameters", summary.trainable())
        .put("bytes", summary.bytes())
        .put("layers", layers);
  }

  private Layer network() throws Exception {
    Path file = Path.of(model);
    if (!ModelZoo.names().contains(model) && (Files.exists(file) || model.contains("."))) {
      if (classes != null) {
        throw wrongUsage("--classes is for a network by name; a model file says it itself");
      }
      return ModelFile.read(file, ModelZoo::create).network();
    }
    ModelZoo.Entry entry = ModelZoo.entry(model);
    require(classes == null || classes >= 0, "--classes must not be negative: " + classes);
    return ModelZoo.create(model, classes == null ? entry.classes() : classes);
  }

  private static Shape ownInput(Layer network) {
    return ModelZoo.entry(network.architecture().orElseThrow()).input();
  }
}
