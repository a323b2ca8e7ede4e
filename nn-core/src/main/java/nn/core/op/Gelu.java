package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;
import nn.core.kernel.Kernels;

/// y = x · Φ(x), with Φ(x) = ½ (1 + erf(x / √2)), the chance that a standard normal number is below x: Hendrycks and
/// Gimpel, "Gaussian Error Linear Units", 2016. The exact form; see [GeluTanh] for the approximation. Keeps x.
public record Gelu(Tensor x) implements Op {
  public static Tensor apply(Tensor x) {
    NdArray y = Maps.map(x.value(), Kernels.active()::gelu);
    return Tensor.result(y, new Gelu(x));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  /// dL/dx = dy · (Φ(x) + x · φ(x)), with φ(x) = e^(−x²/2) / √(2π)
  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(
        x,
        () -> Maps.backward(
            dy, x.value(), gradients.over(dy), Kernels.active()::geluGradient));
  }
}
