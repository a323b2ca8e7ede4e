package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;
import nn.core.kernel.Kernels;

/// y = σ(x) = 1 / (1 + e⁻ˣ). Keeps y.
public record Sigmoid(Tensor x, NdArray y) implements Op {
  public static Tensor apply(Tensor x) {
    NdArray y = sigmoid(x.value());
    return Tensor.result(y, new Sigmoid(x.edge(), y));
  }

  static NdArray sigmoid(NdArray x) {
    return Maps.map(x, Kernels.active()::sigmoid);
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> Maps.backward(dy, y, gradients.over(dy), Sigmoid::derivative));
  }

  /// σ' = σ · (1 − σ)
  private static void derivative(
      float[] dy, float[] y, float[] dx, int from, int to) {
    for (int i = from; i < to; i++) {
      dx[i] = dy[i] * y[i] * (1f - y[i]);
    }
  }
}
