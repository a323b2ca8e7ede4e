package nn.core.kernel;

import java.util.Arrays;
import nn.core.ConvSettings;
import org.jspecify.annotations.Nullable;

/// Convolution and its two gradients in plain loops.
///
/// What one tap of the kernel sees of the image, for all output pixels, is laid out as a row (a shifted copy of a plane); the
/// convolution is then a sum of such rows for each output channel ([ScalarMatmul#addRows]). The input gradient makes the
/// rows from dy and adds them back to where they came from; the kernel's gradient sums over the pixels.
final class ScalarConvolution {
  private static final int CACHED = 1 << 16; // numbers of rows at once: 256 KiB stay in the second-level cache
  private static final int CHANNELS = 8; // in one chunk of a gradient
  private static final int PREPARED = 1 << 22; // numbers of rows at once for the kernel's gradient: 16 MiB

  private final ConvGeometry g;
  private final ConvSettings s;
  private final int taps;
  private final int inArea;
  private final int outArea;
  private final int outWidth;
  private final int inPerGroup;
  private final int outPerGroup;
  private final int depth; // products in one output number

  private ScalarConvolution(ConvGeometry g) {
    this.g = g;
    s = g.settings();
    taps = g.kernelHeight() * g.kernelWidth();
    inArea = g.inHeight() * g.inWidth();
    outArea = g.outHeight() * g.outWidth();
    outWidth = g.outWidth();
    inPerGroup = g.inChannels() / s.groups();
    outPerGroup = g.outChannels() / s.groups();
    depth = inPerGroup * taps;
  }

  static void forward(ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    new ScalarConvolution(g).forward(x, w, bias, y);
  }

  private void forward(float[] x, float[] w, float @Nullable [] bias, float[] y) {
    int atOnce = Math.clamp(CACHED / Math.max(1, depth * outWidth), 1, g.outHeight()); // output rows
    int slabs = Math.ceilDiv(g.outHeight(), atOnce);
    Parallel.chunks(
        g.batch() * slabs,
        chunk -> {
          int image = chunk / slabs;
          int firstRow = chunk % slabs * atOnce;
          int endRow = Math.min(g.outHeight(), firstRow + atOnce);
          int pixels = (endRow - firstRow) * outWidth;
          float[][] seen = new float[depth][pixels];
          float[] sum = new float[pixels];
          for (int group = 0; group < s.groups(); group++) {
            for (int in = 0; in < inPerGroup; in++) {
              int xAt = (image * g.inChannels() + group * inPerGroup + in) * inArea;
              for (int tap = 0; tap < taps; tap++) {
                see(x, xAt, tap, firstRow, endRow, seen[in * taps + tap]);
              }
            }
            for (int out = group * outPerGroup; out < (group + 1) * outPerGroup; out++) {
              Arrays.fill(sum, bias == null ? 0f : bias[out]);
              ScalarMatmul.addRows(sum, pixels, w, out * depth, 1, seen, 0, depth);
              int yAt = (image * g.outChannels() + out) * outArea + firstRow * outWidth;
              System.arraycopy(sum, 0, y, yAt, pixels);
            }
          }
        });
  }

