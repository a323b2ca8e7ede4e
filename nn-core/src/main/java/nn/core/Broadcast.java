package nn.core;

/// Element-by-element arithmetic on two arrays whose shapes may differ.
///
/// Shapes are aligned at their innermost axis; an extent of 1, or a missing outer axis, is stretched to the other
/// array's extent: `[6×5] + [5]` adds a row to each row, `[2×5×3×4] · [2×5×1×1]` scales each channel.
///
/// The innermost axes over which both arrays run along, or one of them stands still, are one plain loop (which the
/// compiler vectorises); the outer axes are walked by index.
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

  private static NdArray apply(Arithmetic arithmetic, NdArray a, NdArray b) {
    Shape shape = shape(arithmetic.word, a.shape(), b.shape());
    NdArray y = a.beside(b).fresh(shape);
    if (y.size() == 0) {
      return y;
    }
    int[] aSteps = steps(a.shape(), shape);
    int[] bSteps = steps(b.shape(), shape);
    int rank = shape.rank();

    // The inner block: as many innermost axes as share one way of walking (extents of 1 walk any way).
    int inner = 1;
    int outerAxes = rank;
    boolean aMoves = true;
    boolean bMoves = true;
    boolean decided = false;
    while (outerAxes > 0) {
      int axis = outerAxes - 1;
      if (shape.dim(axis) != 1) {
        boolean aWalks = aSteps[axis] != 0;
        boolean bWalks = bSteps[axis] != 0;
        if (decided && (aWalks != aMoves || bWalks != bMoves)) {
          break;
        }
        aMoves = aWalks;
        bMoves = bWalks;
        decided = true;
        inner *= shape.dim(axis);
      }
      outerAxes--;
    }

    float[] from = a.array();
    float[] and = b.array();
    float[] to = y.writable();
    int[] index = new int[outerAxes];
    int aAt = 0;
    int bAt = 0;
    for (int yAt = 0; yAt < to.length; yAt += inner) {
      if (aMoves && bMoves) {
        both(arithmetic, from, aAt, and, bAt, to, yAt, inner);
      } else if (aMoves) {
        fixedB(arithmetic, from, aAt, and[bAt], to, yAt, inner);
      } else {
        fixedA(arithmetic, from[aAt], and, bAt, to, yAt, inner);
      }
      for (int axis = outerAxes - 1; axis >= 0; axis--) { // on to the next block
        aAt += aSteps[axis];
        bAt += bSteps[axis];
        if (++index[axis] < shape.dim(axis)) {
          break;
        }
        aAt -= aSteps[axis] * index[axis];
        bAt -= bSteps[axis] * index[axis];
        index[axis] = 0;
      }
    }
    return y;
  }

  private static void both(
      Arithmetic arithmetic, float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int n) {
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
