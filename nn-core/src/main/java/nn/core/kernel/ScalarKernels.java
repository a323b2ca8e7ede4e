package nn.core.kernel;

import java.util.Arrays;
import nn.core.PoolSettings;
import nn.core.Shape;
import org.jspecify.annotations.Nullable;

/// The reference: plain loops that say what each kernel computes, written so that the JVM's compiler makes vector
/// instructions of the innermost ones.
public final class ScalarKernels implements Kernels {
  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void matmul(
      int m, int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    ScalarMatmul.multiply(m, n, k, a, aAt, k, 1, b, bAt, c, cAt);
  }

  @Override
  public void matmulTransposed(
      int m, int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    if (m < 4) { // transposing would take longer than the product
      Parallel.range(
          m * n,
          Math.max(1, (1 << 15) / Math.max(1, k)),
          (from, to) -> {
            for (int i = from; i < to; i++) {
              c[cAt + i] = dot(a, aAt + i / n * k, b, bAt + i % n * k, k);
            }
          });
      return;
    }
    float[] transposed = ScalarMatmul.transposed(n, k, b, bAt);
    ScalarMatmul.multiply(m, n, k, a, aAt, k, 1, transposed, 0, c, cAt);
  }

  @Override
  public void transposedMatmul(
      int m, int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    ScalarMatmul.multiply(m, n, k, a, aAt, 1, m, b, bAt, c, cAt);
  }

  @Override
  public void conv2d(ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    ScalarConvolution.forward(g, x, w, bias, y);
  }

