package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The loops of layer norm over one row, which stays in the first cache from the first loop to the last.
final class VectorLayerNorm {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int BLOCK = 32 * L; // so many numbers are summed in single precision

  private VectorLayerNorm() {}

  static void scale(
      float[] x, float[] gamma, float[] beta, float[] y, int at, int n, float mean,
      float inverseDeviation) {
    int i = 0;
    for (; i + L <= n; i += L) {
      FloatVector.fromArray(S, x, at + i)
          .sub(mean)
          .mul(inverseDeviation)
          .fma(FloatVector.fromArray(S, gamma, i), FloatVector.fromArray(S, beta, i))
          .intoArray(y, at + i);
    }
    for (; i < n; i++) {
      y[at + i] = (x[at + i] - mean) * inverseDeviation * gamma[i] + beta[i];
    }
  }

  static void gradient(
      float[] dy, float[] x, float[] gamma, float[] dx, int at, int n, float mean,
      float inverseDeviation) {
    double sum = 0; // Σ g, with g = γ · dy
    double dot = 0; // Σ g · (x − μ)
    int whole = n / L * L;
    for (int first = 0; first < whole; first += BLOCK) {
      int last = Math.min(first + BLOCK, whole);
      FloatVector s = FloatVector.zero(S);
      FloatVector t = s;
      for (int i = first; i < last; i += L) {
        FloatVector g =
            FloatVector.fromArray(S, dy, at + i).mul(FloatVector.fromArray(S, gamma, i));
        s = s.add(g);
        t = FloatVector.fromArray(S, x, at + i).sub(mean).fma(g, t);
      }
      sum += VectorReduction.total(s);
      dot += VectorReduction.total(t);
    }
    for (int i = whole; i < n; i++) {
      float g = dy[at + i] * gamma[i];
      sum += g;
      dot += g * (x[at + i] - mean);
    }
    float average = (float) (sum / n);
    float slope = (float) (dot / n) * inverseDeviation * inverseDeviation;
    for (int i = 0; i < whole; i += L) {
      FloatVector g = FloatVector.fromArray(S, dy, at + i).mul(FloatVector.fromArray(S, gamma, i));
      FloatVector.fromArray(S, x, at + i)
          .sub(mean)
          .fma(FloatVector.broadcast(S, -slope), g.sub(average))
          .mul(inverseDeviation)
          .intoArray(dx, at + i);
    }
    for (int i = whole; i < n; i++) {
      float g = dy[at + i] * gamma[i];
      dx[at + i] = inverseDeviation * (g - average - (x[at + i] - mean) * slope);
    }
  }
}
