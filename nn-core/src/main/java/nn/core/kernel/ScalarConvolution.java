package nn.core.kernel;

import java.util.Arrays;
import nn.core.ConvSettings;
import org.jspecify.annotations.Nullable;

/// Convolution and its two gradients in plain loops. Each pair of an input channel and an output channel is a plane
/// times a small kernel; each of the kernel's taps adds one plane, shifted and scaled, to another, row by row.
final class ScalarConvolution {
  private ScalarConvolution() {}

  static void forward(ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    Planes p = new Planes(g);
    Parallel.chunks(
        g.batch() * g.outChannels(),
        plane -> {
          int image = plane / g.outChannels();
          int out = plane % g.outChannels();
          int yAt = plane * p.outArea;
          Arrays.fill(y, yAt, yAt + p.outArea, bias == null ? 0f : bias[out]);
          for (int in = 0; in < p.inPerGroup; in++) {
            addForward(p, x, p.xAt(image, out, in), w, p.wAt(out, in), y, yAt);
          }
        });
  }

  /// `y += x ∗ w` for one input plane and one output plane.
  private static void addForward(
      Planes p, float[] x, int xAt, float[] w, int wAt, float[] y, int yAt) {
    for (int tap = 0; tap < p.taps; tap++) {
      int stride = p.strideWidth;
      int left = p.left(tap);
      int right = p.right(tap);
      float factor = w[wAt + tap];
      for (int oy = p.top(tap); oy < p.bottom(tap); oy++) {
        int from = xAt + p.inputOffset(tap, oy);
        int to = yAt + oy * p.outWidth;
        if (stride == 1) { // a loop of its own, as the compiler vectorises unit strides only
          for (int ox = left; ox < right; ox++) {
            y[to + ox] += factor * x[from + ox];
          }
        } else {
          for (int ox = left; ox < right; ox++) {
            y[to + ox] += factor * x[from + ox * stride];
          }
        }
      }
    }
  }

  static void inputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
    Planes p = new Planes(g);
    Parallel.chunks(
        g.batch() * g.inChannels(),
        plane -> {
          int image = plane / g.inChannels();
          int in = plane % g.inChannels();
          int group = in / p.inPerGroup;
          int xAt = plane * p.inArea;
          Arrays.fill(dx, xAt, xAt + p.inArea, 0f);
          for (int out = group * p.outPerGroup; out < (group + 1) * p.outPerGroup; out++) {
            int yAt = (image * g.outChannels() + out) * p.outArea;
            addInputGradient(p, dy, yAt, w, p.wAt(out, in % p.inPerGroup), dx, xAt);
          }
        });
  }

  /// `dx[…] += dy · w` for one input plane and one output plane: the assignments of [#addForward] read backwards.
  private static void addInputGradient(
      Planes p, float[] dy, int yAt, float[] w, int wAt, float[] dx, int xAt) {
    for (int tap = 0; tap < p.taps; tap++) {
      int stride = p.strideWidth;
      int left = p.left(tap);
      int right = p.right(tap);
      float factor = w[wAt + tap];
      for (int oy = p.top(tap); oy < p.bottom(tap); oy++) {
        int to = xAt + p.inputOffset(tap, oy);
        int from = yAt + oy * p.outWidth;
        if (stride == 1) {
          for (int ox = left; ox < right; ox++) {
            dx[to + ox] += factor * dy[from + ox];
          }
        } else {
          for (int ox = left; ox < right; ox++) {
            dx[to + ox * stride] += factor * dy[from + ox];
          }
        }
      }
    }
  }

  static void weightGradient(ConvGeometry g, float[] x, float[] dy, float[] dw) {
    Planes p = new Planes(g);
    Parallel.chunks(
        g.outChannels() * p.inPerGroup,
        pair -> {
          int out = pair / p.inPerGroup;
          int in = pair % p.inPerGroup;
          float[] products = new float[p.outWidth];
          for (int tap = 0; tap < p.taps; tap++) {
            double sum = 0;
            for (int image = 0; image < g.batch(); image++) {
              int yAt = (image * g.outChannels() + out) * p.outArea;
              sum += products(p, tap, x, p.xAt(image, out, in), dy, yAt, products);
            }
            dw[pair * p.taps + tap] = (float) sum;
          }
        });
  }

  /// `Σ dy · x` over the pixels that one tap connects. The rows are first added to one row, as a sum along a row would
  /// not compile to vector instructions.
  private static double products(
      Planes p, int tap, float[] x, int xAt, float[] dy, int yAt, float[] products) {
    int stride = p.strideWidth;
    int left = p.left(tap);
    int right = p.right(tap);
    Arrays.fill(products, 0f);
    for (int oy = p.top(tap); oy < p.bottom(tap); oy++) {
      int from = xAt + p.inputOffset(tap, oy);
      int with = yAt + oy * p.outWidth;
      if (stride == 1) {
        for (int ox = left; ox < right; ox++) {
          products[ox] += dy[with + ox] * x[from + ox];
        }
      } else {
        for (int ox = left; ox < right; ox++) {
          products[ox] += dy[with + ox] * x[from + ox * stride];
        }
      }
    }
    double sum = 0;
    for (float product : products) {
      sum += product;
    }
    return sum;
  }

  /// Where planes begin, and which output pixels a tap reaches without leaving the input. Taps are numbered row by row.
  private static final class Planes {
    final int taps;
    final int inArea;
    final int outArea;
    final int outWidth;
    final int inPerGroup;
    final int outPerGroup;
    final int strideWidth;
    private final ConvGeometry g;
    private final ConvSettings s;

    Planes(ConvGeometry g) {
      this.g = g;
      s = g.settings();
      taps = g.kernelHeight() * g.kernelWidth();
      inArea = g.inHeight() * g.inWidth();
      outArea = g.outHeight() * g.outWidth();
      outWidth = g.outWidth();
      inPerGroup = g.inChannels() / s.groups();
      outPerGroup = g.outChannels() / s.groups();
      strideWidth = s.strideWidth();
    }

    /// Where the plane begins that the output channel `out` sees as its `in`-th.
    int xAt(int image, int out, int in) {
      return (image * g.inChannels() + out / outPerGroup * inPerGroup + in) * inArea;
    }

    int wAt(int out, int in) {
      return (out * inPerGroup + in) * taps;
    }

    int top(int tap) {
      return first(-shiftY(tap), s.strideHeight());
    }

    int bottom(int tap) {
      return Math.min(g.outHeight(), first(g.inHeight() - shiftY(tap), s.strideHeight()));
    }

    int left(int tap) {
      return first(-shiftX(tap), strideWidth);
    }

    int right(int tap) {
      return Math.min(outWidth, first(g.inWidth() - shiftX(tap), strideWidth));
    }

    /// Where, in its plane, the tap's input for output row `oy` and output column 0 is, which may be left of the row.
    int inputOffset(int tap, int oy) {
      return (oy * s.strideHeight() + shiftY(tap)) * g.inWidth() + shiftX(tap);
    }

    private int shiftY(int tap) {
      return tap / g.kernelWidth() * s.dilationHeight() - s.paddingHeight();
    }

    private int shiftX(int tap) {
      return tap % g.kernelWidth() * s.dilationWidth() - s.paddingWidth();
    }

    /// The first i ≥ 0 with i · stride ≥ `bound`.
    private static int first(int bound, int stride) {
      return Math.max(0, Math.ceilDiv(bound, stride));
    }
  }
}
