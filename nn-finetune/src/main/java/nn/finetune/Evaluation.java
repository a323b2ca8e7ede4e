package nn.finetune;

import nn.core.NdArray;
import nn.core.Workspace;
import nn.finetune.data.Batch;
import nn.layers.Layer;
import nn.layers.Pass;
import org.jspecify.annotations.Nullable;

/// What a classifier makes of data that it is not trained on.
///
/// @param metrics everything that was counted
/// @param seconds how long it took, with the reading of the data
public record Evaluation(Metrics metrics, double seconds) {
  /// Evaluates at inference, by cross entropy.
  ///
  /// @throws IllegalArgumentException if there is no data, or a label is not one of the network's
  ///   classes
  public static Evaluation of(Layer model, Iterable<Batch> batches) {
    return of(model, batches, Loss.crossEntropy());
  }

  /// Evaluates at inference, by a loss.
  ///
  /// @throws IllegalArgumentException if there is no data, or a label is not one of the network's
  ///   classes
  public static Evaluation of(Layer model, Iterable<Batch> batches, Loss loss) {
    return of(model, batches, loss, new Workspace());
  }

  /// Evaluates batch by batch in the same memory.
  static Evaluation of(Layer model, Iterable<Batch> batches, Loss loss, Workspace workspace) {
    long start = System.nanoTime();
    Metrics metrics = null;
    for (Batch batch : batches) {
      try (Pass pass = Pass.inference(workspace)) {
        NdArray outputs = model.forward(batch.images(), pass).value();
        metrics = startedFor(metrics, outputs, batch);
        metrics.add(outputs, batch, loss);
      }
    }
    if (metrics == null) {
      throw new IllegalArgumentException(
          "there is no batch to evaluate on: is the data set empty, or its part for this?");
    }
    return new Evaluation(metrics, (System.nanoTime() - start) / 1e9);
  }

  private static Metrics startedFor(@Nullable Metrics metrics, NdArray outputs, Batch batch) {
    if (metrics != null) {
      return metrics;
    }
    Predictions.check(outputs, batch);
    return new Metrics(Predictions.classes(outputs));
  }

  /// How many samples were taken for what they are.
  public long right() {
    return metrics.right();
  }

  /// How many samples there are.
  public long total() {
    return metrics.total();
  }

  /// The part that was taken for what it is.
  public double accuracy() {
    return metrics.accuracy();
  }

  /// The mean loss.
  public double loss() {
    return metrics.loss();
  }

  /// How many samples a second.
  public double imagesPerSecond() {
    return total() / seconds;
  }
}
