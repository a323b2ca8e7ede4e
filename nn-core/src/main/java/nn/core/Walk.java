package nn.core;

import nn.core.kernel.Parallel;

/// How one or two operands are walked while a result is written in row-major order: for each axis of the result, how
/// far one step along it moves in each operand, 0 where the operand is repeated.
///
/// Axes of extent 1 are left out, and neighbours that all operands walk as one are merged: `[2×5×3×4] · [2×5×1×1]` is
/// walked as `[10×12]`. So the innermost axis is as long as it can be, and is a plain loop for the caller.
final class Walk {
  /// A piece of the result of `n` numbers from `yAt` on, whose operands begin at `aAt` and `bAt`.
  interface Piece {
    void run(int aAt, int bAt, int yAt, int n);
  }

  static final int GRAIN = 1 << 15; // numbers of the result that one thread takes at once

  private final int[] extents;
  private final int[] aSteps;
  private final int[] bSteps;
  private int axes;

  /// @param shape the result's
  /// @param aSteps for each of its axes, the step in the first operand
  /// @param bSteps for each of its axes, the step in the second operand
  Walk(Shape shape, int[] aSteps, int[] bSteps) {
    this.extents = new int[Math.max(1, shape.rank())];
    this.aSteps = new int[extents.length];
    this.bSteps = new int[extents.length];
    for (int axis = 0; axis < shape.rank(); axis++) {
      int extent = shape.dim(axis);
      int last = axes - 1;
      if (extent == 1) {
        continue;
      }
      if (axes > 0
          && this.aSteps[last] == aSteps[axis] * extent
          && this.bSteps[last] == bSteps[axis] * extent) {
        extents[last] *= extent;
        this.aSteps[last] = aSteps[axis];
        this.bSteps[last] = bSteps[axis];
      } else {
        extents[axes] = extent;
        this.aSteps[axes] = aSteps[axis];
        this.bSteps[axes++] = bSteps[axis];
      }
    }
    if (axes == 0) {
      extents[axes++] = 1; // a single number
    }
  }

  /// How many axes are left; at least one.
  int axes() {
    return axes;
  }

  int extent(int axis) {
    return extents[axis];
  }

  int aStep(int axis) {
    return aSteps[axis];
  }

  int bStep(int axis) {
    return bSteps[axis];
  }

  /// Calls `piece` for every part of every innermost run, on several threads if there are many.
  void each(Piece piece) {
    int size = 1;
    for (int axis = 0; axis < axes; axis++) {
      size *= extents[axis];
    }
    Parallel.range(size, GRAIN, (from, to) -> range(from, to, piece));
  }

  private void range(int from, int to, Piece piece) {
    int inner = axes - 1;
    int length = extents[inner];
    int[] index = new int[inner];
    int aAt = 0;
    int bAt = 0;
    for (int axis = inner - 1, rest = from / length; axis >= 0; axis--) {
      index[axis] = rest % extents[axis];
      rest /= extents[axis];
      aAt += index[axis] * aSteps[axis];
      bAt += index[axis] * bSteps[axis];
    }
    int skip = from % length;
    for (int at = from; at < to;) {
      int n = Math.min(length - skip, to - at);
      piece.run(aAt + skip * aSteps[inner], bAt + skip * bSteps[inner], at, n);
      at += n;
      skip = 0;
      for (int axis = inner - 1; axis >= 0; axis--) { // on to the next run
        aAt += aSteps[axis];
        bAt += bSteps[axis];
        if (++index[axis] < extents[axis]) {
          break;
        }
        aAt -= aSteps[axis] * extents[axis];
        bAt -= bSteps[axis] * extents[axis];
        index[axis] = 0;
      }
    }
  }
}