  static void inputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
    new ScalarConvolution(g).inputGradient(dy, w, dx);
  }

  private void inputGradient(float[] dy, float[] w, float[] dx) {
    int atOnce = Math.clamp(CACHED / Math.max(1, outPerGroup * outWidth), 1, g.outHeight());
    int bands = Math.ceilDiv(inPerGroup, CHANNELS);
    Parallel.chunks(
        g.batch() * s.groups() * bands,
        chunk -> {
          int image = chunk / bands / s.groups();
          int group = chunk / bands % s.groups();
          int firstIn = chunk % bands * CHANNELS;
          int endIn = Math.min(inPerGroup, firstIn + CHANNELS);
          int plane = image * g.inChannels() + group * inPerGroup;
          Arrays.fill(dx, (plane + firstIn) * inArea, (plane + endIn) * inArea, 0f);
          float[][] rows = new float[outPerGroup][atOnce * outWidth];
          float[] sum = new float[atOnce * outWidth];
          for (int firstRow = 0; firstRow < g.outHeight(); firstRow += atOnce) {
            int endRow = Math.min(g.outHeight(), firstRow + atOnce);
            int pixels = (endRow - firstRow) * outWidth;
            for (int out = 0; out < outPerGroup; out++) {
              int from = (image * g.outChannels() + group * outPerGroup + out) * outArea
                  + firstRow * outWidth;
              System.arraycopy(dy, from, rows[out], 0, pixels);
            }
            for (int in = firstIn; in < endIn; in++) {
              for (int tap = 0; tap < taps; tap++) {
                Arrays.fill(sum, 0f);
                int wAt = group * outPerGroup * depth + in * taps + tap;
                ScalarMatmul.addRows(sum, pixels, w, wAt, depth, rows, 0, outPerGroup);
                addBack(sum, tap, firstRow, endRow, dx, (plane + in) * inArea);
              }
            }
          }
        });
  }

  static void weightGradient(ConvGeometry g, float[] x, float[] dy, float[] dw) {
    new ScalarConvolution(g).weightGradient(x, dy, dw);
  }

  private void weightGradient(float[] x, float[] dy, float[] dw) {
    Arrays.fill(dw, 0, g.outChannels() * depth, 0f);
    int images = Math.clamp(PREPARED / ((long) outArea * depth), 1, Math.max(1, g.batch()));
    int bands = Math.ceilDiv(outPerGroup, CHANNELS);
    float[][] rows = new float[Math.min(images, g.batch()) * outArea][depth]; // for each pixel what its taps see
    for (int group = 0; group < s.groups(); group++) {
      int firstOut = group * outPerGroup;
      int firstIn = group * inPerGroup;
      for (int first = 0; first < g.batch(); first += images) {
        int start = first;
        int count = Math.min(images, g.batch() - first);
        Parallel.chunks(count, image -> {
          int xAt = ((start + image) * g.inChannels() + firstIn) * inArea;
          seeByPixel(x, xAt, rows, image * outArea);
        });
        Parallel.chunks(bands, band -> {
          float[] sum = new float[depth];
          int end = firstOut + Math.min(outPerGroup, (band + 1) * CHANNELS);
          for (int out = firstOut + band * CHANNELS; out < end; out++) {
            for (int image = 0; image < count; image++) {
              Arrays.fill(sum, 0f);
              int yAt = ((start + image) * g.outChannels() + out) * outArea;
              ScalarMatmul.addRows(sum, depth, dy, yAt, 1, rows, image * outArea, outArea);
              for (int i = 0; i < depth; i++) {
                dw[out * depth + i] += sum[i];
              }
            }
          }
        });
      }
    }
  }

  /// What a tap sees of one plane, for the pixels of some output rows.
  private void see(float[] x, int xAt, int tap, int firstRow, int endRow, float[] to) {
    int left = left(tap);
    int right = right(tap);
    int stride = s.strideWidth();
    for (int oy = firstRow; oy < endRow; oy++) {
      int at = (oy - firstRow) * outWidth;
      if (!seesRow(tap, oy) || left >= right) {
        Arrays.fill(to, at, at + outWidth, 0f);
        continue;
      }
      int from = xAt + inputOffset(tap, oy);
      Arrays.fill(to, at, at + left, 0f);
      if (stride == 1) {
        System.arraycopy(x, from + left, to, at + left, right - left);
      } else {
        for (int ox = left; ox < right; ox++) {
          to[at + ox] = x[from + ox * stride];
        }
      }
      Arrays.fill(to, at + right, at + outWidth, 0f);
    }
  }

  /// [#see] read backwards: adds a row of gradients to the pixels that the tap sees.
  private void addBack(float[] sum, int tap, int firstRow, int endRow, float[] dx, int xAt) {
    int left = left(tap);
    int right = right(tap);
    int stride = s.strideWidth();
    for (int oy = firstRow; oy < endRow; oy++) {
      if (seesRow(tap, oy)) {
        int at = (oy - firstRow) * outWidth;
        int to = xAt + inputOffset(tap, oy);
        for (int ox = left; ox < right; ox++) {
          dx[to + ox * stride] += sum[at + ox];
        }
      }
    }
  }

  /// For each output pixel of one image and group, what all taps see.
  private void seeByPixel(float[] x, int xAt, float[][] rows, int first) {
    for (int in = 0; in < inPerGroup; in++) {
      for (int tap = 0; tap < taps; tap++) {
        int column = in * taps + tap;
        int left = left(tap);
        int right = right(tap);
        for (int oy = 0; oy < g.outHeight(); oy++) {
          boolean sees = seesRow(tap, oy);
          int from = xAt + in * inArea + inputOffset(tap, oy);
          for (int ox = 0; ox < outWidth; ox++) {
            rows[first + oy * outWidth + ox][column] =
                sees && ox >= left && ox < right ? x[from + ox * s.strideWidth()] : 0f;
          }
        }
      }
    }
  }

  // Which output pixels a tap reaches without leaving the image. Taps are numbered row by row.

  private boolean seesRow(int tap, int oy) {
    int iy = oy * s.strideHeight() + shiftY(tap);
    return iy >= 0 && iy < g.inHeight();
  }

  private int left(int tap) {
    return Math.min(outWidth, first(-shiftX(tap), s.strideWidth()));
  }

  private int right(int tap) {
    return Math.min(outWidth, first(g.inWidth() - shiftX(tap), s.strideWidth()));
  }

  /// Where, in its plane, the tap's input for output row `oy` and output column 0 is, which may be left of the row.
  private int inputOffset(int tap, int oy) {
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
