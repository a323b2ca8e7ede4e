package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.ShapeException;
import nn.core.Tensor;

/// The mean of ½ d² where |d| ≤ δ and δ · (|d| − ½ δ) beyond, with d = x − target: a square that turns into a line, so that
/// outliers pull with a limited force. Huber, "Robust Estimation of a Location Parameter", 1964.
public record Huber(Tensor x, Tensor target, float delta) implements Op {
  public static Tensor apply(Tensor x, Tensor target, float delta) {
    if (!x.shape().equals(target.shape())) {
      throw new ShapeException("huber", x.shape() + " and " + target.shape() + ": shapes differ");
    }
    if (!(delta > 0f)) {
      throw new IllegalArgumentException("huber: delta must be positive, got " + delta);
    }
    float[] values = x.value().array();
    float[] wanted = target.value().array();
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      double size = Math.abs(values[i] - wanted[i]);
      sum += size <= delta ? 0.5 * size * size : delta * (size - 0.5 * delta);
    }
    return Tensor.result(
        NdArray.scalar((float) (sum / values.length)), new Huber(x, target, delta));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x, target);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    NdArray slope = x.value().minus(target.value());
    float[] d = slope.writable();
    float scale = dy.item() / d.length;
    for (int i = 0; i < d.length; i++) {
      d[i] = scale * Math.max(-delta, Math.min(delta, d[i]));
    }
    gradients.add(x, () -> slope); // dL/dx = dy / n · d, held within ±δ
    gradients.add(target, () -> slope.times(-1f)); // and its opposite
  }
}
