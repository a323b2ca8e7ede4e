package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The loops of layer norm over rows, each of which stays in the first cache from the first loop to the last.
final class VectorLayerNorm {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int PAIR = 2 * L;
  private static final int PAIRS = 32 * PAIR; // so many numbers are summed in single precision

  private VectorLayerNorm() {}

  /// While a row is written the next one is summed, which hides the wait for the third cache; its squares then find it in the first.
  static void layerNorm(
      float[] x, float[] gamma, float[] beta, float[] y, int first, int end, int n, float epsilon,
      float[] mean, float[] inverseDeviation) {
    if (first == end) {
      return;
    }
    float centre = VectorReduction.sum(x, first * n, n) / n;
    for (int row = first; row < end; row++) {
      int at = row * n;
      float squares = VectorReduction.squares(x, at, centre, n);
      float scale = (float) (1 / Math.sqrt(squares / n + epsilon));
      mean[row] = centre;
      inverseDeviation[row] = scale;
      int next = Math.min(row + 1, end - 1) * n;
      centre = write(x, gamma, beta, y, at, n, centre, scale, next) / n;
    }
  }

  /// Writes (x − μ) · scale · γ + β of the row at `at`, and returns the sum of the row at `next`, as [VectorReduction#sum] has it.
  private static float write(
      float[] x, float[] gamma, float[] beta, float[] y, int at, int n, float mean, float scale,
      int next) {
    int vectors = n - n % L;
    double sum = 0;
    for (int first = 0; first < vectors; first += VectorReduction.BLOCK) {
      int end = Math.min(first + VectorReduction.BLOCK, vectors);
      int whole = end - (end - first) % VectorReduction.STEP;
      FloatVector s0 = FloatVector.zero(S);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      for (int i = first; i < whole; i += VectorReduction.STEP) {
        int j = next + i;
        s0 = s0.add(FloatVector.fromArray(S, x, j));
        s1 = s1.add(FloatVector.fromArray(S, x, j + L));
        s2 = s2.add(FloatVector.fromArray(S, x, j + 2 * L));
        s3 = s3.add(FloatVector.fromArray(S, x, j + 3 * L));
        int k = at + i;
        FloatVector v0 = FloatVector.fromArray(S, x, k).sub(mean).mul(scale);
        FloatVector v1 = FloatVector.fromArray(S, x, k + L).sub(mean).mul(scale);
        FloatVector v2 = FloatVector.fromArray(S, x, k + 2 * L).sub(mean).mul(scale);
        FloatVector v3 = FloatVector.fromArray(S, x, k + 3 * L).sub(mean).mul(scale);
        v0 = v0.fma(FloatVector.fromArray(S, gamma, i), FloatVector.fromArray(S, beta, i));
        v1 = v1.fma(FloatVector.fromArray(S, gamma, i + L), FloatVector.fromArray(S, beta, i + L));
        v2 =
            v2.fma(
                FloatVector.fromArray(S, gamma, i + 2 * L),
                FloatVector.fromArray(S, beta, i + 2 * L));
        v3 =
            v3.fma(
                FloatVector.fromArray(S, gamma, i + 3 * L),
                FloatVector.fromArray(S, beta, i + 3 * L));
        v0.intoArray(y, k);
        v1.intoArray(y, k + L);
        v2.intoArray(y, k + 2 * L);
        v3.intoArray(y, k + 3 * L);
      }
      for (int i = whole; i < end; i += L) {
        s0 = s0.add(FloatVector.fromArray(S, x, next + i));
        FloatVector.fromArray(S, x, at + i)
            .sub(mean)
            .mul(scale)
            .fma(FloatVector.fromArray(S, gamma, i), FloatVector.fromArray(S, beta, i))
            .intoArray(y, at + i);
      }
      sum += VectorReduction.total(s0.add(s1).add(s2.add(s3)));
    }
    for (int i = vectors; i < n; i++) {
      sum += x[next + i];
      y[at + i] = (x[at + i] - mean) * scale * gamma[i] + beta[i];
    }
    return (float) sum;
  }

