package nn.core;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// Copies numbers to other places without changing them: permuted axes, parts of an axis, arrays joined.
final class Rearrangement {
  private Rearrangement() {}

  static NdArray permute(NdArray x, int... axes) {
    Shape from = x.shape();
    int rank = from.rank();
    Set<Integer> named = new HashSet<>();
    for (int axis : axes) {
      named.add(from.axis(axis));
    }
    if (axes.length != rank || named.size() != rank) {
      throw new ShapeException(
          "permute",
          from + ": name each of the " + rank + " axes once, got " + Arrays.toString(axes));
    }
    int[] fromSteps = new int[rank];
    int step = 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
      fromSteps[axis] = step;
      step *= from.dim(axis);
    }
    int[] extents = new int[rank];
    int[] steps = new int[rank];
    for (int axis = 0; axis < rank; axis++) {
      extents[axis] = from.dim(axes[axis]);
      steps[axis] = fromSteps[from.axis(axes[axis])];
    }
    NdArray y = x.fresh(Shape.of(extents));
    float[] source = x.array();
    float[] to = y.writable();
    int inner = rank == 0 ? 1 : extents[rank - 1];
    int innerStep = rank == 0 ? 0 : steps[rank - 1];
    int[] index = new int[rank];
    int at = 0;
    for (int yAt = 0; yAt < to.length; yAt += inner) {
      for (int i = 0; i < inner; i++) {
        to[yAt + i] = source[at + i * innerStep];
      }
      for (int axis = rank - 2; axis >= 0; axis--) {
        at += steps[axis];
        if (++index[axis] < extents[axis]) {
          break;
        }
        at -= steps[axis] * extents[axis];
        index[axis] = 0;
      }
    }
    return y;
  }

  static NdArray narrow(NdArray x, int axis, int from, int length) {
    Shape shape = x.shape();
    int extent = shape.dim(axis);
    if (from < 0 || length < 0 || from > extent - length) {
      throw new ShapeException(
          "narrow",
          length + " from " + from + " on axis " + axis + " of " + shape + " is out of bounds");
    }
    NdArray y = x.fresh(shape.with(axis, length));
    int outer = shape.sizeOf(0, axis);
    int inner = shape.sizeOf(axis + 1, shape.rank());
    for (int o = 0; o < outer; o++) {
      System.arraycopy(
          x.array(), (o * extent + from) * inner, y.writable(), o * length * inner, length * inner);
    }
    return y;
  }

  static NdArray concat(int axis, NdArray... parts) {
    if (parts.length == 0) {
      throw new ShapeException("concat", "there is nothing to join");
    }
    Shape first = parts[0].shape();
    int along = first.axis(axis);
    int extent = 0;
    NdArray home = parts[0];
    for (NdArray part : parts) {
      if (part.shape().rank() != first.rank()
          || !part.shape().with(along, 0).equals(first.with(along, 0))) {
        throw new ShapeException(
            "concat", first + " and " + part.shape() + " differ beside axis " + along);
      }
      extent += part.shape().dim(along);
      home = home.beside(part);
    }
    NdArray y = home.fresh(first.with(along, extent));
    int outer = first.sizeOf(0, along);
    int inner = first.sizeOf(along + 1, first.rank());
    int at = 0;
    for (NdArray part : parts) {
      int block = part.shape().dim(along) * inner;
      for (int o = 0; o < outer; o++) {
        System.arraycopy(
            part.array(), o * block, y.writable(), (o * extent + at) * inner, block);
      }
      at += part.shape().dim(along);
    }
    return y;
  }
}
