package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Sums and maxima of long rows. Sums run in double precision, in eight sums of their own whatever the vectors' width, which
/// are added in order: the same bits on every processor.
///
/// `reduceLanes(ADD)` is not used: its order is not specified, and differs between interpreted and compiled code.
final class VectorReduction {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();

  private VectorReduction() {}

  /// The sum of a vector's lanes, first to last.
  static float total(FloatVector v) {
    float[] lanes = Scratch.TRANSPOSE.floats(L);
    v.intoArray(lanes, 0);
    float sum = lanes[0];
    for (int i = 1; i < L; i++) {
      sum += lanes[i];
    }
    return sum;
  }
}
