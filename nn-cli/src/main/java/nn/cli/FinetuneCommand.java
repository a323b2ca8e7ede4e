package nn.cli;

import java.nio.file.Path;
import java.util.SplittableRandom;
import nn.finetune.Freezing;
import nn.layers.Layer;
import nn.layers.state.AtomicFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Retrains a trained network for other classes.
@Command(
    name = "finetune",
    description = "Retrains a trained network for other classes: a new head, the rest frozen or not.",
    footer = {
        "",
        "The accuracy that is reported is that of the file as written. Without --patience that is",
        "the last epoch; with it the best on images set aside. The test images choose nothing.",
        "",
        "Examples:",
        "  graft finetune --model cifar-resnet20 --weights resnet20.th --data photos/ \\",
        "      --train head --out mine.safetensors",
        "  graft finetune --model cifar-resnet20 --weights resnet20.th --data train.bin.gz \\",
        "      --test test.bin.gz --classes orchid,poppy,rose,sunflower,tulip --out f.safetensors",
        "  graft finetune --weights mine.safetensors --data photos/ --train 'layer3.*,head' \\",
        "      --rate 0.01 --out better.safetensors"
    })
final class FinetuneCommand extends GraftCommand {
  @Mixin private ModelOptions model;

  @Mixin private SplitOptions data;

  @Option(
      names = "--train",
      defaultValue = "all",
      paramLabel = "WHAT",
      description = "What is trained: all, last-stage, head, or parameters by pattern, as in 'layer3.*,head'. "
          + "Everything else is frozen. Default: ${DEFAULT-VALUE}.") private String train;

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
    Freezing freezing = parse("--train", train, Freezing::parse);
    AtomicFile.check(out);
    ModelOptions.Model opened = model.readForNewHead();
    SplitOptions.Parts parts = data.open(options.seed, talk);
    Layer network = opened.network();
    if (!(opened.isNamed() && opened.classes().equals(parts.training().classes()))) {
      network.replaceHead(parts.training().classes().size(), new SplittableRandom(options.seed));
    }
    freezing.applyTo(network);
    boolean headAlone =
        network.parameters().trainable().elements() == network.at(network.headPath()).parameters()
            .elements();
    return new TrainingRun(
        network,
        opened.architecture(),
        opened.preprocessing(),
        headAlone ? TrainingOptions.Mode.HEAD : TrainingOptions.Mode.PARTS,
        model.weights().getFileName() + " sha256:" + model.sha256(),
        freezing.toString())
        .run(parts, options, out, talk);
  }
}
