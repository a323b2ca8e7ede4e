package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;

/// y = ln x; NaN below zero, −∞ at zero.
public record Log(Tensor x) implements Op {
  public static Tensor apply(Tensor x) {
    NdArray y = Maps.map(x.value(), Log::forward);
    return Tensor.result(y, new Log(x));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> Maps.backward(dy, x.value(), Log::derivative));
  }

  private static void forward(float[] x, float[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = (float) Math.log(x[i]);
    }
  }

  /// dL/dx = dy / x
  private static void derivative(
      float[] dy, float[] x, float[] dx, int from, int to) {
    for (int i = from; i < to; i++) {
      dx[i] = dy[i] / x[i];
    }
  }
}
