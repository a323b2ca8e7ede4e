package nn.core.kernel;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Softmax of rows, each while it is in the first cache: the largest number, then powers and their sum in one loop, then the
/// division.
///
/// The exponents are 0 or less, which saves half of what [VectorMaps#exp] does beside its polynomial: no upper bound, and one
/// factor 2ⁿ (below 2⁻¹²⁶ the result is 0).
@SuppressWarnings("FloatingPointLiteralPrecision") // coefficients with the digits of their computation
final class VectorSoftmax {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int BLOCK = 32 * L; // so many numbers are summed in single precision

  private static final float LOG2_E = 1.44269502f; // its highest bits, and the next ones
  private static final float LOG2_E_LOW = 1.92596299e-8f;
  private static final float ROUND = 0x1.8p23f + 127; // adding it leaves a whole number, and 127, in the low bits

  private VectorSoftmax() {}

  static void softmax(float[] x, float[] y, int first, int end, int n) {
    for (int row = first; row < end; row++) {
      softmax(x, y, row * n, n);
    }
  }

  private static void softmax(float[] x, float[] y, int at, int n) {
    float max = max(x, at, n);
    int whole = n / L * L;
    double sum = 0;
    for (int first = 0; first < whole; first += BLOCK) {
      sum += powers(x, max, y, at + first, at + Math.min(first + BLOCK, whole));
    }
    if (whole < n) {
      float[] t = Scratch.TILE.floats(L);
      System.arraycopy(x, at + whole, t, 0, n - whole);
      powers(t, max, t, 0, L);
      for (int i = 0; i < n - whole; i++) {
        y[at + whole + i] = t[i];
        sum += t[i];
      }
    }
    float scale = (float) (1 / sum);
    for (int i = at; i < at + whole; i += L) {
      FloatVector.fromArray(S, y, i).mul(scale).intoArray(y, i);
    }
    for (int i = at + whole; i < at + n; i++) {
      y[i] *= scale;
    }
  }

  /// The largest number. NaN is passed over, as it comes back with its power; a maximum that does not takes five instructions.
  /// Four chains, as a comparison waits for the one before.
  private static float max(float[] x, int at, int n) {
    FloatVector m0 = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
    FloatVector m1 = m0;
    FloatVector m2 = m0;
    FloatVector m3 = m0;
    int whole = at + n / (4 * L) * (4 * L);
    for (int i = at; i < whole; i += 4 * L) {
      FloatVector v0 = FloatVector.fromArray(S, x, i);
      FloatVector v1 = FloatVector.fromArray(S, x, i + L);
      FloatVector v2 = FloatVector.fromArray(S, x, i + 2 * L);
      FloatVector v3 = FloatVector.fromArray(S, x, i + 3 * L);
      m0 = m0.blend(v0, v0.compare(GT, m0));
      m1 = m1.blend(v1, v1.compare(GT, m1));
      m2 = m2.blend(v2, v2.compare(GT, m2));
      m3 = m3.blend(v3, v3.compare(GT, m3));
    }
    float max = m0.max(m1).max(m2.max(m3)).reduceLanes(MAX);
    for (int i = whole; i < at + n; i++) {
      if (x[i] > max) {
        max = x[i];
      }
    }
    return max;
  }

