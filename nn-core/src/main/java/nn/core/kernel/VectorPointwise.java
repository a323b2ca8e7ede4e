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
/// [VectorColumns] says in which order the pixels are the columns of B.
final class VectorPointwise {
  private static final int BIASED = 1 << 14; // numbers that one thread adds a bias to at once
  private static final int DEPTH = 1024; // pixels that are summed before a weight gradient goes back to memory

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
    product(m, k, w, k, 1, forms, g.batch(), g.outHeight() * g.outWidth(), x, y);
    if (bias != null) {
      addBias(bias, g.batch(), m, g.outHeight() * g.outWidth(), y);
    }
  }

  static void inputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
    int m = g.inChannels();
    int k = g.outChannels();
    product(m, k, w, 1, m, null, g.batch(), g.outHeight() * g.outWidth(), dy, dx);
  }

  /// C = A · B, A `[m × k]` with its rows `aRow` apart and its columns `aColumn`.
  private static void product(
      int m, int k, float[] a, int aRow, int aColumn, @Nullable PackedForms forms, int batch,
      int area, float[] b, float[] c) {
    VectorColumns columns = new VectorColumns(batch, area);
    // Where each thread packs all of one matrix, it is the smaller one: 4 % of 2048→512 channels of 7×7 on two threads, AMD Zen 5.
    boolean byRows = forms == null && m > batch * area;
    new VectorProduct(m, batch * area, k, VectorProduct.ROWS, byRows) {
      @Override
      void packRows(int top, int height, float[] packed, int to) {
        VectorPack.rows(height, depth, a, top * aRow, aRow, aColumn, packed, to);
      }

      @Override
      float @Nullable [] packedRows() {
        return forms == null
            ? null
            : forms.of(PackedForms.Kind.POINTWISE, m, k, 1, 1, this::packAllRows);
      }

      @Override
      void packPanels(int first, int end, float[] packed, int to) {
        columns.pack(first, end, depth, b, packed, to);
      }

      @Override
      void multiply(
          int top, int height, float[] left, int leftAt, int panel, float[] right, int rightAt) {
        if (columns.withinImage(panel)) {
          VectorTile.packed(
              height, WIDTH, depth, left, leftAt, right, rightAt,
              c, columns.place(panel, m) + top * area, area, false);
        } else {
          int lanes = Math.min(WIDTH, n - panel * WIDTH);
          float[] tile = Scratch.OUTPUT.floats(height * WIDTH);
          VectorTile.packed(
              height, lanes, depth, left, leftAt, right, rightAt, tile, 0, WIDTH, false);
          columns.unpack(tile, panel, top, height, m, c);
        }
      }
    }.run();
  }

  private static void addBias(float[] bias, int batch, int m, int area, float[] c) {
    Parallel.range(
        batch * m,
        Math.max(1, BIASED / Math.max(1, area)),
        (from, to) -> {
          for (int plane = from; plane < to; plane++) {
            float add = bias[plane % m];
            for (int i = plane * area; i < (plane + 1) * area; i++) {
              c[i] += add;
            }
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
    // What one thread does alone is best done with few rows of dy, which stay in cache, and all of x.
    boolean byRows = g.outChannels() >= g.inChannels() || blocks >= PartialSums.GROUPS / 2;
    PartialSums.add(
        blocks, dw, dw.length, (first, end, sums, at) -> {
          for (int block = first; block < end; block++) {
            int start = (int) ((long) pixels * block / blocks);
            int count = (int) ((long) pixels * (block + 1) / blocks) - start;
            addPixels(g, x, dy, start, count, byRows, sums, at, block > first);
          }
        });
  }

  /// The sum over `count` pixels from `start` on.
  private static void addPixels(
      ConvGeometry g, float[] x, float[] dy, int start, int count, boolean byRows, float[] sums,
      int at, boolean add) {
    int in = g.inChannels();
    int out = g.outChannels();
    int area = g.outHeight() * g.outWidth();
    new VectorProduct(out, in, count, VectorProduct.ROWS, byRows) {
      @Override
      void packRows(int top, int height, float[] packed, int to) {
        int rows;
        for (int r = 0; r < height; r += rows) {
          rows = VectorTile.rows(height - r);
          VectorColumns.transpose(
              dy, out, area, top + r, rows, start, depth, VectorTile.pitch(rows), packed,
              to + VectorTile.packedAt(r, depth));
        }
      }

      @Override
      void packPanels(int first, int end, float[] packed, int to) {
        for (int panel = first; panel < end; panel++) {
          int left = panel * WIDTH;
          VectorColumns.transpose(
              x, in, area, left, Math.min(WIDTH, in - left), start, depth, WIDTH,
              packed, to + (panel - first) * VectorPack.pitch(depth));
        }
      }

      @Override
      void multiply(
          int top, int height, float[] left, int leftAt, int panel, float[] right, int rightAt) {
        int from = panel * WIDTH;
        VectorTile.packed(
            height, Math.min(WIDTH, in - from), depth, left, leftAt, right, rightAt,
            sums, at + top * in + from, in, add);
      }
    }.run();
  }
}