  /// dx = 1/σ · (g − mean(g) − x̂ · mean(g · x̂)), with g = γ · dy and x̂ = (x − μ) / σ
  ///
  /// While a row is written the next one is summed, as forward, and γ is loaded once for both. After a forward pass, on two threads of an
  /// AMD Zen 5, 1024 rows of 1024 numbers took 92 to 124 µs in five processes; two loops a row took 4 to 15 % longer in each of them, and
  /// so did four vectors at a time. On one thread there is no difference.
  static void gradient(
      float[] dy, float[] x, float[] gamma, float[] dx, int first, int end, int n, float[] mean,
      float[] inverseDeviation) {
    if (first == end) {
      return;
    }
    float[] sums = new float[2]; // Σ g and Σ g · (x − μ) of the row that is written next
    sums(dy, x, gamma, first * n, n, mean[first], sums);
    for (int row = first; row < end; row++) {
      int next = Math.min(row + 1, end - 1);
      float scale = inverseDeviation[row];
      float slope = -sums[1] / n * scale * scale;
      float shift = -sums[0] / n;
      write(
          dy, x, gamma, dx, row * n, n, mean[row], scale, slope, shift, next * n, mean[next], sums);
    }
  }

  /// Σ g and Σ g · (x − μ) of the row at `at`, in the order in which [#write] has them: its loop stands here again, as C2 keeps vectors only
  /// as locals.
  private static void sums(
      float[] dy, float[] x, float[] gamma, int at, int n, float mean, float[] sums) {
    int pairs = n / PAIR * PAIR;
    double sum = 0;
    double dot = 0;
    for (int first = 0; first < pairs; first += PAIRS) {
      int end = Math.min(first + PAIRS, pairs);
      FloatVector s0 = FloatVector.zero(S);
      FloatVector s1 = s0;
      FloatVector t0 = s0;
      FloatVector t1 = s0;
      for (int i = first; i < end; i += PAIR) {
        int j = at + i;
        FloatVector g0 = FloatVector.fromArray(S, dy, j).mul(FloatVector.fromArray(S, gamma, i));
        FloatVector g1 =
            FloatVector.fromArray(S, dy, j + L).mul(FloatVector.fromArray(S, gamma, i + L));
        s0 = s0.add(g0);
        s1 = s1.add(g1);
        t0 = FloatVector.fromArray(S, x, j).sub(mean).fma(g0, t0);
        t1 = FloatVector.fromArray(S, x, j + L).sub(mean).fma(g1, t1);
      }
      sum += VectorReduction.total(s0.add(s1));
      dot += VectorReduction.total(t0.add(t1));
    }
    for (int i = pairs; i < n; i++) {
      float g = dy[at + i] * gamma[i];
      sum += g;
      dot += g * (x[at + i] - mean);
    }
    sums[0] = (float) sum;
    sums[1] = (float) dot;
  }

