package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;
import nn.core.kernel.Kernels;

/// y = ln(1 + eˣ), a smooth rectifier; computed as max(0, x) + ln(1 + e^−|x|), which cannot overflow. Keeps x.
public record Softplus(Tensor x) implements Op {
  public static Tensor apply(Tensor x) {
    NdArray y = Maps.map(x.value(), Softplus::forward);
    return Tensor.result(y, new Softplus(x));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> Maps.backward(dy, x.value(), Softplus::derivative));
  }

  private static void forward(float[] x, float[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = Math.max(0f, x[i]) + (float) Math.log1p(Math.exp(-Math.abs(x[i])));
    }
  }

  /// dL/dx = dy · σ(x)
  private static void derivative(
      float[] dy, float[] x, float[] dx, int from, int to) {
    Kernels.active().sigmoid(x, dx, from, to);
    for (int i = from; i < to; i++) {
      dx[i] *= dy[i];
    }
  }
}
