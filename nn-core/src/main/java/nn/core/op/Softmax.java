package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;
import nn.core.kernel.Kernels;

/// yᵢ = e^xᵢ / Σⱼ e^xⱼ over the last axis. The largest xⱼ is subtracted first, which changes nothing but cannot overflow.
/// Keeps y.
public record Softmax(Tensor x, NdArray y) implements Op {
  public static Tensor apply(Tensor x) {
    NdArray y = softmax(x.value());
    return Tensor.result(y, new Softmax(x.edge(), y));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> inputGradient(dy, gradients.over(dy)));
  }

  /// dL/dxᵢ = yᵢ · (dyᵢ − Σⱼ dyⱼ yⱼ)
  private NdArray inputGradient(NdArray dy, NdArray dx) {
    int n = dy.shape().dim(-1);
    float[] d = dy.array();
    float[] p = y.array();
    float[] to = dx.writable();
    Kernels kernels = Kernels.active();
    Rows.ranges(
        dy.shape(), (first, end) -> kernels.softmaxGradient(d, p, to, first, end, n));
    return dx;
  }

  static NdArray softmax(NdArray x) {
    NdArray y = x.fresh(x.shape());
    int n = x.shape().dim(-1);
    float[] from = x.array();
    float[] to = y.writable();
    Kernels kernels = Kernels.active();
    Rows.ranges(x.shape(), (first, end) -> kernels.softmax(from, to, first, end, n));
    return y;
  }
}
