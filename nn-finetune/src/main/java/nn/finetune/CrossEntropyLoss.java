package nn.finetune;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Shape;
import nn.core.Tensor;
import nn.finetune.data.Batch;

/// Cross entropy.
record CrossEntropyLoss() implements Loss {
  /// The mean of log Σⱼ e^(zⱼ) − z_label; its gradient is (softmax(z) − one at the label) / batch.
  private record CrossEntropy(Tensor z, int[] labels) implements Op {
    @Override
    public List<Tensor> inputs() {
      return List.of(z);
    }

    @Override
    public void backward(NdArray dy, Gradients gradients) {
      gradients.add(z, () -> dz(dy.item()));
    }

    private NdArray dz(float dy) {
      int classes = z.shape().dim(1);
      NdArray gradient = z.value().fresh(z.shape());
      float[] dz = gradient.writable();
      float[] values = z.value().array();
      for (int i = 0; i < labels.length; i++) {
        int at = i * classes;
        double total = 0;
        double max = max(values, at, classes);
        for (int j = 0; j < classes; j++) {
          total += StrictMath.exp(values[at + j] - max);
        }
        for (int j = 0; j < classes; j++) {
          double p = StrictMath.exp(values[at + j] - max) / total;
          dz[at + j] = (float) ((p - (j == labels[i] ? 1 : 0)) * dy / labels.length);
        }
      }
      return gradient;
    }
  }

  @Override
  public Tensor of(Tensor outputs, Batch batch) {
    NdArray mean = outputs.value().fresh(Shape.SCALAR);
    mean.writable()[0] = (float) (sum(outputs.value(), batch) / batch.size());
    return Tensor.result(mean, new CrossEntropy(outputs, batch.labels()));
  }

  /// Σ log Σⱼ e^(zⱼ − z_max) + z_max − z_label, in double.
  @Override
  public double sum(NdArray outputs, Batch batch) {
    float[] z = outputs.array();
    int classes = outputs.shape().dim(-1);
    double sum = 0;
    for (int i = 0; i < batch.size(); i++) {
      int at = i * classes;
      double max = max(z, at, classes);
      double total = 0;
      for (int j = 0; j < classes; j++) {
        total += StrictMath.exp(z[at + j] - max);
      }
      sum += StrictMath.log(total) + max - z[at + batch.labels()[i]];
    }
    return sum;
  }

  private static double max(float[] z, int at, int classes) {
    double max = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < classes; j++) {
      max = Math.max(max, z[at + j]);
    }
    return max;
  }
}
