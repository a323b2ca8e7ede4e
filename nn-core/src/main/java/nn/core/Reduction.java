package nn.core;

import java.util.Arrays;
import nn.core.kernel.Kernels;
import nn.core.kernel.Parallel;

/// Sums over axes. Long sums are cut into chunks whose sums are added in order: the cuts depend on the shape alone, so
/// that the same numbers give the same bits on any number of threads, and the error grows slower than the length.
final class Reduction {
  private static final int GRAIN = 1 << 15; // numbers that one thread takes at once
  private static final int MOST_ROWS = 256; // that are added one after another

  private Reduction() {}

  /// Sums over what stretching (see [Broadcast]) an array of shape `target` to the shape of `x` repeated.
  static NdArray sumTo(NdArray x, Shape target) {
    Shape shape = x.shape();
    if (shape.equals(target)) {
      return x;
    }
    if (!Broadcast.shape("sumTo", target, shape).equals(shape)) {
      throw new ShapeException("sumTo", target + " cannot be stretched to " + shape);
    }
    // Neighbouring axes that are all summed, or all kept, are one run. Innermost first: that leaves the least to do.
    int[] steps = Broadcast.steps(target, shape);
    NdArray rest = x;
    int inner = 1;
    for (int end = shape.rank(); end > 0;) {
      boolean sums = isSummed(shape, steps, end - 1);
      int start = end - 1;
      while (start > 0
          && (shape.dim(start - 1) == 1 || isSummed(shape, steps, start - 1) == sums)) {
        start--;
      }
      int run = shape.sizeOf(start, end);
      if (sums) {
        rest = sumMiddle(rest, shape.sizeOf(0, start), run, inner);
      } else {
        inner *= run;
      }
      end = start;
    }
    return rest.reshape(target);
  }

  private static boolean isSummed(Shape shape, int[] steps, int axis) {
    return shape.dim(axis) != 1 && steps[axis] == 0;
  }

  static NdArray sum(NdArray x, int axis) {
    Shape shape = x.shape();
    return sumMiddle(
        x, shape.sizeOf(0, axis), shape.dim(axis), shape.sizeOf(axis + 1, shape.rank()))
        .reshape(shape.without(axis));
  }

  /// `y[o, i] = Σₘ x[o, m, i]`, for x read as `[outer × middle × inner]`.
  private static NdArray sumMiddle(NdArray x, int outer, int middle, int inner) {
    if (middle == 0) {
      return x.freshZeros(Shape.of(outer, inner));
    }
    int most = inner == 1 ? GRAIN : Math.clamp(GRAIN / Math.max(1, inner), 8, MOST_ROWS);
    int parts = Math.ceilDiv(middle, most);
    NdArray y = x.fresh(Shape.of(outer, parts, inner));
    float[] from = x.array();
    float[] to = y.writable();
    Parallel.range(
        outer * parts,
        Math.max(1, GRAIN / Math.max(1, Math.min(most, middle) * inner)),
        (first, end) -> {
          for (int part = first; part < end; part++) {
            int row = part % parts * most;
            int rows = Math.min(most, middle - row);
            int at = (part / parts * middle + row) * inner;
            if (inner == 1) {
              to[part] = Kernels.active().sum(from, at, rows);
            } else {
              sumRows(from, at, rows, inner, to, part * inner);
            }
          }
        });
    return parts == 1 ? y : sumMiddle(y, outer, parts, inner);
  }

  /// `y[yAt + i] = Σᵣ x[at + r · width + i]`, four rows at a time.
  private static void sumRows(float[] x, int at, int rows, int width, float[] y, int yAt) {
    Arrays.fill(y, yAt, yAt + width, 0f);
    int row = 0;
    for (; row + 3 < rows; row += 4) {
      int a = at + row * width;
      int b = a + width;
      int c = b + width;
      int d = c + width;
      for (int i = 0; i < width; i++) {
        y[yAt + i] += x[a + i] + x[b + i] + (x[c + i] + x[d + i]);
      }
    }
    for (; row < rows; row++) {
      int a = at + row * width;
      for (int i = 0; i < width; i++) {
        y[yAt + i] += x[a + i];
      }
    }
  }
}
