package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.PoolSettings;
import nn.core.Shape;
import nn.core.Tensor;
import nn.core.kernel.Parallel;

/// y = the largest number in each window; padding never wins. Keeps where it was, one index per output. NaN wins.
public record MaxPool2d(Tensor x, int[] winners) implements Op {
  public static Tensor apply(Tensor x, PoolSettings s) {
    Shape in = x.shape();
    Shape out = s.outputShape(in);
    NdArray y = x.value().fresh(out);
    int[] winners = new int[out.size()];
    float[] from = x.value().array();
    float[] to = y.writable();
    Parallel.chunks(
        in.dim(0) * in.dim(1),
        plane -> plane(s, in, out, plane, from, to, winners));
    return Tensor.result(y, new MaxPool2d(x.edge(), winners));
  }

  private static void plane(
      PoolSettings s, Shape in, Shape out, int plane, float[] x, float[] y, int[] winners) {
    int height = in.dim(2);
    int width = in.dim(3);
    int first = plane * height * width;
    int at = plane * out.dim(2) * out.dim(3);
    for (int oy = 0; oy < out.dim(2); oy++) {
      int top = oy * s.strideHeight() - s.paddingHeight();
      int bottom = Math.min(height, top + s.kernelHeight());
      for (int ox = 0; ox < out.dim(3); ox++, at++) {
        int left = ox * s.strideWidth() - s.paddingWidth();
        int right = Math.min(width, left + s.kernelWidth());
        int winner = -1;
        float max = Float.NEGATIVE_INFINITY;
        for (int iy = Math.max(0, top); iy < bottom; iy++) {
          for (int i = first + iy * width + Math.max(0, left); i < first + iy * width
              + right; i++) {
            if (winner < 0 || x[i] > max || Float.isNaN(x[i])) {
              winner = i;
              max = x[i];
            }
          }
        }
        y[at] = max;
        winners[at] = winner;
      }
    }
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
    NdArray dx = dy.freshZeros(x.shape());
    float[] d = dy.array();
    float[] to = dx.writable();
    int planes = x.shape().dim(0) * x.shape().dim(1);
    int each = planes == 0 ? 0 : d.length / planes;
    Parallel.chunks(
        planes,
        plane -> {
          for (int i = plane * each; i < (plane + 1) * each; i++) {
            to[winners[i]] += d[i];
          }
        });
    return dx;
  }
}
