package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// exp and its family by polynomials, block by block: prepare the exponents, take exp of all, combine.
///
/// The JDK's `lanewise(EXP)` and its like are not used: compiled code takes them from another library than interpreted
/// code, so that the same program would give different bits before and after it is compiled. Nor do these loops share
/// functions of vectors: C2 does not inline a large one that was compiled on its own before, and a vector that is passed
/// becomes an object (tanh took 2.8 ns that way).
///
/// Nanoseconds a number on one core (512 bit, AMD Zen 4), scalar in parentheses: exp 0.4 (5), sigmoid 0.7 (6), tanh 0.9 (11),
/// erf and GELU 0.45 (40).
@SuppressWarnings("FloatingPointLiteralPrecision") // coefficients as published
final class VectorMaps {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int BLOCK = 1024; // numbers, a multiple of every vector's length: three blocks stay in cache

  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f; // few bits: its products with whole numbers are exact
  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float SQRT_HALF = (float) Math.sqrt(0.5);
  private static final float INVERSE_SQRT_TWO_PI = (float) (1 / Math.sqrt(2 * Math.PI));
  private static final float ROUND = 0x1.8p23f; // adding it leaves a whole number in the low bits

  private VectorMaps() {}

  static void exp(float[] x, float[] y, int from, int to) {
    int whole = (to - from) / L * L;
    expOf(x, y, from, whole);
    int rest = to - from - whole;
    if (rest > 0) {
      float[] t = Scratch.TILE.floats(L);
      System.arraycopy(x, from + whole, t, 0, rest);
      expOf(t, t, 0, L);
      System.arraycopy(t, 0, y, from + whole, rest);
    }
  }

  static void sigmoid(float[] x, float[] y, int from, int to) {
    float[] s = Scratch.TILE.floats(BLOCK);
    float[] t = Scratch.TRANSPOSE.floats(BLOCK);
    for (int at = from; at < to; at += BLOCK) {
      int n = Math.min(BLOCK, to - at);
      int whole = Math.ceilDiv(n, L) * L;
      System.arraycopy(x, at, s, 0, n);
      for (int i = 0; i < whole; i += L) {
        FloatVector.fromArray(S, s, i).neg().intoArray(t, i);
      }
      expOf(t, t, 0, whole);
      for (int i = 0; i < whole; i += L) {
        FloatVector.broadcast(S, 1f).div(FloatVector.fromArray(S, t, i).add(1f)).intoArray(s, i);
      }
      System.arraycopy(s, 0, y, at, n);
    }
  }

  static void tanh(float[] x, float[] y, int from, int to) {
    float[] s = Scratch.TILE.floats(BLOCK);
    float[] t = Scratch.TRANSPOSE.floats(BLOCK);
    for (int at = from; at < to; at += BLOCK) {
      int n = Math.min(BLOCK, to - at);
      int whole = Math.ceilDiv(n, L) * L;
      System.arraycopy(x, at, s, 0, n);
      for (int i = 0; i < whole; i += L) {
        FloatVector.fromArray(S, s, i).abs().mul(2f).intoArray(t, i);
      }
      expOf(t, t, 0, whole);
      tanhOf(s, t, whole);
      System.arraycopy(s, 0, y, at, n);
    }
  }

  static void erf(float[] x, float[] y, int from, int to) {
    int whole = (to - from) / L * L;
    erfOf(x, y, from, whole);
    int rest = to - from - whole;
    if (rest > 0) {
      float[] t = Scratch.TILE.floats(L);
      System.arraycopy(x, from + whole, t, 0, rest);
      erfOf(t, t, 0, L);
      System.arraycopy(t, 0, y, from + whole, rest);
    }
  }

  static void gelu(float[] x, float[] y, int from, int to) {
    float[] t = Scratch.TILE.floats(BLOCK);
    for (int at = from; at < to; at += BLOCK) {
      int n = Math.min(BLOCK, to - at);
      int whole = n / L * L;
      for (int i = 0; i < whole; i += L) {
        FloatVector.fromArray(S, x, at + i).mul(SQRT_HALF).intoArray(t, i);
      }
      for (int i = whole; i < n; i++) {
        t[i] = x[at + i] * SQRT_HALF;
      }
      erfOf(t, t, 0, Math.ceilDiv(n, L) * L);
      for (int i = 0; i < whole; i += L) {
        FloatVector half = FloatVector.fromArray(S, x, at + i).mul(0.5f);
        FloatVector.fromArray(S, t, i).fma(half, half).intoArray(y, at + i);
      }
      for (int i = whole; i < n; i++) {
        y[at + i] = 0.5f * x[at + i] * (1f + t[i]);
      }
    }
  }

  static void geluGradient(float[] dy, float[] x, float[] dx, int from, int to) {
    float[] erf = Scratch.TILE.floats(BLOCK);
    float[] power = Scratch.TRANSPOSE.floats(BLOCK);
    for (int at = from; at < to; at += BLOCK) {
      int n = Math.min(BLOCK, to - at);
      int whole = n / L * L;
      for (int i = 0; i < whole; i += L) {
        FloatVector v = FloatVector.fromArray(S, x, at + i);
        v.mul(SQRT_HALF).intoArray(erf, i);
        v.mul(v).mul(-0.5f).intoArray(power, i);
      }
      for (int i = whole; i < n; i++) {
        erf[i] = x[at + i] * SQRT_HALF;
        power[i] = -0.5f * x[at + i] * x[at + i];
      }
      erfOf(erf, erf, 0, Math.ceilDiv(n, L) * L);
      expOf(power, power, 0, Math.ceilDiv(n, L) * L);
      for (int i = 0; i < whole; i += L) {
        FloatVector half = FloatVector.broadcast(S, 0.5f);
        FloatVector chance = FloatVector.fromArray(S, erf, i).fma(half, half);
        FloatVector.fromArray(S, x, at + i)
            .mul(INVERSE_SQRT_TWO_PI)
            .fma(FloatVector.fromArray(S, power, i), chance)
            .mul(FloatVector.fromArray(S, dy, at + i))
            .intoArray(dx, at + i);
      }
      for (int i = whole; i < n; i++) {
        float chance = 0.5f * (1f + erf[i]);
        dx[at + i] = dy[at + i] * (chance + x[at + i] * INVERSE_SQRT_TWO_PI * power[i]);
      }
    }
  }

