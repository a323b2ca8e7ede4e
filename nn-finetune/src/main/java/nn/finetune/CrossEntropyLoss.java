package nn.finetune;

import nn.core.NdArray;
import nn.core.Tensor;
import nn.finetune.data.Batch;
import org.jspecify.annotations.Nullable;

/// Cross entropy, with softened targets and weighted classes in training, and plain in evaluation,
/// so that the losses of runs with other settings can be compared.
record CrossEntropyLoss(double labelSmoothing, @Nullable NdArray classWeights) implements Loss {
  CrossEntropyLoss {
    Optimizer.checkFraction("the label smoothing", labelSmoothing);
  }

  @Override
  public Tensor of(Tensor outputs, Batch batch) {
    return labelSmoothing == 0 && classWeights == null
        ? outputs.crossEntropy(batch.labels())
        : outputs.crossEntropy(batch.labels(), (float) labelSmoothing, classWeights);
  }

  /// Σ log Σⱼ e^(zⱼ − z_max) + z_max − z_label, in double.
  @Override
  public double sum(NdArray outputs, Batch batch) {
    float[] z = outputs.array();
    int classes = outputs.shape().dim(-1);
    double sum = 0;
    for (int i = 0; i < batch.size(); i++) {
      int at = i * classes;
      double max = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < classes; j++) {
        max = Math.max(max, z[at + j]);
      }
      double total = 0;
      for (int j = 0; j < classes; j++) {
        total += StrictMath.exp(z[at + j] - max);
      }
      sum += StrictMath.log(total) + max - z[at + batch.labels()[i]];
    }
    return sum;
  }
}
