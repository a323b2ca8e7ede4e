package nn.core.kernel;

import java.util.Arrays;
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

  /// `y[yAt + i] = x[xAt + step·i]` for i < n, and zeros behind it up to a whole vector: rows that lie one after the other are copied
  /// in order, and need room for a vector behind the last.
  ///
  /// @param step 1 or 2
  static void copy(float[] x, int xAt, int step, float[] y, int yAt, int n) {
    int i = 0;
    for (; i < n && xAt + step * (i + L) <= x.length; i += L) {
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
    if (i < n) {
      Arrays.fill(y, yAt + i, yAt + Math.ceilDiv(n, L) * L, 0f);
      for (; i < n; i++) {
        y[yAt + i] = x[xAt + step * i];
      }
    }
  }
}
