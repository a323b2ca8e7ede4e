package nn.core.kernel;

import nn.core.ConvSettings;
import org.jspecify.annotations.Nullable;

/// The reference: plain loops that say what each kernel computes.
public final class ScalarKernels implements Kernels {
  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void matmul(
      int m, int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    for (int i = 0; i < m; i++) {
      int row = cAt + i * n;
      for (int j = 0; j < n; j++) {
        c[row + j] = 0f;
      }
      for (int p = 0; p < k; p++) {
        float factor = a[aAt + i * k + p];
        int from = bAt + p * n;
        for (int j = 0; j < n; j++) {
          c[row + j] += factor * b[from + j];
        }
      }
    }
  }

  @Override
  public void matmulTransposed(
      int m, int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        c[cAt + i * n + j] = dot(a, aAt + i * k, b, bAt + j * k, k);
      }
    }
  }

  @Override
  public void transposedMatmul(
      int m, int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    for (int i = 0; i < m * n; i++) {
      c[cAt + i] = 0f;
    }
    for (int p = 0; p < k; p++) {
      for (int i = 0; i < m; i++) {
        float factor = a[aAt + p * m + i];
        int row = cAt + i * n;
        int from = bAt + p * n;
        for (int j = 0; j < n; j++) {
          c[row + j] += factor * b[from + j];
        }
      }
    }
  }

  @Override
  public void conv2d(ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    int at = 0;
    for (int image = 0; image < g.batch(); image++) {
      for (int out = 0; out < g.outChannels(); out++) {
        float start = bias == null ? 0f : bias[out];
        for (int i = 0; i < g.outHeight() * g.outWidth(); i++) {
          y[at + i] = start;
        }
        at += g.outHeight() * g.outWidth();
      }
    }
    eachTap(
        g, (xAt, wAt, yAt) -> y[yAt] += x[xAt] * w[wAt]);
  }

  @Override
  public void conv2dInputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
    java.util.Arrays.fill(dx, 0, g.inputShape().size(), 0f);
    eachTap(g, (xAt, wAt, yAt) -> dx[xAt] += dy[yAt] * w[wAt]);
  }

  @Override
  public void conv2dWeightGradient(ConvGeometry g, float[] x, float[] dy, float[] dw) {
    java.util.Arrays.fill(dw, 0, g.kernelShape().size(), 0f);
    eachTap(g, (xAt, wAt, yAt) -> dw[wAt] += dy[yAt] * x[xAt]);
  }

  private interface Tap {
    void at(int xAt, int wAt, int yAt);
  }

  private static void eachTap(ConvGeometry g, Tap tap) {
    ConvSettings s = g.settings();
    int inPerGroup = g.inChannels() / s.groups();
    int outPerGroup = g.outChannels() / s.groups();
    for (int image = 0; image < g.batch(); image++) {
      for (int out = 0; out < g.outChannels(); out++) {
        int firstIn = out / outPerGroup * inPerGroup;
        for (int in = 0; in < inPerGroup; in++) {
          for (int ky = 0; ky < g.kernelHeight(); ky++) {
            for (int kx = 0; kx < g.kernelWidth(); kx++) {
              int wAt =
                  ((out * inPerGroup + in) * g.kernelHeight() + ky) * g.kernelWidth() + kx;
              for (int oy = 0; oy < g.outHeight(); oy++) {
                int iy = oy * s.strideHeight() - s.paddingHeight() + ky * s.dilationHeight();
                if (iy < 0 || iy >= g.inHeight()) {
                  continue;
                }
                for (int ox = 0; ox < g.outWidth(); ox++) {
                  int ix = ox * s.strideWidth() - s.paddingWidth() + kx * s.dilationWidth();
                  if (ix < 0 || ix >= g.inWidth()) {
                    continue;
                  }
                  int xAt =
                      ((image * g.inChannels() + firstIn + in) * g.inHeight() + iy) * g.inWidth()
                          + ix;
                  int yAt =
                      ((image * g.outChannels() + out) * g.outHeight() + oy) * g.outWidth() + ox;
                  tap.at(xAt, wAt, yAt);
                }
              }
            }
          }
        }
      }
    }
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

  @Override
  public void erf(float[] x, float[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = (float) erf(x[i]);
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
  public float sum(float[] x, int at, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[at + i];
    }
    return (float) sum;
  }

  @Override
  public float dot(float[] x, int xAt, float[] y, int yAt, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) x[xAt + i] * y[yAt + i];
    }
    return (float) sum;
  }

  @Override
  public float centredDot(
      float[] x, int xAt, float xCentre, float[] y, int yAt, float yCentre, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) (x[xAt + i] - xCentre) * (y[yAt + i] - yCentre);
    }
    return (float) sum;
  }

  @Override
  public float max(float[] x, int at, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[at + i]);
    }
    return max;
  }
}
