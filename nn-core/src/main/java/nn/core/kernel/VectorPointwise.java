package nn.core.kernel;

import org.jspecify.annotations.Nullable;

/// Convolutions of 1×1 with step 1: matrix products, with all pixels of all images as columns.
///
/// | | C | A | B |
/// | --- | --- | --- | --- |
/// | forward | y `[out × pixels]` | w `[out × in]` | x `[in × pixels]` |
/// | input gradient | dx `[in × pixels]` | wᵀ `[in × out]` | dy `[out × pixels]` |
/// | weight gradient | dw `[out × in]` | dy `[out × pixels]` | xᵀ `[pixels × in]` |
///
/// A is packed once; each chunk packs the columns of B that it needs, which then stay in its cache while all rows of A go by.
/// Columns run on from image to image, so that small images fill the vectors too.
final class VectorPointwise {
  private static final int WIDTH = VectorTile.WIDTH;
  private static final int PANELS = 4; // of B in a chunk
  private static final int KEPT = 1 << 16; // numbers of B in a chunk, 256 KiB: they stay in cache
  private static final int DEPTH = 1024; // pixels that are summed before a weight gradient goes back to memory
  private static final int ROWS = 48; // a multiple of every tile's rows

  private VectorPointwise() {}

  static boolean fits(ConvGeometry g) {
    return g.kernelHeight() == 1 && g.kernelWidth() == 1 && g.settings().groups() == 1
        && g.settings().strideHeight() == 1 && g.settings().strideWidth() == 1
        && g.settings().paddingHeight() == 0 && g.settings().paddingWidth() == 0
        && g.batch() > 0;
  }

  static void forward(
      ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y,
      @Nullable PackedForms forms) {
    int m = g.outChannels();
    int k = g.inChannels();
    float[] packed =
        forms == null
            ? packRows(m, k, w, k, 1, Scratch.WEIGHTS.floats(packedSize(m, k)))
            : forms.of(
                PackedForms.Kind.POINTWISE,
                () -> packRows(m, k, w, k, 1, new float[packedSize(m, k)]));
    product(m, k, packed, g.batch(), g.outHeight() * g.outWidth(), x, bias, y);
  }

