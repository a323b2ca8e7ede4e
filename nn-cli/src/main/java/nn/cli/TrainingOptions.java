package nn.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import nn.finetune.AdamW;
import nn.finetune.Optimizer;
import nn.finetune.ParameterGroup;
import nn.finetune.Schedule;
import nn.finetune.Sgd;
import nn.finetune.data.Augmentation;
import nn.layers.Layer;
import nn.layers.image.Preprocessing;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How to train. What is not said follows from what is trained: see [Mode].
final class TrainingOptions {
  /// How large a step is made of a gradient.
  enum OptimizerKind {
    SGD,
    ADAMW
  }

  /// How the learning rate goes.
  enum ScheduleKind {
    COSINE,
    LINEAR,
    CONSTANT
  }

  /// What is trained, and the settings that suit it.
  enum Mode {
    /// A new head on features that stay as they are: a convex problem, which wants large steps.
    HEAD(OptimizerKind.SGD, 0.1, 1e-4),
    /// A trained network, all of it or a part: careful steps, which keep what it knows.
    PARTS(OptimizerKind.SGD, 0.02, 5e-4),
    /// A network that knows nothing.
    SCRATCH(OptimizerKind.SGD, 0.05, 5e-4);

    private final OptimizerKind optimizer;
    private final double rate;
    private final double decay;

    Mode(OptimizerKind optimizer, double rate, double decay) {
      this.optimizer = optimizer;
      this.rate = rate;
      this.decay = decay;
    }

    private double rate(OptimizerKind kind) {
      return kind == optimizer ? rate : kind == OptimizerKind.ADAMW ? 1e-3 : 0.02;
    }

    private double decay(OptimizerKind kind) {
      return kind == optimizer ? decay : kind == OptimizerKind.ADAMW ? 0.01 : 5e-4;
    }
  }

  private static final Set<String> AUGMENTATIONS = Set.of("flip", "crop", "none");

  @Option(
      names = "--epochs",
      defaultValue = "20",
      paramLabel = "N",
      description = "How often to go through the images. Default: ${DEFAULT-VALUE}.") int epochs;

  @Option(
      names = "--batch",
      defaultValue = "32",
      paramLabel = "N",
      description = "How many images a step learns from. Default: ${DEFAULT-VALUE}.") int batch;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description = "The learning rate. Default: 0.1 for a head, 0.02 for more, 0.05 from scratch; "
          + "with adamw 0.001.") private @Nullable Double rate;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description = "sgd (momentum 0.9) or adamw. Default: sgd.") private @Nullable OptimizerKind optimizer;

  @Option(
      names = "--decay", paramLabel = "D",
      description = "The weight decay. Default: 0.0001 for a head, 0.0005 for more and from scratch; "
          + "with adamw 0.01.") private @Nullable Double decay;

  @Option(
      names = "--schedule",
      defaultValue = "COSINE",
      paramLabel = "NAME",
      description = "How the rate goes: cosine, linear (both to 0) or constant. Default: cosine.") private ScheduleKind schedule;

  @Option(
      names = "--warm-up",
      defaultValue = "0",
      paramLabel = "N",
      description = "In how many steps the rate grows to its full size. Default: ${DEFAULT-VALUE}.") private long warmUp;

  @Option(
      names = "--clip",
      paramLabel = "NORM",
      description = "Shorten gradients that are longer than this.") private @Nullable Double clip;

  @Option(
      names = "--augment",
      defaultValue = "flip,crop",
      split = ",",
      paramLabel = "HOW",
      description = "Random changes to the training images: flip (left to right), crop (shifted "
          + "by up to an eighth), or none. Default: ${DEFAULT-VALUE}.") private List<String> augment;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "Stop after so many epochs without a better loss on a tenth of the training "
          + "images, which is set aside for that, and take the best epoch. Default: all "
          + "epochs, and the last one.")
  @Nullable Integer patience;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "Decides about everything random: the same seed gives the same file, byte for "
          + "byte. Default: ${DEFAULT-VALUE}.") long seed;

  /// Insists that every number is in its range and every word is known.
  void check(GraftCommand command) {
    command.require(epochs >= 1, "--epochs must be 1 or more, got " + epochs);
    command.require(batch >= 1, "--batch must be 1 or more, got " + batch);
    command.require(warmUp >= 0, "--warm-up must not be negative, got " + warmUp);
    command.require(
        rate == null || rate > 0 && rate < Double.POSITIVE_INFINITY,
        "--rate must be a positive number, got " + rate);
    command.require(
        decay == null || decay >= 0 && decay < Double.POSITIVE_INFINITY,
        "--decay must not be negative, got " + decay);
    command.require(clip == null || clip > 0, "--clip must be positive, got " + clip);
    command.require(
        patience == null || patience >= 1, "--patience must be 1 or more, got " + patience);
    for (String word : augment) {
      command.require(
          AUGMENTATIONS.contains(word.strip()),
          "--augment knows flip, crop and none, not '" + word + "'");
    }
  }

  private OptimizerKind optimizerKind(Mode mode) {
    return optimizer == null ? mode.optimizer : optimizer;
  }

  private double rate(Mode mode) {
    return rate == null ? mode.rate(optimizerKind(mode)) : rate;
  }

  private double decay(Mode mode) {
    return decay == null ? mode.decay(optimizerKind(mode)) : decay;
  }

  Optimizer optimizer(Layer network, Mode mode) {
    ParameterGroup group = ParameterGroup.of(network.parameters(), rate(mode));
    Optimizer made =
        switch (optimizerKind(mode)) {
          case SGD -> new Sgd(group).withNesterovMomentum(0.9).withDecay(decay(mode));
          case ADAMW -> new AdamW(group).withDecay(decay(mode));
        };
    return clip == null ? made : made.withClipNorm(clip);
  }

  Schedule schedule() {
    Schedule chosen =
        switch (schedule) {
          case COSINE -> Schedule.cosine();
          case LINEAR -> Schedule.linear();
          case CONSTANT -> Schedule.constant();
        };
    return warmUp == 0 ? chosen : chosen.withWarmUp(warmUp);
  }

  Augmentation augmentation(Preprocessing preprocessing) {
    Augmentation chosen = Augmentation.none();
    for (String word : augment) {
      chosen =
          switch (word.strip()) {
            case "flip" -> chosen.flip();
            case "crop" -> chosen.paddedCrop(eighth(preprocessing));
            default -> chosen;
          };
    }
    return chosen;
  }

  private static int eighth(Preprocessing preprocessing) {
    return Math.max(1, Math.min(preprocessing.height(), preprocessing.width()) / 8);
  }

  /// The settings as text, by name: what a file should say about its training. What is off by default is there if it is on.
  Map<String, String> described(Mode mode) {
    Map<String, String> words = new TreeMap<>();
    words.put("epochs", Integer.toString(epochs));
    words.put("batch", Integer.toString(batch));
    words.put("optimizer", optimizerKind(mode).name().toLowerCase(Locale.ROOT));
    words.put("rate", Double.toString(rate(mode)));
    words.put("decay", Double.toString(decay(mode)));
    words.put("schedule", schedule.name().toLowerCase(Locale.ROOT));
    words.put("augment", String.join(",", augment));
    words.put("seed", Long.toString(seed));
    if (warmUp > 0) {
      words.put("warmUp", Long.toString(warmUp));
    }
    if (clip != null) {
      words.put("clip", Double.toString(clip));
    }
    if (patience != null) {
      words.put("patience", Integer.toString(patience));
    }
    return words;
  }
}
