package nn.cli;

import nn.finetune.Evaluation;
import nn.finetune.data.Batches;
import nn.finetune.data.Dataset;
import nn.layers.Layer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Says how well a network does on labelled images.
@Command(
    name = "evaluate",
    description = "Says how well a network does on labelled images.",
    footer = {
        "",
        "Examples:",
        "  graft evaluate --weights mine.safetensors --data photos/",
        "  graft evaluate --model cifar-resnet20 --weights resnet20.th --data test.bin.gz --json",
        "  graft evaluate --weights mine.safetensors --data photos/ --split 0.2 --seed 1",
        "      (only the part that 'finetune --split 0.2 --seed 1' did not train on)"
    })
final class EvaluateCommand extends GraftCommand {
  @Mixin private ModelOptions model;

  @Mixin private DataOptions data;

  @Option(
      names = "--batch",
      defaultValue = "100",
      paramLabel = "N",
      description = "How many images at a time. Default: ${DEFAULT-VALUE}.") private int batch;

  @Option(
      names = "--split",
      paramLabel = "SHARE",
      description = "Evaluate only the share of each class that finetune held out.") private @Nullable Double split;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "The seed of the split. Default: ${DEFAULT-VALUE}.") private long seed;

  @Override
  Json run(Talk talk) throws Exception {
    require(batch >= 1, "--batch must be 1 or more, got " + batch);
    require(
        split == null || split > 0 && split < 1, "--split must lie between 0 and 1, got " + split);
    ModelOptions.Model opened = model.read();
    Dataset images =
        DataOptions.aligned(
            data.open(talk), opened.classes(), opened.isNamed(), data.path());
    if (split != null) {
      images = images.split(split, seed).held();
    }
    Evaluation evaluation =
        evaluate(opened.network(), images.batches(batch, opened.preprocessing()), talk);
    Scores scores = new Scores(evaluation, images.classes());
    talk.say(scores.headline() + "\n\n" + scores.details());
    Json result =
        new Json()
            .put("model", opened.architecture())
            .put("weights", model.weights().toString())
            .put("data", data.path().toString());
    scores.addTo(result);
    scores.addDetailsTo(result);
    return result;
  }

  /// Evaluates, with a bar.
  static Evaluation evaluate(Layer network, Batches batches, Talk talk) {
    try (Progress progress = talk.progress("evaluating", batches.data().size(), "images")) {
      return Evaluation.of(
          network, Watched.of(batches, batch -> progress.advance(batch.size())));
    }
  }
}