  @Override
  public void conv2dInputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
    ScalarConvolution.inputGradient(g, dy, w, dx);
  }

  @Override
  public void conv2dWeightGradient(ConvGeometry g, float[] x, float[] dy, float[] dw) {
    ScalarConvolution.weightGradient(g, x, dy, dw);
  }

  @Override
  public void exp(float[] x, float[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = (float) Math.exp(x[i]);
    }
  }

  @Override
  public void tanh(float[] x, float[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = (float) Math.tanh(x[i]);
    }
  }

  @Override
  public void sigmoid(float[] x, float[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = (float) (1.0 / (1.0 + Math.exp(-x[i])));
    }
  }

  /// The series of erf for small |x|, the continued fraction of erfc for large: Abramowitz and Stegun 7.1.6, 7.1.14.
  private static double erf(double x) {
    double size = Math.abs(x);
    if (!(size < 6)) {
      return Double.isNaN(x) ? x : Math.signum(x);
    }
    if (size < 2.5) {
      double term = size;
      double sum = size;
      for (int n = 1; term > 1e-17 * sum; n++) {
        term *= 2 * size * size / (2 * n + 1);
        sum += term;
      }
      return Math.signum(x) * 2 / Math.sqrt(Math.PI) * Math.exp(-size * size) * sum;
    }
    double fraction = 0;
    for (int n = 40; n > 0; n--) {
      fraction = n / 2.0 / (size + fraction);
    }
    return Math.signum(x)
        * (1 - Math.exp(-size * size) / Math.sqrt(Math.PI) / (size + fraction));
  }

  @Override
  public void gelu(float[] x, float[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = (float) (0.5 * x[i] * (1 + erf(x[i] * Math.sqrt(0.5))));
    }
  }

  @Override
  public void geluGradient(float[] dy, float[] x, float[] dx, int from, int to) {
    for (int i = from; i < to; i++) {
      double v = x[i];
      double density = Math.exp(-0.5 * v * v) / Math.sqrt(2 * Math.PI);
      dx[i] = (float) (dy[i] * (0.5 * (1 + erf(v * Math.sqrt(0.5))) + v * density));
    }
  }

  @Override
  public void affine(
      float[] x, float[] y, int at, int n, float scale, float shift, float low, float high) {
    for (int i = at; i < at + n; i++) {
      y[i] = Math.min(high, Math.max(low, x[i] * scale + shift));
    }
  }

  @Override
  public void limitedGradient(
      float[] dy, float[] y, float[] dx, int at, int n, float scale, float low, float high) {
    float seen = 0;
    for (int i = at; i < at + n; i++) {
      float d = dy[i] * scale * inside(y[i], low, high);
      dx[i] = d;
      seen = Math.max(seen, d);
    }
    if (Float.isNaN(seen)) {
      for (int i = at; i < at + n; i++) {
        if (!isInside(y[i], low, high)) {
          dx[i] = 0;
        }
      }
    }
  }

  // Gradients are multiplied by 0 or 1, as a choice between two numbers does not compile to vector instructions: where it cannot be
  // predicted, it takes thirty times as long. What is not finite makes NaN of that, inside of the limits or not; so if there is a NaN,
  // a second loop puts right what lies outside. The largest number is NaN if there is one.

  /// 1 where low < y < high, else 0; may be NaN outside, if y is not finite.
  private static float inside(float y, float low, float high) {
    return Math.signum(Math.max(0f, Math.min(y - low, high - y)));
  }

  private static boolean isInside(float y, float low, float high) {
    return low < y && y < high;
  }

  @Override
  public void batchNormSums(
      float[] x, float[] dy, int at, int n, int rows, int step, float scale, float shift, float low,
      float high, float centre, double[] sums, int sumsAt) {
    for (int row = 0; row < rows; row++) {
      batchNormSums(
          x, dy, at + row * step, n, scale, shift, low, high, centre, sums, sumsAt);
    }
  }

  private static void batchNormSums(
      float[] x, float[] dy, int at, int n, float scale, float shift, float low, float high,
      float centre, double[] sums, int sumsAt) {
    double sum = 0;
    double dot = 0;
    for (int i = at; i < at + n; i++) {
      float z = x[i] * scale + shift;
      float d = dy[i] * inside(z, low, high);
      sum += d;
      dot += (double) d * (x[i] - centre);
    }
    if (Double.isNaN(sum) || Double.isNaN(dot)) {
      sum = 0;
      dot = 0;
      for (int i = at; i < at + n; i++) {
        float d = isInside(x[i] * scale + shift, low, high) ? dy[i] : 0;
        sum += d;
        dot += (double) d * (x[i] - centre);
      }
    }
    sums[sumsAt] += sum;
    sums[sumsAt + 1] += dot;
  }

  @Override
  public void batchNormGradient(
      float[] x, float[] dy, float[] dx, int at, int n, float scale, float shift, float low,
      float high, float base, float slope) {
    float seen = 0;
    for (int i = at; i < at + n; i++) {
      float z = x[i] * scale + shift;
      float d = dy[i] * inside(z, low, high);
      float result = scale * (d - base - x[i] * slope);
      dx[i] = result;
      seen = Math.max(seen, result);
    }
    if (Float.isNaN(seen)) {
      for (int i = at; i < at + n; i++) {
        if (!isInside(x[i] * scale + shift, low, high)) {
          dx[i] = scale * (0 - base - x[i] * slope);
        }
      }
    }
  }

  @Override
  public void layerNorm(
      float[] x, float[] gamma, float[] beta, float[] y, int first, int end, int n, float epsilon,
      float[] mean, float[] inverseDeviation) {
    for (int row = first; row < end; row++) {
      int at = row * n;
      float centre = sum(x, at, n) / n;
      float squares = centredDot(x, at, centre, x, at, centre, n);
      float scale = (float) (1 / Math.sqrt(squares / n + epsilon));
      mean[row] = centre;
      inverseDeviation[row] = scale;
      for (int i = 0; i < n; i++) {
        y[at + i] = (x[at + i] - centre) * scale * gamma[i] + beta[i];
      }
    }
  }

  @Override
  public void layerNormGradient(
      float[] dy, float[] x, float[] gamma, float[] dx, int first, int end, int n, float[] mean,
      float[] inverseDeviation) {
    for (int row = first; row < end; row++) {
      int at = row * n;
      double sum = 0;
      double dot = 0;
      for (int i = 0; i < n; i++) {
        double g = (double) dy[at + i] * gamma[i];
        sum += g;
        dot += g * (x[at + i] - mean[row]);
      }
      float scale = inverseDeviation[row];
      float average = (float) (sum / n);
      float slope = (float) (dot / n) * scale * scale;
      for (int i = 0; i < n; i++) {
        float g = dy[at + i] * gamma[i];
        dx[at + i] = scale * (g - average - (x[at + i] - mean[row]) * slope);
      }
    }
  }

  @Override
  public void layerNormWeightGradients(
      float[] dy, float[] x, int first, int end, int n, float[] mean, float[] inverseDeviation,
      float[] sums, int at) {
    Arrays.fill(sums, at, at + 2 * n, 0f);
    for (int row = first; row < end; row++) {
      for (int i = 0; i < n; i++) {
        float d = dy[row * n + i];
        sums[at + i] += d;
        sums[at + n + i] += d * ((x[row * n + i] - mean[row]) * inverseDeviation[row]);
      }
    }
  }

  @Override
  public void softmax(float[] x, float[] y, int first, int end, int n) {
    for (int at = first * n; at < end * n; at += n) {
      float max = max(x, at, n);
      double sum = 0;
      for (int i = at; i < at + n; i++) {
        y[i] = (float) Math.exp(x[i] - max);
        sum += y[i];
      }
      float scale = (float) (1 / sum);
      for (int i = at; i < at + n; i++) {
        y[i] *= scale;
      }
    }
  }

  @Override
  public void softmaxGradient(float[] dy, float[] y, float[] dx, int first, int end, int n) {
    for (int at = first * n; at < end * n; at += n) {
      float mean = dot(dy, at, y, at, n);
      for (int i = at; i < at + n; i++) {
        dx[i] = y[i] * (dy[i] - mean);
      }
    }
  }

  @Override
  public void maxPool2d(
      PoolSettings s, Shape in, Shape out, int plane, float[] x, float[] y, float[] winners) {
    int height = in.dim(2);
    int width = in.dim(3);
    int start = plane * height * width;
    int at = plane * out.dim(2) * out.dim(3);
    for (int oy = 0; oy < out.dim(2); oy++) {
      int top = oy * s.strideHeight() - s.paddingHeight();
      int bottom = Math.min(height, top + s.kernelHeight());
      for (int ox = 0; ox < out.dim(3); ox++, at++) {
        int left = ox * s.strideWidth() - s.paddingWidth();
        int right = Math.min(width, left + s.kernelWidth());
        long best = Long.MIN_VALUE;
        for (int iy = Math.max(0, top); iy < bottom; iy++) {
          for (int i = iy * width + Math.max(0, left); i < iy * width + right; i++) {
            best = Math.max(best, (long) rank(x[start + i]) << 32 | (~i & 0xffff_ffffL));
          }
        }
        int winner = ~(int) best;
        winners[at] = Float.intBitsToFloat(winner);
        y[at] = x[start + winner];
      }
    }
  }

  static final int NANS = (1 << 23) - 1; // how many NaNs with a sign bit there are

  /// A whole number that compares as the float does, NaN highest. Together with the place it makes one comparison of two, without a
  /// branch: which candidate wins cannot be predicted (a third faster than with branches).
  static int rank(float value) {
    int bits = Float.floatToRawIntBits(value);
    int ordered = bits ^ (bits >> 31 & Integer.MAX_VALUE); // as whole numbers, the floats are in order now,
    return ordered - NANS; // and the NaNs below −∞ come round to the top, to those above ∞
  }

  // Four sums side by side: one alone waits for each addition to end before the next.

  @Override
  public float sum(float[] x, int at, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < n; i += 4) {
      s0 += x[at + i];
      s1 += x[at + i + 1];
      s2 += x[at + i + 2];
      s3 += x[at + i + 3];
    }
    for (; i < n; i++) {
      s0 += x[at + i];
    }
    return (float) (s0 + s1 + (s2 + s3));
  }

  @Override
  public float dot(float[] x, int xAt, float[] y, int yAt, int n) {
    return centredDot(x, xAt, 0, y, yAt, 0, n);
  }

  @Override
  public float centredDot(
      float[] x, int xAt, float xCentre, float[] y, int yAt, float yCentre, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < n; i += 4) {
      s0 += (double) (x[xAt + i] - xCentre) * (y[yAt + i] - yCentre);
      s1 += (double) (x[xAt + i + 1] - xCentre) * (y[yAt + i + 1] - yCentre);
      s2 += (double) (x[xAt + i + 2] - xCentre) * (y[yAt + i + 2] - yCentre);
      s3 += (double) (x[xAt + i + 3] - xCentre) * (y[yAt + i + 3] - yCentre);
    }
    for (; i < n; i++) {
      s0 += (double) (x[xAt + i] - xCentre) * (y[yAt + i] - yCentre);
    }
    return (float) (s0 + s1 + (s2 + s3));
  }

  @Override
  public float max(float[] x, int at, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[at + i]);
    }
    return max;
  }

  @Override
  public float multiplyAdds(long operations) {
    float[] sums = new float[64];
    float[] factors = new float[64];
    Arrays.fill(factors, 0.9f);
    for (long done = 0; done < operations; done += 2L * sums.length) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] = sums[i] * factors[i] + 1f;
      }
    }
    return sums[0];
  }
}
