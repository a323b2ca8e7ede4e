package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/// The pixels of all images of a batch as columns of one matrix, with the channels as rows: columns that are neighbours may lie in
/// different images.
final class VectorColumns {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int WIDTH = VectorTile.WIDTH;

  /// Pixels of an image whose channels, 1 KiB each, are copied in order before they are transposed: memory is read ahead along one line
  /// and not along 16 short ones. 256→1024 channels of 14×14: 4 % of a weight gradient (AMD Zen 5).
  private static final int SHORT = 256;

  private VectorColumns() {}

  /// Columns `from` to before `end` of x, `channels` rows of them, as panels (see [VectorPack#panel]; columns that the last one
  /// lacks are left as they are).
  static void pack(
      int from, int end, int channels, float[] x, int area, float[] packed, int to) {
    int column = from;
    while (column < end) {
      int pixel = column % area;
      int at = to + (column - from) * channels;
      int x0 = column / area * channels * area + pixel;
      int whole = Math.min(end - column, area - pixel) / WIDTH;
      if (whole > 0) {
        VectorPack.panels(whole, channels, x, x0, area, packed, at);
        column += whole * WIDTH;
        continue;
      }
      if (end - column >= WIDTH && area >= L) {
        packAcross(column, channels, x, area, packed, at);
      } else {
        packPieces(column, Math.min(WIDTH, end - column), channels, x, area, packed, at);
      }
      column += WIDTH;
    }
  }

  /// A panel whose vectors reach into two images: both are read, and the lanes chosen. What is read beside an image is another's.
  private static void packAcross(
      int column, int channels, float[] x, int area, float[] packed, int to) {
    for (int h = 0; h < WIDTH; h += L) {
      int image = (column + h) / area;
      int pixel = (column + h) % area;
      int here = Math.min(L, area - pixel); // lanes of the first image
      int from = image * channels * area + pixel;
      int next = here == L ? from : (image + 1) * channels * area - here;
      VectorMask<Float> there = VectorMask.fromLong(S, -1L << here);
      for (int p = 0; p < channels; p++) {
        FloatVector.fromArray(S, x, from + p * area)
            .blend(FloatVector.fromArray(S, x, next + p * area), there)
            .intoArray(packed, to + p * WIDTH + h);
      }
    }
  }

  private static void packPieces(
      int column, int lanes, int channels, float[] x, int area, float[] packed, int to) {
    int n;
    for (int i = 0; i < lanes; i += n) {
      int image = (column + i) / area;
      int pixel = (column + i) % area;
      n = Math.min(lanes - i, area - pixel);
      for (int p = 0; p < channels; p++) {
        System.arraycopy(
            x, (image * channels + p) * area + pixel, packed, to + p * WIDTH + i, n);
      }
    }
  }

  /// Writes `lanes` columns from `column` on, `height` rows of them, which lie [VectorTile#WIDTH] apart, to y of `channels` channels,
  /// those from `top` on.
  static void unpack(
      float[] tile, int column, int lanes, int top, int height, int channels, int area,
      float[] y) {
    if (lanes == WIDTH && area >= L) {
      unpackAcross(tile, column, top, height, channels, area, y);
      return;
    }
    int n;
    for (int i = 0; i < lanes; i += n) {
      int image = (column + i) / area;
      int pixel = (column + i) % area;
      n = Math.min(lanes - i, area - pixel);
      int to = (image * channels + top) * area + pixel;
      for (int row = 0; row < height; row++) {
        System.arraycopy(tile, row * WIDTH + i, y, to + row * area, n);
      }
    }
  }

  /// The way back from [#packAcross].
  private static void unpackAcross(
      float[] tile, int column, int top, int height, int channels, int area, float[] y) {
    for (int h = 0; h < WIDTH; h += L) {
      int image = (column + h) / area;
      int pixel = (column + h) % area;
      int here = Math.min(L, area - pixel);
      int to = (image * channels + top) * area + pixel;
      int next = here == L ? to : ((image + 1) * channels + top) * area - here;
      VectorMask<Float> there = VectorMask.fromLong(S, -1L << here);
      VectorMask<Float> first = there.not();
      for (int row = 0; row < height; row++) {
        FloatVector v = FloatVector.fromArray(S, tile, row * WIDTH + h);
        v.intoArray(y, to + row * area, first);
        v.intoArray(y, next + row * area, there);
      }
    }
  }

  /// `width` numbers for each of `count` pixels from `start` on: those of `height` channels from `channel` on.
  static void transpose(
      float[] x, int channels, int area, int channel, int height, int start, int count, int width,
      float[] packed, int to) {
    int n;
    for (int i = 0; i < count; i += n) {
      int image = (start + i) / area;
      int pixel = (start + i) % area;
      n = Math.min(count - i, area - pixel);
      int from = (image * channels + channel) * area + pixel;
      float[] rows = x;
      if (area <= SHORT && 2 * n > area) {
        rows = Scratch.TRANSPOSE.floats(height * area);
        System.arraycopy(x, from, rows, 0, (height - 1) * area + n);
        from = 0;
      }
      VectorTranspose.transpose(
          height, n, rows, from, area, packed, to + i * width, width, height == width);
    }
  }
}
