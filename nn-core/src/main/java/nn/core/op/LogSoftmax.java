package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;
import nn.core.kernel.Kernels;

/// yᵢ = ln softmax(x)ᵢ = xᵢ − ln Σⱼ e^xⱼ over the last axis, in one go, so that it never takes the logarithm of a zero.
/// Keeps y.
public record LogSoftmax(Tensor x, NdArray y) implements Op {
  public static Tensor apply(Tensor x) {
    NdArray y = logSoftmax(x.value());
    return Tensor.result(y, new LogSoftmax(x.edge(), y));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> inputGradient(dy));
  }

  /// dL/dxᵢ = dyᵢ − softmax(x)ᵢ · Σⱼ dyⱼ, with softmax(x) = e^y
  private NdArray inputGradient(NdArray dy) {
    NdArray dx = dy.fresh(dy.shape());
    int n = dy.shape().dim(-1);
    float[] d = dy.array();
    float[] logits = y.array();
    float[] to = dx.writable();
    Rows.each(
        dy.shape(),
        at -> {
          Kernels kernels = Kernels.active();
          float sum = kernels.sum(d, at, n);
          kernels.exp(logits, to, at, at + n);
          for (int i = at; i < at + n; i++) {
            to[i] = d[i] - to[i] * sum;
          }
        });
    return dx;
  }

  static NdArray logSoftmax(NdArray x) {
    NdArray y = x.fresh(x.shape());
    int n = x.shape().dim(-1);
    float[] from = x.array();
    float[] to = y.writable();
    Rows.each(
        x.shape(),
        at -> {
          Kernels kernels = Kernels.active();
          float max = kernels.max(from, at, n);
          for (int i = at; i < at + n; i++) {
            to[i] = from[i] - max;
          }
          kernels.exp(to, to, at, at + n);
          float shift = max + (float) Math.log(kernels.sum(to, at, n));
          for (int i = at; i < at + n; i++) {
            to[i] = from[i] - shift;
          }
        });
    return y;
  }
}