  /// eˣ = 2ⁿ · eʳ with n = round(x / ln 2) and |r| ≤ ln 2 / 2; a minimax polynomial of Cephes for eʳ; 2ⁿ in two factors,
  /// so that the smallest and the largest results come out right. NaN stays NaN. `n` is a multiple of L.
  private static void expOf(float[] from, float[] to, int at, int n) {
    for (int i = at; i < at + n; i += L) {
      FloatVector x = FloatVector.fromArray(S, from, i);
      x = x.blend(89f, x.compare(VectorOperators.GT, 89f));
      x = x.blend(-105f, x.compare(VectorOperators.LT, -105f));
      FloatVector shifted = x.mul(LOG2_E).add(ROUND);
      FloatVector whole = shifted.sub(ROUND);
      FloatVector r = whole.fma(FloatVector.broadcast(S, -LN2_HIGH), x);
      r = whole.fma(FloatVector.broadcast(S, -LN2_LOW), r);
      FloatVector p = FloatVector.broadcast(S, 1.9875691500e-4f);
      p = p.fma(r, FloatVector.broadcast(S, 1.3981999507e-3f));
      p = p.fma(r, FloatVector.broadcast(S, 8.3334519073e-3f));
      p = p.fma(r, FloatVector.broadcast(S, 4.1665795894e-2f));
      p = p.fma(r, FloatVector.broadcast(S, 1.6666665459e-1f));
      p = p.fma(r, FloatVector.broadcast(S, 5.0000001201e-1f));
      p = p.fma(r.mul(r), r).add(1f);
      IntVector power = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND));
      IntVector half = power.lanewise(VectorOperators.ASHR, 1);
      FloatVector first = half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector second =
          power.sub(half).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      p.mul(first).mul(second).intoArray(to, i);
    }
  }

  /// From x and e²|ˣ|: 1 − 2 / (e²ˣ + 1) for large |x|; for small ones, where that would cancel, Cephes' polynomial.
  private static void tanhOf(float[] s, float[] t, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector x = FloatVector.fromArray(S, s, i);
      FloatVector e = FloatVector.fromArray(S, t, i);
      FloatVector large =
          FloatVector.broadcast(S, 1f).sub(FloatVector.broadcast(S, 2f).div(e.add(1f)));
      large = large.blend(large.neg(), x.compare(VectorOperators.LT, 0f));
      FloatVector z = x.mul(x);
      FloatVector p = FloatVector.broadcast(S, -5.70498872745e-3f);
      p = p.fma(z, FloatVector.broadcast(S, 2.06390887954e-2f));
      p = p.fma(z, FloatVector.broadcast(S, -5.37397155531e-2f));
      p = p.fma(z, FloatVector.broadcast(S, 1.33314422036e-1f));
      p = p.fma(z, FloatVector.broadcast(S, -3.33332819422e-1f));
      FloatVector small = p.mul(z).fma(x, x);
      large.blend(small, x.abs().compare(VectorOperators.LT, 0.625f)).intoArray(s, i);
    }
  }

  /// x · P(x²) / Q(x²), a minimax approximation that Eigen took from XLA, off by 3.4e-7 at most; ±1 beyond ±3.92.
  private static void erfOf(float[] from, float[] to, int at, int n) {
    for (int i = at; i < at + n; i += L) {
      FloatVector x = FloatVector.fromArray(S, from, i);
      FloatVector v = x.blend(3.92f, x.compare(VectorOperators.GT, 3.92f));
      v = v.blend(-3.92f, x.compare(VectorOperators.LT, -3.92f));
      FloatVector z = v.mul(v);
      FloatVector p = FloatVector.broadcast(S, -2.72614225801306e-10f);
      p = p.fma(z, FloatVector.broadcast(S, 2.77068142495902e-08f));
      p = p.fma(z, FloatVector.broadcast(S, -2.10102402082508e-06f));
      p = p.fma(z, FloatVector.broadcast(S, -5.69250639462346e-05f));
      p = p.fma(z, FloatVector.broadcast(S, -7.34990630326855e-04f));
      p = p.fma(z, FloatVector.broadcast(S, -2.95459980854025e-03f));
      p = p.fma(z, FloatVector.broadcast(S, -1.60960333262415e-02f));
      FloatVector q = FloatVector.broadcast(S, -1.45660718464996e-05f);
      q = q.fma(z, FloatVector.broadcast(S, -2.13374055278905e-04f));
      q = q.fma(z, FloatVector.broadcast(S, -1.68282697438203e-03f));
      q = q.fma(z, FloatVector.broadcast(S, -7.37332916720468e-03f));
      q = q.fma(z, FloatVector.broadcast(S, -1.42647390514189e-02f));
      FloatVector erf = v.mul(p).div(q);
      erf = erf.blend(1f, x.compare(VectorOperators.GE, 3.92f));
      erf.blend(-1f, x.compare(VectorOperators.LE, -3.92f)).intoArray(to, i);
    }
  }
}
