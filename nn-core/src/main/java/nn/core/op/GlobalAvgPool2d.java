package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Shape;
import nn.core.ShapeException;
import nn.core.Tensor;
import nn.core.kernel.Kernels;
import nn.core.kernel.Parallel;

/// y = the average of each channel of each image: `[batch×channels×height×width]` becomes `[batch×channels]`. Keeps nothing.
public record GlobalAvgPool2d(Tensor x) implements Op {
  private static final int GRAIN = 1 << 15; // numbers that one thread takes at once

  public static Tensor apply(Tensor x) {
    Shape in = x.shape();
    if (in.rank() != 4) {
      throw new ShapeException(
          "globalAvgPool2d", "needs images [batch×channels×height×width], got " + in);
    }
    NdArray y = x.value().fresh(Shape.of(in.dim(0), in.dim(1)));
    int area = in.dim(2) * in.dim(3);
    float[] from = x.value().array();
    float[] to = y.writable();
    Kernels kernels = Kernels.active();
    Parallel.range(
        to.length,
        Math.max(1, GRAIN / Math.max(1, area)),
        (first, end) -> {
          for (int plane = first; plane < end; plane++) {
            to[plane] = kernels.sum(from, plane * area, area) / area;
          }
        });
    return Tensor.result(y, new GlobalAvgPool2d(x.edge()));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> inputGradient(dy));
  }

  /// dL/dx = dy / area, for every pixel of the channel
  private NdArray inputGradient(NdArray dy) {
    Shape in = x.shape();
    int area = in.dim(2) * in.dim(3);
    Shape planes = Shape.of(in.dim(0), in.dim(1), 1, 1);
    return dy.times(1f / area).reshape(planes).stretchTo(in);
  }
}
