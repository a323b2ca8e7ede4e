package nn.core;

import java.util.Arrays;
import nn.core.kernel.Kernels;

/// Sums over axes. Every sum runs in an order that depends on the shape alone, so that the same numbers give the
/// same bits.
final class Reduction {
  private Reduction() {}

  /// Sums over what stretching (see [Broadcast]) an array of shape `target` to the shape of `x` repeated.
  static NdArray sumTo(NdArray x, Shape target) {
    if (x.shape().equals(target)) {
      return x;
    }
    if (!Broadcast.shape("sumTo", target, x.shape()).equals(x.shape())) {
      throw new ShapeException("sumTo", target + " cannot be stretched to " + x.shape());
    }
    // Merge neighbouring axes that are both kept or both summed; then sum one run after the other, outermost first.
    NdArray rest = x;
    int[] steps = Broadcast.steps(target, x.shape());
    int axis = 0;
    int kept = 1;
    Shape shape = x.shape();
    while (axis < shape.rank()) {
      boolean sums = shape.dim(axis) != 1 && steps[axis] == 0;
      int run = 1;
      while (axis < shape.rank()
          && (shape.dim(axis) == 1 || (steps[axis] == 0) == sums)) {
        run *= shape.dim(axis++);
      }
      if (sums) {
        rest = sumMiddle(rest, kept, run, rest.size() / Math.max(1, kept * run));
      } else {
        kept *= run;
      }
    }
    return rest.reshape(target);
  }

  static NdArray sum(NdArray x, int axis) {
    Shape shape = x.shape();
    return sumMiddle(
        x, shape.sizeOf(0, axis), shape.dim(axis), shape.sizeOf(axis + 1, shape.rank()))
        .reshape(shape.without(axis));
  }

  /// `y[o, i] = Σₘ x[o, m, i]`, for x read as `[outer × middle × inner]`.
  private static NdArray sumMiddle(NdArray x, int outer, int middle, int inner) {
    NdArray y = x.fresh(Shape.of(outer, inner));
    float[] from = x.array();
    float[] to = y.writable();
    if (inner == 1) {
      Kernels kernels = Kernels.active();
      for (int o = 0; o < outer; o++) {
        to[o] = kernels.sum(from, o * middle, middle);
      }
      return y;
    }
    Arrays.fill(to, 0f);
    for (int o = 0; o < outer; o++) {
      for (int m = 0; m < middle; m++) {
        int at = (o * middle + m) * inner;
        int yAt = o * inner;
        for (int i = 0; i < inner; i++) {
          to[yAt + i] += from[at + i];
        }
      }
    }
    return y;
  }
}
