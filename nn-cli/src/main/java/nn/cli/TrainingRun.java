package nn.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import nn.finetune.EarlyStop;
import nn.finetune.EpochResult;
import nn.finetune.Evaluation;
import nn.finetune.History;
import nn.finetune.Trainer;
import nn.finetune.data.Batches;
import nn.finetune.data.Dataset;
import nn.layers.Layer;
import nn.layers.image.Preprocessing;
import nn.layers.state.ModelCard;
import nn.layers.state.ModelFile;
import nn.layers.zoo.ModelZoo;

/// Trains a network, writes it to a file, and evaluates what is in the file.
///
/// @param network what is trained, as far as it is not frozen
/// @param architecture its name in the zoo
/// @param preprocessing how it wants its images
/// @param mode which settings suit it
/// @param base what it was trained from; empty if from scratch
/// @param train what of it is trained, in words
record TrainingRun(
    Layer network,
    String architecture,
    Preprocessing preprocessing,
    TrainingOptions.Mode mode,
    String base,
    String train) {
  private static final double VALIDATION = 0.1; // of the training images, if somebody looks at them
  private static final int EVALUATED = 100; // images at a time

  /// Runs it.
  ///
  /// @param data what to train on and what to test on
  /// @param out the file to write
  Json run(SplitOptions.Parts data, TrainingOptions options, Path out, Talk talk)
      throws IOException {
    Trainer trainer =
        new Trainer(network, options.optimizer(network, mode))
            .withEpochs(options.epochs)
            .withSchedule(options.schedule())
            .withSeed(options.seed);
    talk.note(
        String.format(
            Locale.ROOT,
            "%s: training %,d of %,d parameters on %,d images of %d classes",
            architecture,
            network.parameters().trainable().elements(),
            network.parameters().elements(),
            data.training().size(),
            data.training().classes().size()));
    History history;
    try (Training shown = new Training(talk)) {
      trainer.withListener(shown);
      history = train(trainer, data.training(), options);
    }
    Map<String, String> extra = new TreeMap<>(options.described(mode));
    extra.put("train", train);
    ModelCard card =
        new ModelCard(
            architecture, data.training().classes(), preprocessing.toJson(), base, extra);
    new ModelFile(card, network).write(out);
    Layer written = ModelFile.read(out, ModelZoo::create).network();
    Evaluation evaluation =
        EvaluateCommand.evaluate(written, batches(data.test(), preprocessing), talk);
    return report(data, history, evaluation, options, out, talk);
  }

  private History train(Trainer trainer, Dataset images, TrainingOptions options) {
    if (options.patience == null) {
      return trainer.run(training(images, options));
    }
    Dataset.Split split = images.split(VALIDATION, ~options.seed);
    return trainer
        .withEarlyStop(EarlyStop.onLoss(options.patience))
        .run(training(split.rest(), options), batches(split.held(), preprocessing));
  }

  private Batches training(Dataset images, TrainingOptions options) {
    return images
        .batches(options.batch, options.seed, preprocessing)
        .augmented(options.augmentation(preprocessing));
  }

  private static Batches batches(Dataset images, Preprocessing preprocessing) {
    return images.batches(EVALUATED, preprocessing);
  }

  private Json report(
      SplitOptions.Parts data,
      History history,
      Evaluation evaluation,
      TrainingOptions options,
      Path out,
      Talk talk) {
    Scores scores = new Scores(evaluation, data.test().classes());
    long all = network.parameters().elements();
    long trained = network.parameters().trainable().elements();
    talk.say(data.testWords() + ": " + scores.headline() + "\n\n" + scores.details());
    talk.say(
        String.format(
            Locale.ROOT,
            "%ntrained %,d of %,d parameters in %d epochs, %.1f s; %s%nwritten: %s",
            trained,
            all,
            history.epochs().size(),
            history.seconds(),
            history.proof(),
            out));
    Json result =
        new Json()
            .put("model", architecture)
            .put("out", out.toString())
            .put("train", train)
            .put("trainImages", data.training().size())
            .put("testedOn", data.testWords());
    scores.addTo(result);
    result
        .put("seconds", history.seconds())
        .put("evaluationSeconds", evaluation.seconds())
        .put("epochs", history.epochs().size())
        .put("bestEpoch", history.best().map(EpochResult::epoch).orElse(null))
        .put("parameters", all)
        .put("trainableParameters", trained)
        .put("frozenTensors", history.proof().tensors())
        .put("frozenUnchanged", history.proof().unchanged());
    Json settings = new Json();
    options.described(mode).forEach(settings::put);
    result.put("settings", settings).put("history", epochs(history));
    scores.addDetailsTo(result);
    return result;
  }

  private static List<Json> epochs(History history) {
    List<Json> epochs = new ArrayList<>();
    for (EpochResult epoch : history.epochs()) {
      Json json =
          new Json()
              .put("epoch", epoch.epoch())
              .put("loss", epoch.loss())
              .put("accuracy", epoch.accuracy())
              .put("seconds", epoch.seconds());
      epoch
          .validation()
          .ifPresent(
              v -> json.put("validationLoss", v.loss()).put("validationAccuracy", v.accuracy()));
      epochs.add(json);
    }
    return epochs;
  }
}