  static void inputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
    int m = g.inChannels();
    int k = g.outChannels();
    float[] packed = packRows(m, k, w, 1, m, Scratch.WEIGHTS.floats(packedSize(m, k)));
    product(m, k, packed, g.batch(), g.outHeight() * g.outWidth(), dy, null, dx);
  }

  /// C = A · B, A `[m × k]` packed by [#packRows].
  private static void product(
      int m, int k, float[] packed, int batch, int area, float[] b, float @Nullable [] bias,
      float[] c) {
    int columns = batch * area;
    int together =
        Math.clamp(columns / WIDTH / 8, 1, Math.clamp(KEPT / Math.max(1, k) / WIDTH, 1, PANELS));
    Parallel.range(
        columns,
        together * WIDTH,
        (from, to) -> {
          float[] panels = Scratch.PACKED_B.floats(together * k * WIDTH);
          float[] tile = Scratch.OUTPUT.floats(m * WIDTH);
          boolean atOnce = from / area == (to - 1) / area && (to - from) % WIDTH == 0;
          if (atOnce) {
            VectorPack.panels(
                (to - from) / WIDTH, k, b, from / area * k * area + from % area, area, panels, 0);
          }
          for (int left = from; left < to; left += WIDTH) {
            int lanes = Math.min(WIDTH, to - left);
            int image = left / area;
            int pixel = left % area;
            int panel = (left - from) * k;
            if (!atOnce) {
              packColumns(b, k, area, left, lanes, panels, panel);
            }
            boolean inPlace = pixel + lanes <= area;
            if (inPlace) {
              tiles(m, lanes, k, packed, panels, panel, c, image * m * area + pixel, area);
            } else {
              tiles(m, lanes, k, packed, panels, panel, tile, 0, WIDTH);
              scatter(tile, m, area, left, lanes, c);
            }
          }
        });
    if (bias != null) {
      addBias(bias, batch, m, area, c);
    }
  }

  private static void tiles(
      int m, int lanes, int k, float[] a, float[] b, int bAt, float[] c, int cAt, int cStep) {
    for (int top = 0; top < m; top += ROWS) {
      VectorTile.packed(
          Math.min(ROWS, m - top), lanes, k, a, rowsAt(top, k), b, bAt, c,
          cAt + top * cStep, cStep, false);
    }
  }

  /// A in groups of [#ROWS] rows, each with room for a vector at its end; its rows lie `aRow` apart and its columns `aColumn`.
  private static float[] packRows(
      int m, int k, float[] a, int aRow, int aColumn, float[] packed) {
    Parallel.chunks(
        Math.ceilDiv(m, ROWS),
        group -> {
          int top = group * ROWS;
          VectorPack.rows(
              Math.min(ROWS, m - top), k, a, top * aRow, aRow, aColumn,
              packed, rowsAt(top, k));
        });
    return packed;
  }

  private static int packedSize(int m, int k) {
    return rowsAt(m + ROWS - 1, k) + WIDTH;
  }

  private static int rowsAt(int top, int k) {
    return top * k + top / ROWS * WIDTH;
  }

  /// The panel's pixels of each channel.
  private static void packColumns(
      float[] b, int k, int area, int left, int lanes, float[] panels, int to) {
    int at = 0;
    while (at < lanes) {
      int image = (left + at) / area;
      int pixel = (left + at) % area;
      int n = Math.min(lanes - at, area - pixel);
      int from = image * k * area + pixel;
      for (int p = 0; p < k; p++) {
        System.arraycopy(b, from + p * area, panels, to + p * WIDTH + at, n);
      }
      at += n;
    }
  }

  private static void scatter(
      float[] tile, int m, int area, int left, int lanes, float[] c) {
    int at = 0;
    while (at < lanes) {
      int image = (left + at) / area;
      int pixel = (left + at) % area;
      int n = Math.min(lanes - at, area - pixel);
      int to = image * m * area + pixel;
      for (int row = 0; row < m; row++) {
        System.arraycopy(tile, row * WIDTH + at, c, to + row * area, n);
      }
      at += n;
    }
  }

  private static void addBias(float[] bias, int batch, int m, int area, float[] c) {
    Parallel.chunks(
        batch * m,
        plane -> {
          float add = bias[plane % m];
          for (int i = plane * area; i < (plane + 1) * area; i++) {
            c[i] += add;
          }
        });
  }

  static void weightGradient(ConvGeometry g, float[] x, float[] dy, float[] dw) {
    int pixels = g.batch() * g.outHeight() * g.outWidth();
    int least = Math.ceilDiv(pixels, DEPTH);
    int blocks =
        least < PartialSums.GROUPS / 2
            ? least
            : Math.ceilDiv(least, PartialSums.GROUPS) * PartialSums.GROUPS;
    PartialSums.add(
        blocks, dw, dw.length, (first, end, sums, at) -> {
          for (int block = first; block < end; block++) {
            int start = (int) ((long) pixels * block / blocks);
            int n = (int) ((long) pixels * (block + 1) / blocks) - start;
            addPixels(g, x, dy, start, n, sums, at, block > first);
          }
        });
  }

  /// The sum over `n` pixels from `start` on.
  private static void addPixels(
      ConvGeometry g, float[] x, float[] dy, int start, int n, float[] sums, int at, boolean add) {
    int in = g.inChannels();
    int out = g.outChannels();
    int area = g.outHeight() * g.outWidth();
    int groups = Math.ceilDiv(out, ROWS);
    int panels = Math.ceilDiv(in, WIDTH);
    float[] a = Scratch.PACKED_A.floats(packedSize(out, n));
    float[] b = Scratch.WEIGHTS.floats(panels * n * WIDTH);
    Parallel.chunks(
        groups + panels,
        chunk -> {
          if (chunk < groups) {
            int top = chunk * ROWS;
            packPixelsOfRows(
                dy, out, area, top, Math.min(ROWS, out - top), start, n, a, rowsAt(top, n));
          } else {
            int left = (chunk - groups) * WIDTH;
            packPixels(x, in, area, left, Math.min(WIDTH, in - left), start, n, WIDTH, b, left * n);
          }
        });
    Parallel.chunks(
        groups * panels,
        chunk -> {
          int top = chunk / panels * ROWS;
          int left = chunk % panels * WIDTH;
          VectorTile.packed(
              Math.min(ROWS, out - top), Math.min(WIDTH, in - left), n, a, rowsAt(top, n), b,
              left * n, sums, at + top * in + left, in, add);
        });
  }

  /// Rows of dy in tiles, as [VectorPack#rows] packs them, from the images one after another.
  private static void packPixelsOfRows(
      float[] dy, int channels, int area, int top, int rows, int start, int n, float[] packed,
      int to) {
    for (int r = 0; r < rows; r += VectorTile.rows(rows - r)) {
      int height = VectorTile.rows(rows - r);
      packPixels(
          dy, channels, area, top + r, height, start, n, height, packed, to + r * n);
    }
  }

  /// `width` numbers for each pixel: those of `count` channels.
  private static void packPixels(
      float[] x, int channels, int area, int channel, int count, int start, int n, int width,
      float[] packed, int to) {
    int at = 0;
    while (at < n) {
      int image = (start + at) / area;
      int pixel = (start + at) % area;
      int run = Math.min(n - at, area - pixel);
      VectorTranspose.transpose(
          count, run, x, (image * channels + channel) * area + pixel, area, packed,
          to + at * width, width, count == width);
      at += run;
    }
  }
}
