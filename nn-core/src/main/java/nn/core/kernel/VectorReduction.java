package nn.core.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Sums and maxima of long rows. Sums run in double precision, side by side in the lanes of two vectors, which are added
/// in order at the end.
///
/// `reduceLanes(ADD)` is not used: its order is not specified, and differs between interpreted and compiled code.
final class VectorReduction {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;
  private static final int DL = D.length();
  private static final VectorSpecies<Float> HALF =
      VectorShape.forBitSize(S.vectorBitSize() / 2).withLanes(float.class);

  private VectorReduction() {}

  static float sum(float[] x, int at, int n) {
    DoubleVector s0 = DoubleVector.zero(D);
    DoubleVector s1 = s0;
    int i = 0;
    for (; i + 2 * DL <= n; i += 2 * DL) {
      s0 = s0.add(FloatVector.fromArray(HALF, x, at + i).convertShape(VectorOperators.F2D, D, 0));
      s1 = s1
          .add(FloatVector.fromArray(HALF, x, at + i + DL).convertShape(VectorOperators.F2D, D, 0));
    }
    double sum = total(s0.add(s1));
    for (; i < n; i++) {
      sum += x[at + i];
    }
    return (float) sum;
  }

  static float centredDot(
      float[] x, int xAt, float xCentre, float[] y, int yAt, float yCentre, int n) {
    DoubleVector s0 = DoubleVector.zero(D);
    DoubleVector s1 = s0;
    int i = 0;
    for (; i + 2 * DL <= n; i += 2 * DL) {
      s0 =
          ((DoubleVector) FloatVector.fromArray(HALF, x, xAt + i).sub(xCentre)
              .convertShape(VectorOperators.F2D, D, 0))
              .fma(
                  FloatVector.fromArray(HALF, y, yAt + i).sub(yCentre)
                      .convertShape(VectorOperators.F2D, D, 0),
                  s0);
      s1 =
          ((DoubleVector) FloatVector.fromArray(HALF, x, xAt + i + DL).sub(xCentre)
              .convertShape(VectorOperators.F2D, D, 0))
              .fma(
                  FloatVector.fromArray(HALF, y, yAt + i + DL).sub(yCentre)
                      .convertShape(VectorOperators.F2D, D, 0),
                  s1);
    }
    double sum = total(s0.add(s1));
    for (; i < n; i++) {
      sum += (double) (x[xAt + i] - xCentre) * (y[yAt + i] - yCentre);
    }
    return (float) sum;
  }

  static float max(float[] x, int at, int n) {
    FloatVector m0 = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
    FloatVector m1 = m0;
    int i = 0;
    for (; i + 2 * L <= n; i += 2 * L) {
      m0 = m0.max(FloatVector.fromArray(S, x, at + i));
      m1 = m1.max(FloatVector.fromArray(S, x, at + i + L));
    }
    float max = m0.max(m1).reduceLanes(VectorOperators.MAX);
    for (; i < n; i++) {
      max = Math.max(max, x[at + i]);
    }
    return max;
  }

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

  private static double total(DoubleVector v) {
    double[] lanes = new double[DL];
    v.intoArray(lanes, 0);
    double sum = lanes[0];
    for (int i = 1; i < DL; i++) {
      sum += lanes[i];
    }
    return sum;
  }
}
