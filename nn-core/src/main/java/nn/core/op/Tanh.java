package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;
import nn.core.kernel.Kernels;

/// y = tanh x. Keeps y.
public record Tanh(Tensor x, NdArray y) implements Op {
  public static Tensor apply(Tensor x) {
    NdArray y = Maps.map(x.value(), Kernels.active()::tanh);
    return Tensor.result(y, new Tanh(x.edge(), y));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> Maps.backward(dy, y, gradients.over(dy), Tanh::derivative));
  }

  /// tanh' = 1 − tanh²
  private static void derivative(
      float[] dy, float[] y, float[] dx, int from, int to) {
    for (int i = from; i < to; i++) {
      dx[i] = dy[i] * (1f - y[i] * y[i]);
    }
  }
}
