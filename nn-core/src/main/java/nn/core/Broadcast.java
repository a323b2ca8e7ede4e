package nn.core;

import java.util.Arrays;
import nn.core.kernel.Parallel;

/// Element-by-element arithmetic on two arrays whose shapes may differ.
///
/// Shapes are aligned at their innermost axis; an extent of 1, or a missing outer axis, is stretched to the other
/// array's extent: `[6×5] + [5]` adds a row to each row, `[2×5×3×4] · [2×5×1×1]` scales each channel.
///
/// The innermost axes over which both arrays run along, or one of them stands still, are one plain loop (which the
/// compiler vectorises); a [Walk] goes over the others.
final class Broadcast {
  private enum Arithmetic {
    PLUS("plus"),
    MINUS("minus"),
    TIMES("times"),
    DIVIDED_BY("dividedBy");

    final String word;

    Arithmetic(String word) {
      this.word = word;
    }
  }

  private Broadcast() {}

  static NdArray plus(NdArray a, NdArray b) {
    return apply(Arithmetic.PLUS, a, b);
  }

  /// min(high, max(low, a + b)) of two arrays of one shape.
  static NdArray plus(NdArray a, NdArray b, Limits limits) {
    if (!a.shape().equals(b.shape())) {
      throw new ShapeException(
          "plus", a.shape() + " and " + b.shape() + ": with limits, shapes must be equal");
    }
    NdArray y = a.beside(b).fresh(a.shape());
    float[] left = a.array();
    float[] right = b.array();
    float[] to = y.writable();
    float low = limits.low();
    float high = limits.high();
    Parallel.range(
        to.length,
        Walk.GRAIN,
        (from, end) -> {
          for (int i = from; i < end; i++) {
            to[i] = Math.min(high, Math.max(low, left[i] + right[i]));
          }
        });
    return y;
  }

  static NdArray minus(NdArray a, NdArray b) {
    return apply(Arithmetic.MINUS, a, b);
  }

  static NdArray times(NdArray a, NdArray b) {
    return apply(Arithmetic.TIMES, a, b);
  }

  static NdArray dividedBy(NdArray a, NdArray b) {
    return apply(Arithmetic.DIVIDED_BY, a, b);
  }

  /// The shape that two arrays have after stretching.
  static Shape shape(String operation, Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    int[] extents = new int[rank];
    for (int axis = 0; axis < rank; axis++) {
      int of = extent(a, axis, rank);
      int and = extent(b, axis, rank);
      if (of != and && of != 1 && and != 1) {
        throw new ShapeException(
            operation,
            a + " and " + b + ": extents " + of + " and " + and
                + " differ and neither is 1, so neither can be stretched");
      }
      extents[axis] = of == 1 ? and : of;
    }
    return Shape.of(extents);
  }

  /// x repeated along the axes that `target` stretches.
  static NdArray stretch(NdArray x, Shape target) {
    if (x.shape().equals(target)) {
      return x;
    }
    if (!shape("stretchTo", x.shape(), target).equals(target)) {
      throw new ShapeException("stretchTo", x.shape() + " cannot be stretched to " + target);
    }
    NdArray y = x.fresh(target);
    int[] steps = steps(x.shape(), target);
    Walk walk = new Walk(target, steps, steps);
    boolean moves = walk.aStep(walk.axes() - 1) != 0;
    float[] from = x.array();
    float[] to = y.writable();
    walk.each(
        (at, _, yAt, n) -> {
          if (moves) {
            System.arraycopy(from, at, to, yAt, n);
          } else {
            Arrays.fill(to, yAt, yAt + n, from[at]);
          }
        });
    return y;
  }

  private static NdArray apply(Arithmetic arithmetic, NdArray a, NdArray b) {
    Shape shape = shape(arithmetic.word, a.shape(), b.shape());
    NdArray y = a.beside(b).fresh(shape);
    Walk walk = new Walk(shape, steps(a.shape(), shape), steps(b.shape(), shape));
    boolean aMoves = walk.aStep(walk.axes() - 1) != 0;
    boolean bMoves = walk.bStep(walk.axes() - 1) != 0;
    float[] from = a.array();
    float[] and = b.array();
    float[] to = y.writable();
    walk.each(
        (aAt, bAt, yAt, n) -> {
          if (aMoves == bMoves) { // neither moves where the result is a single number
            both(arithmetic, from, aAt, and, bAt, to, yAt, n);
          } else if (aMoves) {
            fixedB(arithmetic, from, aAt, and[bAt], to, yAt, n);
          } else {
            fixedA(arithmetic, from[aAt], and, bAt, to, yAt, n);
          }
        });
    return y;
  }

  private static void both(
      Arithmetic arithmetic, float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int n) {
    if (aAt == yAt && bAt == yAt) {
      aligned(arithmetic, a, b, y, yAt, n);
      return;
    }
    switch (arithmetic) {
      case PLUS -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a[aAt + i] + b[bAt + i];
        }
      }
      case MINUS -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a[aAt + i] - b[bAt + i];
        }
      }
      case TIMES -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a[aAt + i] * b[bAt + i];
        }
      }
      case DIVIDED_BY -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a[aAt + i] / b[bAt + i];
        }
      }
    }
  }

  /// All three run alike, as with arrays of one shape: with one index for all, C2 makes vector instructions of the loops.
  private static void aligned(
      Arithmetic arithmetic, float[] a, float[] b, float[] y, int at, int n) {
    switch (arithmetic) {
      case PLUS -> {
        for (int i = at; i < at + n; i++) {
          y[i] = a[i] + b[i];
        }
      }
      case MINUS -> {
        for (int i = at; i < at + n; i++) {
          y[i] = a[i] - b[i];
        }
      }
      case TIMES -> {
        for (int i = at; i < at + n; i++) {
          y[i] = a[i] * b[i];
        }
      }
      case DIVIDED_BY -> {
        for (int i = at; i < at + n; i++) {
          y[i] = a[i] / b[i];
        }
      }
    }
  }

  private static void fixedB(
      Arithmetic arithmetic, float[] a, int aAt, float b, float[] y, int yAt, int n) {
    switch (arithmetic) {
      case PLUS -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a[aAt + i] + b;
        }
      }
      case MINUS -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a[aAt + i] - b;
        }
      }
      case TIMES -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a[aAt + i] * b;
        }
      }
      case DIVIDED_BY -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a[aAt + i] / b;
        }
      }
    }
  }

  private static void fixedA(
      Arithmetic arithmetic, float a, float[] b, int bAt, float[] y, int yAt, int n) {
    switch (arithmetic) {
      case PLUS, TIMES -> fixedB(arithmetic, b, bAt, a, y, yAt, n); // order does not matter
      case MINUS -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a - b[bAt + i];
        }
      }
      case DIVIDED_BY -> {
        for (int i = 0; i < n; i++) {
          y[yAt + i] = a / b[bAt + i];
        }
      }
    }
  }

  /// How far one step along each axis of `stretched` moves in an array of shape `shape`: 0 where it repeats.
  static int[] steps(Shape shape, Shape stretched) {
    int rank = stretched.rank();
    int[] steps = new int[rank];
    int step = 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
      int extent = extent(shape, axis, rank);
      steps[axis] = extent == 1 ? 0 : step;
      step *= extent;
    }
    return steps;
  }

  private static int extent(Shape shape, int axis, int rank) {
    int own = axis - (rank - shape.rank());
    return own < 0 ? 1 : shape.dim(own);
  }
}
