package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;
import nn.core.kernel.Kernels;

/// y = x · σ(x), also called swish: Elfwing et al., "Sigmoid-Weighted Linear Units", 2018. Keeps x.
public record Silu(Tensor x) implements Op {
  public static Tensor apply(Tensor x) {
    NdArray y = Maps.map(x.value(), Silu::forward);
    return Tensor.result(y, new Silu(x));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> Maps.backward(dy, x.value(), Silu::derivative));
  }

  private static void forward(float[] x, float[] y, int from, int to) {
    Kernels.active().sigmoid(x, y, from, to);
    for (int i = from; i < to; i++) {
      y[i] *= x[i];
    }
  }

  /// dL/dx = dy · σ · (1 + x · (1 − σ))
  private static void derivative(
      float[] dy, float[] x, float[] dx, int from, int to) {
    Kernels.active().sigmoid(x, dx, from, to);
    for (int i = from; i < to; i++) {
      float s = dx[i];
      dx[i] = dy[i] * s * (1f + x[i] * (1f - s));
    }
  }
}
