package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;
import nn.core.kernel.Kernels;

/// y = eˣ. Keeps y, its own derivative.
public record Exp(Tensor x, NdArray y) implements Op {
  public static Tensor apply(Tensor x) {
    NdArray y = Maps.map(x.value(), Kernels.active()::exp);
    return Tensor.result(y, new Exp(x.edge(), y));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> Maps.backward(dy, y, Exp::derivative));
  }

  /// dL/dx = dy · eˣ = dy · y
  private static void derivative(
      float[] dy, float[] y, float[] dx, int from, int to) {
    for (int i = from; i < to; i++) {
      dx[i] = dy[i] * y[i];
    }
  }
}
