package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Shape;
import nn.core.ShapeException;
import nn.core.Tensor;
import nn.core.kernel.Kernels;

/// y = the average of each channel of each image: `[batch×channels×height×width]` becomes `[batch×channels]`. Keeps nothing.
public record GlobalAvgPool2d(Tensor x) implements Op {
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
    for (int plane = 0; plane < to.length; plane++) {
      to[plane] = Kernels.active().sum(from, plane * area, area) / area;
    }
    return Tensor.result(y, new GlobalAvgPool2d(x.edge()));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    Shape in = x.shape();
    Shape planes = Shape.of(in.dim(0), in.dim(1), 1, 1);
    gradients.add( // dL/dx = dy / area, for every pixel of the channel
        x, () -> dy.freshFull(in, 1f / (in.dim(2) * in.dim(3))).times(dy.reshape(planes)));
  }
}
