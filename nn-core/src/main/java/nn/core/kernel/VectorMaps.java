package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// exp and its family by polynomials. GELU has one of its own.
///
/// The JDK's `lanewise(EXP)` and its like are not used: compiled code takes them from another library than interpreted
/// code, so that the same program would give different bits before and after it is compiled. Nor do these loops share
/// functions of vectors: C2 does not inline a large one that was compiled on its own before, and a vector that is passed
/// becomes an object (tanh took 2.8 ns that way).
///
/// Nanoseconds a number on one core (512 bit, Intel Xeon, half a million numbers): exp 0.28, GELU 0.26, sigmoid 0.31, tanh 0.32; before, with a
/// pass for the exponents, one for exp and one to combine, sigmoid 0.67, tanh 0.72. Scalar on AMD Zen 4: exp 5, GELU 40, sigmoid 6, tanh 11.
@SuppressWarnings("FloatingPointLiteralPrecision") // coefficients with the digits they were computed or published with
final class VectorMaps {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();

  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f; // few bits: its products with whole numbers are exact
  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float GELU_END = 6f; // x · (1 − Φ(x)) is 6e-9 there
  private static final float GRADIENT_END = 5.6f * 5.6f; // of x²
  private static final float ROUND = 0x1.8p23f; // adding it leaves a whole number in the low bits

  private VectorMaps() {}

  /// A loop over whole vectors.
  private interface Loop {
    void run(float[] x, float[] y, int from, int to);
  }

  /// Runs a loop over whole vectors, and once more over what is left, filled up to one.
  private static void filled(Loop loop, float[] x, float[] y, int from, int to) {
    int end = from + (to - from) / L * L;
    loop.run(x, y, from, end);
    if (end < to) {
      float[] t = Scratch.TILE.floats(L);
      System.arraycopy(x, end, t, 0, to - end);
      loop.run(t, t, 0, L);
      System.arraycopy(t, 0, y, end, to - end);
    }
  }

  static void exp(float[] x, float[] y, int from, int to) {
    filled(VectorMaps::expOf, x, y, from, to);
  }

  static void gelu(float[] x, float[] y, int from, int to) {
    filled(VectorMaps::geluOf, x, y, from, to);
  }

  static void geluGradient(float[] dy, float[] x, float[] dx, int from, int to) {
    int end = from + (to - from) / L * L;
    geluGradientOf(dy, x, dx, from, end);
    if (end < to) {
      float[] s = Scratch.TILE.floats(L);
      float[] t = Scratch.TRANSPOSE.floats(L);
      System.arraycopy(dy, end, s, 0, to - end);
      System.arraycopy(x, end, t, 0, to - end);
      geluGradientOf(s, t, t, 0, L);
      System.arraycopy(t, 0, dx, end, to - end);
    }
  }

  static void sigmoid(float[] x, float[] y, int from, int to) {
    filled(VectorMaps::sigmoidOf, x, y, from, to);
  }

  static void tanh(float[] x, float[] y, int from, int to) {
    filled(VectorMaps::tanhOf, x, y, from, to);
  }

  /// eˣ = 2ⁿ · eʳ with n = round(x / ln 2) and |r| ≤ ln 2 / 2; a minimax polynomial of Cephes for eʳ; 2ⁿ in two factors,
  /// so that the smallest and the largest results come out right. NaN stays NaN.
  private static void expOf(float[] from, float[] into, int first, int end) {
    for (int i = first; i < end; i += L) {
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
      FloatVector low = half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector high =
          power.sub(half).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      p.mul(low).mul(high).intoArray(into, i);
    }
  }

