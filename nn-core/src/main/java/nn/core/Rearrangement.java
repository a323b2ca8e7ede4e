package nn.core;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import nn.core.kernel.Parallel;

/// Copies numbers to other places without changing them: permuted axes, parts of an axis, arrays joined.
final class Rearrangement {
  private static final int TILE = 16; // lines: a line of the cache
  private static final int GRAIN = 1 << 15; // numbers that one thread takes at once

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
    int[] fromSteps = Broadcast.steps(from, from);
    int[] extents = new int[rank];
    int[] steps = new int[rank];
    for (int axis = 0; axis < rank; axis++) {
      extents[axis] = from.dim(axes[axis]);
      steps[axis] = fromSteps[from.axis(axes[axis])];
    }
    NdArray y = x.fresh(Shape.of(extents));
    if (y.size() > 0) {
      copy(new Walk(y.shape(), steps, steps), x.array(), y.writable());
    }
    return y;
  }

  /// Copies along a walk: runs where the innermost axis stays innermost, else tiles, so that neither reading nor writing
  /// jumps from line to line of the cache.
  private static void copy(Walk walk, float[] from, float[] to) {
    int inner = walk.axes() - 1;
    if (walk.aStep(inner) <= 1) {
      walk.each((at, _, yAt, n) -> System.arraycopy(from, at, to, yAt, n));
      return;
    }
    int innermost = 0; // the axis that is innermost in the source
    while (walk.aStep(innermost) != 1) {
      innermost++;
    }
    int across = innermost;
    int height = walk.extent(across);
    int width = walk.extent(inner);
    int tiles = Math.ceilDiv(height, TILE);
    Parallel.range(
        to.length / width / height * tiles,
        Math.max(1, GRAIN / (width * TILE)),
        (first, end) -> {
          for (int tile = first; tile < end; tile++) {
            int line = tile % tiles * TILE;
            int at = line;
            int yAt = 0;
            int down = 0; // how far the lines of a tile are apart in the result
            for (int axis = inner - 1, rest = tile / tiles, step = width; axis >= 0; axis--) {
              if (axis == across) {
                yAt += line * step;
                down = step;
              } else {
                int index = rest % walk.extent(axis);
                rest /= walk.extent(axis);
                at += index * walk.aStep(axis);
                yAt += index * step;
              }
              step *= walk.extent(axis);
            }
            int lines = Math.min(TILE, height - line);
            transpose(from, at, walk.aStep(inner), to, yAt, down, width, lines);
          }
        });
  }

  private static void transpose(
      float[] from, int at, int step, float[] to, int yAt, int down, int width, int lines) {
    for (int i = 0; i < width; i++) {
      for (int line = 0; line < lines; line++) {
        to[yAt + line * down + i] = from[at + i * step + line];
      }
    }
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
    float[] source = x.array();
    float[] to = y.writable();
    for (int o = 0; o < outer; o++) {
      System.arraycopy(
          source, (o * extent + from) * inner, to, o * length * inner, length * inner);
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
    float[] to = y.writable();
    int at = 0;
    for (NdArray part : parts) {
      float[] source = part.array();
      int block = part.shape().dim(along) * inner;
      for (int o = 0; o < outer; o++) {
        System.arraycopy(source, o * block, to, (o * extent + at) * inner, block);
      }
      at += part.shape().dim(along);
    }
    return y;
  }
}
