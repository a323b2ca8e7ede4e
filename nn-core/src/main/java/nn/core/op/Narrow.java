package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Shape;
import nn.core.Tensor;

/// y = the part of one axis of x that starts at `from` and is `length` long.
public record Narrow(Tensor x, int axis, int from, int length) implements Op {
  public static Tensor apply(Tensor x, int axis, int from, int length) {
    int fromStart = x.shape().axis(axis);
    return Tensor.result(
        x.value().narrow(fromStart, from, length), new Narrow(x.edge(), fromStart, from, length));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> inputGradient(dy));
  }

  /// dL/dx = dy where y was taken from, 0 elsewhere
  private NdArray inputGradient(NdArray dy) {
    Shape shape = x.shape();
    NdArray dx = dy.freshZeros(shape);
    int outer = shape.sizeOf(0, axis);
    int inner = shape.sizeOf(axis + 1, shape.rank());
    int extent = shape.dim(axis);
    float[] to = dx.writable();
    for (int o = 0; o < outer; o++) {
      System.arraycopy(
          dy.array(), o * length * inner, to, (o * extent + from) * inner, length * inner);
    }
    return dx;
  }
}
