package nn.core.op;

import java.util.Arrays;
import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.PoolSettings;
import nn.core.Shape;
import nn.core.Tensor;
import nn.core.kernel.Parallel;

/// y = the largest number in each window; padding never wins, the first of equals does, and NaN always.
///
/// Keeps where in its window each winner was: 0 for the window's upper left corner, then row by row.
public record MaxPool2d(Tensor x, PoolSettings settings, NdArray winners) implements Op {
  public static Tensor apply(Tensor x, PoolSettings s) {
    Shape in = x.shape();
    Shape out = s.outputShape(in);
    NdArray y = x.value().fresh(out);
    NdArray winners = x.value().fresh(out);
    float[] from = x.value().array();
    float[] to = y.writable();
    float[] won = winners.writable();
    Parallel.chunks(
        in.dim(0) * in.dim(1),
        plane -> plane(s, in, out, plane, from, to, won));
    return Tensor.result(y, new MaxPool2d(x.edge(), s, winners));
  }

  private static void plane(
      PoolSettings s, Shape in, Shape out, int plane, float[] x, float[] y, float[] winners) {
    int height = in.dim(2);
    int width = in.dim(3);
    int at = plane * out.dim(2) * out.dim(3);
    for (int oy = 0; oy < out.dim(2); oy++) {
      int top = oy * s.strideHeight() - s.paddingHeight();
      int bottom = Math.min(height, top + s.kernelHeight());
      for (int ox = 0; ox < out.dim(3); ox++, at++) {
        int left = ox * s.strideWidth() - s.paddingWidth();
        int right = Math.min(width, left + s.kernelWidth());
        int corner = (plane * height + top) * width + left;
        long best = Long.MIN_VALUE;
        for (int iy = Math.max(0, top); iy < bottom; iy++) {
          int place = (iy - top) * s.kernelWidth() - left;
          int row = (plane * height + iy) * width;
          for (int ix = Math.max(0, left); ix < right; ix++) {
            best = Math.max(best, rank(x[row + ix], place + ix));
          }
        }
        int winner = ~(int) best;
        winners[at] = winner;
        y[at] = x[corner + winner / s.kernelWidth() * width + winner % s.kernelWidth()];
      }
    }
  }

  /// Numbers that compare as the candidates do. One comparison without a branch: which candidate wins cannot be predicted
  /// (a third faster than with branches).
  private static long rank(float value, int place) {
    int bits = Float.floatToRawIntBits(value);
    int ordered = bits ^ (bits >> 31 & Integer.MAX_VALUE); // as whole numbers, the floats are in order now,
    int nanFirst = ordered - (1 << 23); // and the NaNs below −∞ come round to the top, to those above ∞
    return ((long) nanFirst << 32) | (~place & 0xffff_ffffL);
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
    int height = x.shape().dim(2);
    int width = x.shape().dim(3);
    int rows = dy.shape().dim(2);
    int columns = dy.shape().dim(3);
    int[] offsets = new int[settings.kernelHeight() * settings.kernelWidth()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = i / settings.kernelWidth() * width + i % settings.kernelWidth();
    }
    Parallel.chunks(
        x.shape().dim(0) * x.shape().dim(1),
        plane -> {
          Arrays.fill(to, plane * height * width, (plane + 1) * height * width, 0f); // while it is in cache
          int at = plane * rows * columns;
          for (int oy = 0; oy < rows; oy++) {
            int top = oy * settings.strideHeight() - settings.paddingHeight();
            int corner = (plane * height + top) * width - settings.paddingWidth();
            for (int ox = 0; ox < columns; ox++, at++) {
              to[corner + ox * settings.strideWidth() + offsets[(int) won[at]]] += d[at];
            }
          }
        });
    return dx;
  }
}