  /// Writes (γ · dy + (x − μ) · slope + shift) · scale of the row at `at`, and puts the sums of the row at `next` where [#sums] does.
  private static void write(
      float[] dy, float[] x, float[] gamma, float[] dx, int at, int n, float mean, float scale,
      float slope, float shift, int next, float nextMean, float[] sums) {
    int pairs = n / PAIR * PAIR;
    double sum = 0;
    double dot = 0;
    for (int first = 0; first < pairs; first += PAIRS) {
      int end = Math.min(first + PAIRS, pairs);
      FloatVector s0 = FloatVector.zero(S);
      FloatVector s1 = s0;
      FloatVector t0 = s0;
      FloatVector t1 = s0;
      for (int i = first; i < end; i += PAIR) {
        FloatVector w0 = FloatVector.fromArray(S, gamma, i);
        FloatVector w1 = FloatVector.fromArray(S, gamma, i + L);
        int j = next + i;
        FloatVector g0 = FloatVector.fromArray(S, dy, j).mul(w0);
        FloatVector g1 = FloatVector.fromArray(S, dy, j + L).mul(w1);
        s0 = s0.add(g0);
        s1 = s1.add(g1);
        t0 = FloatVector.fromArray(S, x, j).sub(nextMean).fma(g0, t0);
        t1 = FloatVector.fromArray(S, x, j + L).sub(nextMean).fma(g1, t1);
        int k = at + i;
        FloatVector v0 = FloatVector.fromArray(S, x, k).sub(mean);
        FloatVector v1 = FloatVector.fromArray(S, x, k + L).sub(mean);
        v0 = v0.fma(FloatVector.broadcast(S, slope), FloatVector.broadcast(S, shift));
        v1 = v1.fma(FloatVector.broadcast(S, slope), FloatVector.broadcast(S, shift));
        v0 = FloatVector.fromArray(S, dy, k).fma(w0, v0).mul(scale);
        v1 = FloatVector.fromArray(S, dy, k + L).fma(w1, v1).mul(scale);
        v0.intoArray(dx, k);
        v1.intoArray(dx, k + L);
      }
      sum += VectorReduction.total(s0.add(s1));
      dot += VectorReduction.total(t0.add(t1));
    }
    int vectors = n / L * L;
    for (int i = pairs; i < vectors; i += L) {
      FloatVector v =
          FloatVector.fromArray(S, x, at + i)
              .sub(mean)
              .fma(FloatVector.broadcast(S, slope), FloatVector.broadcast(S, shift));
      FloatVector.fromArray(S, dy, at + i)
          .fma(FloatVector.fromArray(S, gamma, i), v)
          .mul(scale)
          .intoArray(dx, at + i);
    }
    for (int i = vectors; i < n; i++) {
      dx[at + i] = (dy[at + i] * gamma[i] + ((x[at + i] - mean) * slope + shift)) * scale;
    }
    for (int i = pairs; i < n; i++) {
      float g = dy[next + i] * gamma[i];
      sum += g;
      dot += g * (x[next + i] - nextMean);
    }
    sums[0] = (float) sum;
    sums[1] = (float) dot;
  }

  /// Column by column, two vectors of them side by side, so that the sums stay in registers from row to row.
  static void weightGradients(
      float[] dy, float[] x, int first, int end, int n, float[] mean, float[] inverseDeviation,
      float[] sums, int at) {
    int pairs = n / PAIR * PAIR;
    for (int column = 0; column < pairs; column += PAIR) {
      FloatVector s0 = FloatVector.zero(S);
      FloatVector s1 = s0;
      FloatVector t0 = s0;
      FloatVector t1 = s0;
      for (int row = first; row < end; row++) {
        int i = row * n + column;
        FloatVector d0 = FloatVector.fromArray(S, dy, i);
        FloatVector d1 = FloatVector.fromArray(S, dy, i + L);
        FloatVector scale = FloatVector.broadcast(S, inverseDeviation[row]);
        s0 = s0.add(d0);
        s1 = s1.add(d1);
        t0 = FloatVector.fromArray(S, x, i).sub(mean[row]).mul(scale).fma(d0, t0);
        t1 = FloatVector.fromArray(S, x, i + L).sub(mean[row]).mul(scale).fma(d1, t1);
      }
      s0.intoArray(sums, at + column);
      s1.intoArray(sums, at + column + L);
      t0.intoArray(sums, at + n + column);
      t1.intoArray(sums, at + n + column + L);
    }
    for (int column = pairs; column < n; column++) {
      float sum = 0;
      float dot = 0;
      for (int row = first; row < end; row++) {
        int i = row * n + column;
        sum += dy[i];
        dot += dy[i] * ((x[i] - mean[row]) * inverseDeviation[row]);
      }
      sums[at + column] = sum;
      sums[at + n + column] = dot;
    }
  }
}
