package nn.cli;

import java.nio.file.Path;
import java.util.SplittableRandom;
import nn.layers.Layer;
import nn.layers.state.AtomicFile;
import nn.layers.zoo.ModelZoo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Trains a network that knows nothing yet.
@Command(
    name = "train",
    description = "Trains a network from scratch.",
    footer = {
        "",
        "Examples:",
        "  graft train --model small-cnn --data photos/ --out mine.safetensors",
        "  graft train --model lenet --data train-images-idx3-ubyte.gz \\",
        "      --test t10k-images-idx3-ubyte.gz --augment none --epochs 3 --out digits.safetensors"
    })
final class TrainCommand extends GraftCommand {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "NAME",
      description = "Which network, see 'graft models'.") private String name;

  @Mixin private SplitOptions data;

  @Mixin private TrainingOptions options;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The model file to write (safetensors).") private Path out;

  @Override
  Json run(Talk talk) throws Exception {
    data.check(this);
    options.check(this);
    AtomicFile.check(out);
    ModelZoo.Entry entry = ModelZoo.entry(name);
    SplitOptions.Parts parts = data.open(options.seed, talk);
    Layer network =
        ModelZoo.create(
            name, parts.training().classes().size(), new SplittableRandom(options.seed));
    return new TrainingRun(
        network, name, entry.preprocessing(), TrainingOptions.Mode.SCRATCH, "", "all")
        .run(parts, options, out, talk);
  }
}
