package nn.finetune;

import java.util.List;
import java.util.stream.Collectors;
import nn.core.NdArray;
import nn.core.Tensor;
import nn.core.Workspace;
import nn.finetune.data.Batch;
import nn.layers.Layer;
import nn.layers.Parameters;
import nn.layers.Pass;

/// One step of training: forward, loss, backward, update. What a learner writes by hand, with its
/// checks; the memory of a step is used again by the next.
final class TrainingStep {
  private final Layer model;
  private final Optimizer optimizer;
  private final Loss loss;
  private final long seed;
  private final Workspace workspace;
  private final List<String> classes;

  /// What a step found before its update.
  record Result(double loss, int right) {}

  /// @param classes the names of the classes of the data; empty if they are not known
  TrainingStep(
      Layer model,
      Optimizer optimizer,
      Loss loss,
      long seed,
      Workspace workspace,
      List<String> classes) {
    this.model = model;
    this.optimizer = optimizer;
    this.loss = loss;
    this.seed = seed;
    this.workspace = workspace;
    this.classes = classes;
  }

  /// @param step which step of the epoch; the first is 1
  /// @param before how many steps the epochs before had
  /// @param factor of the learning rate
  Result run(Batch batch, int epoch, int step, long before, double factor) {
    try (Pass pass = Pass.training(SeedSplit.ofStep(seed, before + step - 1), workspace)) {
      Tensor outputs = model.forward(batch.images(), pass);
      Predictions.check(outputs.value(), classes);
      Predictions.check(outputs.value(), batch);
      Tensor mean = loss.of(outputs, batch);
      double value = mean.value().item();
      if (!Double.isFinite(value)) {
        throw new NonFiniteLossException(epoch, step, diverged(value, epoch, step, batch));
      }
      if (!mean.needsGradient()) {
        throw new IllegalStateException(untrained());
      }
      int right = right(outputs.value(), batch);
      optimizer.step(mean.backward(), factor);
      return new Result(value, right);
    }
  }

  private int right(NdArray outputs, Batch batch) {
    int[] predicted = loss.predictions(outputs);
    int right = 0;
    for (int i = 0; i < predicted.length; i++) {
      if (predicted[i] == batch.labels()[i]) {
        right++;
      }
    }
    return right;
  }

  private String diverged(double value, int epoch, int step, Batch batch) {
    String what = "the loss is " + value + " in epoch " + epoch + ", step " + step + ": ";
    float[] pixels = batch.images().array();
    for (int i = 0; i < pixels.length; i++) {
      if (!Float.isFinite(pixels[i])) {
        int sample = batch.indices()[i / (pixels.length / batch.size())];
        return what + "the data are broken, sample " + sample + " has the number " + pixels[i];
      }
    }
    for (Parameters.Entry entry : model.parameters()) {
      for (float number : entry.parameter().value().array()) {
        if (!Float.isFinite(number)) {
          return what
              + "the weights are broken, "
              + entry.path()
              + " has the number "
              + number
              + (epoch == 1 && step == 1
                  ? " from the start; load the weights again"
                  : "; training has diverged. " + remedy());
        }
      }
    }
    return what + "training has diverged. " + remedy();
  }

  private static String remedy() {
    return "Lower the learning rate, clip the gradients (optimizer.withClipNorm(1)), or check that"
        + " the images are normalized and the labels right";
  }

  private String untrained() {
    Parameters all = model.parameters();
    Parameters trainable = all.trainable();
    if (trainable.size() == 0) {
      return "nothing is trainable: all "
          + all.size()
          + " parameters are frozen. Unfreeze what is"
          + " to be trained, such as the head: Freezing.head(model)";
    }
    return "the loss depends on nothing trainable: the outputs do not depend on "
        + trainable.stream().map(Parameters.Entry::path).limit(8).collect(Collectors.joining(", "));
  }
}
