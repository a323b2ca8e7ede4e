package nn.finetune;

import nn.core.NdArray;
import nn.core.Tensor;
import nn.finetune.data.Batch;

/// How far a network's outputs are from what they should be: the number that training makes small.
///
/// A loss of one's own is one method: `(outputs, batch) -> outputs.…mean()`.
@FunctionalInterface
public interface Loss {
  /// The loss of a batch: a single number, the mean over its samples.
  Tensor of(Tensor outputs, Batch batch);

  /// The loss of a batch for evaluation, summed over its samples in double.
  default double sum(NdArray outputs, Batch batch) {
    return (double) of(Tensor.constant(outputs), batch).value().item() * batch.size();
  }

  /// Which class the outputs say, for each sample: that of the largest output, the first of equals;
  /// of a single output, class 1 if it is positive.
  default int[] predictions(NdArray outputs) {
    return outputs.shape().dim(-1) == 1
        ? Predictions.above(0, outputs)
        : Predictions.largest(outputs);
  }

  /// Cross entropy: −log softmax(outputs)[label], the loss for one class out of several.
  static Loss crossEntropy() {
    return new CrossEntropyLoss(0, null);
  }

  /// Cross entropy against softened targets: 1 − smoothing + smoothing/classes for the label,
  /// smoothing/classes for the others. Szegedy et al., "Rethinking the Inception Architecture",
  /// 2016. Evaluation does not soften.
  static Loss crossEntropy(double labelSmoothing) {
    return new CrossEntropyLoss(labelSmoothing, null);
  }

  /// Cross entropy in which each sample counts as its class says: for classes of unequal size.
  /// Evaluation weighs all alike.
  ///
  /// @param classWeights one weight for each class
  static Loss crossEntropy(double labelSmoothing, NdArray classWeights) {
    return new CrossEntropyLoss(labelSmoothing, classWeights);
  }

  /// The mean of (output − target)². The target of a single output is the label, 0 or 1; of
  /// several, 1 for that of the label and 0 for the others.
  static Loss meanSquaredError() {
    return new Loss() {
      @Override
      public Tensor of(Tensor outputs, Batch batch) {
        return outputs.meanSquaredError(Predictions.targets(outputs, batch));
      }

      @Override
      public int[] predictions(NdArray outputs) {
        return outputs.shape().dim(-1) == 1
            ? Predictions.above(0.5f, outputs)
            : Predictions.largest(outputs);
      }
    };
  }

  /// The mean of −t log σ(output) − (1 − t) log(1 − σ(output)): a yes or no for each output. The
  /// target t of a single output is the label, 0 or 1; of several, 1 for that of the label and 0
  /// for the others.
  static Loss binaryCrossEntropy() {
    return (outputs, batch) -> outputs
        .binaryCrossEntropyWithLogits(Predictions.targets(outputs, batch));
  }
}
