package nn.core.op;

import java.util.Arrays;
import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.PoolSettings;
import nn.core.Shape;
import nn.core.Tensor;
import nn.core.kernel.Kernels;
import nn.core.kernel.Parallel;

/// y = the largest number in each window; padding never wins, the first of equals does, and NaN always.
///
/// Keeps where in its plane each winner was, as a whole number in the bits of a float.
public record MaxPool2d(Tensor x, NdArray winners) implements Op {
  public static Tensor apply(Tensor x, PoolSettings s) {
    Shape in = x.shape();
    Shape out = s.outputShape(in);
    NdArray y = x.value().fresh(out);
    NdArray winners = x.value().fresh(out);
    float[] from = x.value().array();
    float[] to = y.writable();
    float[] won = winners.writable();
    Kernels kernels = Kernels.active();
    Parallel.chunks(
        in.dim(0) * in.dim(1),
        plane -> kernels.maxPool2d(s, in, out, plane, from, to, won));
    return Tensor.result(y, new MaxPool2d(x.edge(), winners));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> inputGradient(dy));
  }

  /// dL/dx = dy at the winner of each window; windows that overlap add up
  private NdArray inputGradient(NdArray dy) {
    NdArray dx = dy.fresh(x.shape());
    float[] d = dy.array();
    float[] to = dx.writable();
    float[] won = winners.array();
    int area = x.shape().dim(2) * x.shape().dim(3);
    int windows = dy.shape().dim(2) * dy.shape().dim(3);
    Parallel.chunks(
        x.shape().dim(0) * x.shape().dim(1),
        plane -> {
          int start = plane * area;
          Arrays.fill(to, start, start + area, 0f); // while it is in cache
          for (int i = plane * windows; i < (plane + 1) * windows; i++) {
            to[start + Float.floatToRawIntBits(won[i])] += d[i];
          }
        });
    return dx;
  }
}
