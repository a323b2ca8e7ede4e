package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.ShapeException;
import nn.core.Tensor;

/// The mean of (x − target)².
public record MeanSquaredError(Tensor x, Tensor target) implements Op {
  public static Tensor apply(Tensor x, Tensor target) {
    if (!x.shape().equals(target.shape())) {
      throw new ShapeException(
          "meanSquaredError", x.shape() + " and " + target.shape() + ": shapes differ");
    }
    float[] values = x.value().array();
    float[] wanted = target.value().array();
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      double difference = values[i] - wanted[i];
      sum += difference * difference;
    }
    return Tensor.result(
        NdArray.scalar((float) (sum / values.length)), new MeanSquaredError(x, target));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x, target);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    NdArray difference = x.value().minus(target.value());
    float scale = 2f * dy.item() / difference.size();
    gradients.add(x, () -> difference.times(scale)); // dL/dx = dy · 2 (x − target) / n
    gradients.add(target, () -> difference.times(-scale)); // and its opposite
  }
}
