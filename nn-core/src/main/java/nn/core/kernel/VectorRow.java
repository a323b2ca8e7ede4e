package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Copies rows of images, or every second number of them.
///
/// What is less than a vector is written as a whole one: rows that lie one after the other are copied in order, and the next
/// overwrites what was too much.
final class VectorRow {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int L = S.length();

  /// Numbers of a vector.
  static final int VECTOR = L;

  private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(S, i -> 2 * i % L);
  private static final VectorShuffle<Float> ODD = VectorShuffle.fromOp(S, i -> (2 * i + 1) % L);
  private static final VectorMask<Float> UPPER = VectorMask.fromLong(S, -1L << L / 2);

  private VectorRow() {}

  /// `y[yAt + i] = x[xAt + step·i]` for i < n. What is behind, up to a whole vector, may be overwritten, but nothing from `end` on.
  ///
  /// @param step 1 or 2
  static void copy(float[] x, int xAt, int step, float[] y, int yAt, int n, int end) {
    int i = 0;
    for (; i < n && xAt + step * (i + L) <= x.length && yAt + i + L <= end; i += L) {
      int at = xAt + step * i;
      FloatVector v = FloatVector.fromArray(S, x, at);
      if (step == 2) {
        FloatVector next = FloatVector.fromArray(S, x, at + L);
        v = v.rearrange(EVEN).blend(next.rearrange(EVEN), UPPER);
      }
      v.intoArray(y, yAt + i);
    }
    for (; i < n; i++) {
      y[yAt + i] = x[xAt + step * i];
    }
  }

  /// `y[evens + i] = x[xAt + 2i]` and `y[odds + i] = x[xAt + 2i + 1]` for i < n. The last vectors overlap those before.
  static void split(float[] x, int xAt, int n, float[] y, int evens, int odds) {
    for (int start = 0; start < n && n >= L; start += L) {
      int i = Math.min(start, n - L);
      FloatVector u = FloatVector.fromArray(S, x, xAt + 2 * i);
      FloatVector v = FloatVector.fromArray(S, x, xAt + 2 * i + L);
      u.rearrange(EVEN).blend(v.rearrange(EVEN), UPPER).intoArray(y, evens + i);
      u.rearrange(ODD).blend(v.rearrange(ODD), UPPER).intoArray(y, odds + i);
    }
    for (int i = 0; i < n && n < L; i++) {
      y[evens + i] = x[xAt + 2 * i];
      y[odds + i] = x[xAt + 2 * i + 1];
    }
  }

  /// `rows` rows of `n` numbers, `xStep` and `yStep` apart. Short rows that lie one after the other are written as whole vectors, but
  /// nothing behind the last one is; x has room for a vector.
  static void copyRows(
      int rows, int n, float[] x, int xAt, int xStep, float[] y, int yAt, int yStep) {
    int whole = n <= L && yStep == n ? Math.max(0, rows - Math.ceilDiv(L, n) + 1) : 0;
    for (int r = 0; r < whole; r++) {
      FloatVector.fromArray(S, x, xAt + r * xStep).intoArray(y, yAt + r * yStep);
    }
    for (int r = whole; r < rows; r++) {
      System.arraycopy(x, xAt + r * xStep, y, yAt + r * yStep, n);
    }
  }

  /// Whether [#copyBrief] can make rows of `width` numbers from rows of `inWidth`.
  static boolean isBrief(int width, int inWidth) {
    return width <= L && inWidth <= 2 * L;
  }

  /// For [#copyBrief]: how a row's places are picked from its first and last L numbers, and then which are kept. Place i holds
  /// column `first + i · step`, or 0 where there is no such column.
  static int[] picks(int width, int first, int step, int inWidth) {
    int[] picks = new int[2 * L];
    for (int i = 0; i < width; i++) {
      int column = first + i * step;
      if (column >= 0 && column < inWidth) {
        picks[i] = column < L ? column : column + L - second(inWidth);
        picks[L + i] = -1;
      }
    }
    return picks;
  }

  /// Where the last L numbers of a row of `inWidth` begin.
  static int second(int inWidth) {
    return Math.max(0, inWidth - L);
  }

  /// Whether two rows can be picked at once ([#pairs]).
  static boolean arePairs(int width, int inWidth) {
    return 2 * width <= L && inWidth <= L;
  }

  /// From the picks of one row those of two, the second of which is picked from the second vector.
  static int[] pairs(int width, int[] picks) {
    int[] pairs = new int[2 * L];
    for (int i = 0; i < width; i++) {
      pairs[i] = picks[i];
      pairs[width + i] = L + picks[i];
      pairs[L + i] = picks[L + i];
      pairs[L + width + i] = picks[L + i];
    }
    return pairs;
  }

  /// For each of `picks`, `yStep` apart, `width` numbers, picked from L numbers at `uAt` and L at `vAt`, and zeros behind them up to a
  /// whole vector, for which y has room.
  static void copyBrief(
      float[] x, int uAt, int vAt, int[][] picks, float[] y, int yAt, int yStep, int width) {
    if (Math.max(uAt, vAt) + L <= x.length) {
      for (int s = 0; s < picks.length; s++) { // vectors that are made before a loop may become objects
        IntVector u = FloatVector.fromArray(S, x, uAt).reinterpretAsInts();
        IntVector v = FloatVector.fromArray(S, x, vAt).reinterpretAsInts();
        IntVector.fromArray(INTS, picks[s], 0).selectFrom(u, v)
            .and(IntVector.fromArray(INTS, picks[s], L))
            .reinterpretAsFloats().intoArray(y, yAt + s * yStep);
      }
    } else {
      for (int s = 0; s < picks.length; s++) {
        int[] pick = picks[s];
        for (int i = 0; i < width; i++) {
          int at = pick[i] < L ? uAt + pick[i] : vAt + pick[i] - L;
          y[yAt + s * yStep + i] = pick[L + i] == 0 ? 0f : x[at];
        }
      }
    }
  }
}
