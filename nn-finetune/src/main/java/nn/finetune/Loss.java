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
    return new CrossEntropyLoss();
  }
}
