package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.Limits;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;
import nn.core.kernel.Kernels;

/// y = min(high, max(low, x)). With 0 and ∞: Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines",
/// 2010.
///
/// Keeps y, which whatever comes next keeps anyway, and which says where x was between the limits. NaN stays NaN.
public record Rectifier(Tensor x, Limits limits, NdArray y) implements Op {
  public static Tensor apply(Tensor x, Limits limits) {
    Kernels kernels = Kernels.active();
    NdArray y =
        Maps.map(
            x.value(),
            (from, to, first, end) -> kernels.affine(
                from, to, first, end - first, 1f, 0f, limits.low(), limits.high()));
    return Tensor.result(y, new Rectifier(x.edge(), limits, y));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> inputGradient(dy, y, limits, gradients));
  }

  /// dL/dx = dy where low < x < high, else 0
  static NdArray inputGradient(NdArray dy, NdArray y, Limits limits, Gradients gradients) {
    Kernels kernels = Kernels.active();
    return Maps.backward(
        dy, y, gradients.over(dy),
        (arrived, kept, dx, first, end) -> kernels.limitedGradient(
            arrived, kept, dx, first, end - first, 1f, limits.low(), limits.high()));
  }
}
