package nn.core.op;

import java.util.List;
import nn.core.ConvSettings;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Shape;
import nn.core.ShapeException;
import nn.core.Tensor;
import nn.core.kernel.ConvGeometry;
import nn.core.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/// y = x ∗ w + b: every output pixel is the sum over a window of the input, weighted by the kernel. In neural networks the
/// kernel is not flipped (a cross-correlation).
///
/// x `[batch×in×height×width]`, w `[out×in/groups×kernelHeight×kernelWidth]`, b `[out]`.
///
/// The input is needed for the kernel's gradient and the kernel for the input's: a frozen convolution keeps no input.
public record Conv2d(ConvGeometry geometry, Tensor x, Tensor w, @Nullable Tensor b) implements Op {
  public static Tensor apply(Tensor x, Tensor w, @Nullable Tensor b, ConvSettings settings) {
    ConvGeometry g = ConvGeometry.of(x.shape(), w.shape(), settings);
    if (b != null && !b.shape().equals(Shape.of(g.outChannels()))) {
      throw new ShapeException(
          "conv2d", "a bias " + b.shape() + " for " + g.outChannels() + " output channels");
    }
    NdArray y = x.value().fresh(g.outputShape());
    Kernels kernels = Kernels.active();
    float[] bias = b == null ? null : b.value().array();
    if (w.needsGradient()) {
      kernels.conv2d(g, x.value().array(), w.value().array(), bias, y.writable());
    } else {
      kernels.conv2d(
          g, x.value().array(), w.value().array(), bias, y.writable(), w.value().packed());
    }
    return Tensor.result(
        y, new Conv2d(g, x.keptFor(w), w.keptFor(x), b == null ? null : b.edge()));
  }

  @Override
  public List<Tensor> inputs() {
    return b == null ? List.of(x, w) : List.of(x, w, b);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> inputGradient(dy)); // dL/dx = dy ∗ the kernel turned by 180°
    gradients.add(w, () -> weightGradient(dy)); // dL/dw = x ∗ dy
    if (b != null) {
      gradients.add(b, () -> dy.sumTo(Shape.of(b.shape().size(), 1, 1)).reshape(b.shape()));
    }
  }

  private NdArray inputGradient(NdArray dy) {
    NdArray dx = dy.fresh(x.shape());
    Kernels.active()
        .conv2dInputGradient(geometry, dy.array(), w.value().array(), dx.writable());
    return dx;
  }

  private NdArray weightGradient(NdArray dy) {
    NdArray dw = dy.fresh(w.shape());
    Kernels.active()
        .conv2dWeightGradient(geometry, x.value().array(), dy.array(), dw.writable());
    return dw;
  }
}