  /// 1 / (1 + e⁻ˣ), with e⁻ˣ as in [#expOf], but in one factor, which is infinite from 2¹²⁸ on: results below 4.3e-39 are 0.
  private static void sigmoidOf(float[] from, float[] into, int first, int end) {
    for (int i = first; i < end; i += L) {
      FloatVector x = FloatVector.fromArray(S, from, i).neg();
      x = x.blend(89f, x.compare(VectorOperators.GT, 89f));
      x = x.blend(-87f, x.compare(VectorOperators.LT, -87f));
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
      FloatVector power =
          shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND) - 127)
              .lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector one = FloatVector.broadcast(S, 1f);
      one.div(p.fma(power, one)).intoArray(into, i);
    }
  }

  /// With g = e²|ˣ| − 1, |tanh x| = g / (g + 2), which cancels nowhere, as g = 2ⁿ · (eʳ − 1) + 2ⁿ − 1 does not, with n and r of 2|x| as
  /// in [#expOf]. Beyond 10, 1 to the last bit. Off by 2.5 units in the last place at most.
  ///
  /// One quotient of polynomials, of degree 4 in x² each, is no faster where numbers come from memory, and off by 5.
  private static void tanhOf(float[] from, float[] into, int first, int end) {
    for (int i = first; i < end; i += L) {
      FloatVector v = FloatVector.fromArray(S, from, i);
      FloatVector x = v.abs();
      x = x.blend(10f, x.compare(VectorOperators.GT, 10f));
      x = x.add(x);
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
      p = p.fma(r.mul(r), r);
      FloatVector power =
          shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND) - 127)
              .lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector g = p.fma(power, power.sub(1f));
      IntVector size = g.div(g.add(2f)).reinterpretAsInts();
      IntVector sign = v.reinterpretAsInts().and(Integer.MIN_VALUE);
      size.or(sign).reinterpretAsFloats().intoArray(into, i);
    }
  }

  /// x · Φ(x), with Φ(x) = P(|x|)⁸ for negative x and 1 − P(|x|)⁸ for positive ones. The eighth root of Φ falls slowly, from 0.917 at
  /// 0 to 0.075 at −6, so that a minimax polynomial of degree 8 does; beyond, the result is 0, or x. Off by 1.5e-7 and a rounding at
  /// most, around 0 by 1e-6 of the result.
  ///
  /// A polynomial for Φ itself is of degree 31, 15 in x², and takes 0.16 ns a number on one core of an AMD Zen 5, where this takes
  /// 0.12: multiplications set the pace.
  private static void geluOf(float[] x, float[] y, int from, int to) {
    for (int i = from; i < to; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector a = v.abs();
      FloatVector z = a.mul(a);
      FloatVector p = FloatVector.broadcast(S, -2.9213263e-7f);
      FloatVector q = FloatVector.broadcast(S, 7.4222507e-6f);
      p = p.fma(z, FloatVector.broadcast(S, -5.9901035e-5f));
      q = q.fma(z, FloatVector.broadcast(S, 3.312684e-5f));
      p = p.fma(z, FloatVector.broadcast(S, 1.5065358e-3f));
      q = q.fma(z, FloatVector.broadcast(S, -6.74263e-4f));
      p = p.fma(z, FloatVector.broadcast(S, -3.192675e-2f));
      q = q.fma(z, FloatVector.broadcast(S, -9.145778e-2f));
      p = p.fma(z, FloatVector.broadcast(S, 9.1700405e-1f));
      p = q.fma(a, p);
      p = p.mul(p);
      p = p.mul(p);
      p = p.mul(p);
      p = p.blend(0f, a.compare(VectorOperators.GT, GELU_END));
      p.blend(FloatVector.broadcast(S, 1f).sub(p), v.compare(VectorOperators.GT, 0f))
          .mul(v)
          .intoArray(y, i);
    }
  }

  // The derivative of x · Φ(x), less ½, is odd: x · P(x²), one polynomial without a division or a power. It is a polynomial in
  // t = x² · 2/z − 1, which runs from −1 to 1 up to the largest x² of z: in x² itself, terms of a million would cancel.
  // Minimax, weighted so that the error of the result is even. Beyond, the results are 0, or dy.

  /// dy · (½ + x · P(x²)), off by 5e-7 at most.
  private static void geluGradientOf(float[] dy, float[] x, float[] dx, int from, int to) {
    for (int i = from; i < to; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector z = v.mul(v);
      FloatVector t =
          z.fma(FloatVector.broadcast(S, 2f / GRADIENT_END), FloatVector.broadcast(S, -1f));
      FloatVector s = t.mul(t);
      FloatVector p = FloatVector.broadcast(S, 0.0162351959f);
      FloatVector q = FloatVector.broadcast(S, -0.006768853199f);
      p = p.fma(s, FloatVector.broadcast(S, 0.001844901642f));
      q = q.fma(s, FloatVector.broadcast(S, -0.006905366763f));
      p = p.fma(s, FloatVector.broadcast(S, 0.05753096684f));
      q = q.fma(s, FloatVector.broadcast(S, -0.03216038227f));
      p = p.fma(s, FloatVector.broadcast(S, 0.06003820374f));
      q = q.fma(s, FloatVector.broadcast(S, -0.05588345546f));
      p = p.fma(s, FloatVector.broadcast(S, 0.0732012788f));
      q = q.fma(s, FloatVector.broadcast(S, -0.07216554405f));
      p = p.fma(s, FloatVector.broadcast(S, 0.05650107693f));
      q = q.fma(s, FloatVector.broadcast(S, -0.06518485718f));
      p = p.fma(s, FloatVector.broadcast(S, 0.05181611018f));
      q = q.fma(s, FloatVector.broadcast(S, -0.05094722784f));
      p = p.fma(s, FloatVector.broadcast(S, 0.126416583f));
      q = q.fma(s, FloatVector.broadcast(S, -0.06428290453f));
      p = q.fma(t, p);
      FloatVector inside = p.fma(v, FloatVector.broadcast(S, 0.5f));
      FloatVector outside =
          FloatVector.zero(S).blend(1f, v.compare(VectorOperators.GT, 0f));
      inside.blend(outside, z.compare(VectorOperators.GT, GRADIENT_END))
          .mul(FloatVector.fromArray(S, dy, i))
          .intoArray(dx, i);
    }
  }
}