  /// y = e^(x − max); their sum. NaN stays NaN.
  ///
  /// With v = x − max, n = round(v · log₂ e) and f = v · log₂ e − n, where fused operations lose no digits, eᵛ = 2ⁿ · 2ᶠ. For 2ᶠ
  /// a minimax polynomial of degree 5, off by 1e-7. On two threads of an AMD Zen 5, 1024 softmaxes of 1024 numbers take 0.12 ms;
  /// with the longer polynomial of Cephes, and NaN kept by the maximum, 0.17.
  private static float powers(float[] x, float max, float[] y, int from, int to) {
    FloatVector sum = FloatVector.zero(S);
    for (int i = from; i < to; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, i).sub(max);
      v = v.blend(-88f, v.compare(LT, -88f)); // e⁻⁸⁸ = 2⁻¹²⁷, whose exponent's bits are 0
      FloatVector shifted =
          v.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUND));
      FloatVector f =
          v.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUND).sub(shifted));
      f = v.fma(FloatVector.broadcast(S, LOG2_E_LOW), f);
      FloatVector p = FloatVector.broadcast(S, 1.326472626e-3f);
      p = p.fma(f, FloatVector.broadcast(S, 9.671513011e-3f));
      p = p.fma(f, FloatVector.broadcast(S, 5.550733749e-2f));
      p = p.fma(f, FloatVector.broadcast(S, 2.402224208e-1f));
      p = p.fma(f, FloatVector.broadcast(S, 6.931469776e-1f));
      p = p.fma(f, FloatVector.broadcast(S, 1f));
      FloatVector factor = shifted.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
      FloatVector e = p.mul(factor);
      e.intoArray(y, i);
      sum = sum.add(e);
    }
    return VectorReduction.total(sum);
  }

  /// dx = y · (dy − Σ dy · y)
  ///
  /// While a row is written, the next one's products are summed: their wait for the third cache is hidden, and so is the sum's for its
  /// last addition. Four vectors are read before four are written, as a store holds up loads just behind it, also of
  /// another array if that lies a multiple of 4 KiB away, as arrays of one size often do.
  ///
  /// On two threads of an AMD Zen 5, 1024 rows of 1024 numbers take 0.058 ms if the arrays happen to begin at whole lines of the cache,
  /// and up to 0.070 if each vector lies in two of them; with two loops a row, a vector at a time, 0.061 and up to 0.095. Behind a
  /// forward pass, which leaves other arrays in the caches, 0.072 to 0.091.
  static void gradient(float[] dy, float[] y, float[] dx, int first, int end, int n) {
    if (first == end) {
      return;
    }
    float dot = VectorReduction.centredDot(dy, first * n, 0f, y, first * n, 0f, n);
    for (int row = first; row < end; row++) {
      int next = Math.min(row + 1, end - 1);
      dot = gradient(dy, y, dx, row * n, dot, next * n, n);
    }
  }

  /// Writes the gradient of the row at `at`, given its Σ dy · y, and returns that sum of the row at `next`, as
  /// [VectorReduction#centredDot] has it.
  private static float gradient(
      float[] dy, float[] y, float[] dx, int at, float dot, int next, int n) {
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
        s0 = FloatVector.fromArray(S, dy, j).fma(FloatVector.fromArray(S, y, j), s0);
        s1 = FloatVector.fromArray(S, dy, j + L).fma(FloatVector.fromArray(S, y, j + L), s1);
        s2 =
            FloatVector.fromArray(S, dy, j + 2 * L)
                .fma(FloatVector.fromArray(S, y, j + 2 * L), s2);
        s3 =
            FloatVector.fromArray(S, dy, j + 3 * L)
                .fma(FloatVector.fromArray(S, y, j + 3 * L), s3);
        int k = at + i;
        FloatVector d0 = FloatVector.fromArray(S, dy, k).sub(dot);
        FloatVector d1 = FloatVector.fromArray(S, dy, k + L).sub(dot);
        FloatVector d2 = FloatVector.fromArray(S, dy, k + 2 * L).sub(dot);
        FloatVector d3 = FloatVector.fromArray(S, dy, k + 3 * L).sub(dot);
        d0 = d0.mul(FloatVector.fromArray(S, y, k));
        d1 = d1.mul(FloatVector.fromArray(S, y, k + L));
        d2 = d2.mul(FloatVector.fromArray(S, y, k + 2 * L));
        d3 = d3.mul(FloatVector.fromArray(S, y, k + 3 * L));
        d0.intoArray(dx, k);
        d1.intoArray(dx, k + L);
        d2.intoArray(dx, k + 2 * L);
        d3.intoArray(dx, k + 3 * L);
      }
      for (int i = whole; i < end; i += L) {
        s0 =
            FloatVector.fromArray(S, dy, next + i)
                .fma(FloatVector.fromArray(S, y, next + i), s0);
        FloatVector.fromArray(S, dy, at + i)
            .sub(dot)
            .mul(FloatVector.fromArray(S, y, at + i))
            .intoArray(dx, at + i);
      }
      sum += VectorReduction.total(s0.add(s1).add(s2.add(s3)));
    }
    for (int i = vectors; i < n; i++) {
      sum += (double) dy[next + i] * y[next + i];
      dx[at + i] = y[at + i] * (dy[at + i] - dot);
    }
    return (float) sum;
  }
}
