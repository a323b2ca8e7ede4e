package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Copies rows of images, or every second number of them.
final class VectorRow {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(S, i -> 2 * i % L);
  private static final VectorMask<Float> UPPER = VectorMask.fromLong(S, -1L << L / 2);

  private VectorRow() {}

  /// `y[yAt + i] = x[xAt + step·i]` for i < n, and zeros behind it up to a whole vector, but not from `end` on: rows that lie one
  /// after the other are copied in order.
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
      if (i + L > n) {
        v = v.blend(0f, VectorMask.fromLong(S, -1L << n - i));
      }
      v.intoArray(y, yAt + i);
    }
    for (; i < n; i++) {
      y[yAt + i] = x[xAt + step * i];
    }
  }
}
