package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/// The pixels of all images of a batch as columns of one matrix, with the channels as rows, and cut into panels ([VectorPack#panel]).
///
/// The panels that lie within one image come first. What is left of each image comes after them, one image behind the other, so
/// that small images fill panels too: of eight images of 14×14, 48 panels lie within one image, and one has four pixels of each. In
/// the images' order 7 panels would lie in two images (1 % of a product of 256→1024 channels, AMD Zen 5).
///
/// @param area pixels of an image
record VectorColumns(int batch, int area) {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int WIDTH = VectorTile.WIDTH;

  /// Pixels of an image whose channels, 1 KiB each, are copied in order before they are transposed: memory is read ahead along one line
  /// and not along 16 short ones. 256→1024 channels of 14×14: 4 % of a weight gradient (AMD Zen 5).
  private static final int SHORT = 256;

  /// Whether all columns of the panel are neighbours.
  boolean withinImage(int panel) {
    return panel < batch * each();
  }

  /// How many panels lie within each image.
  private int each() {
    return area / WIDTH;
  }

  /// Where a panel within one image begins, in the first of `channels` channels.
  int place(int panel, int channels) {
    return panel / each() * channels * area + panel % each() * WIDTH;
  }

  /// Packs the panels of x from `first` to before `end`; columns that the last one lacks are left as they are.
  void pack(int first, int end, int channels, float[] x, float[] packed, int to) {
    int panel = first;
    while (panel < end) {
      int at = to + (panel - first) * VectorPack.pitch(channels);
      if (withinImage(panel)) {
        int count = Math.min(end, (panel / each() + 1) * each()) - panel;
        VectorPack.panels(count, channels, x, place(panel, channels), area, packed, at);
        panel += count;
      } else {
        pieces(
            panel, channels, 0, (from, n, lane) -> copy(
                channels, n, x, from, area, packed, at + lane, WIDTH));
        panel++;
      }
    }
  }

  /// Writes a panel of several images, `height` rows of it, which lie [VectorTile#WIDTH] apart, to the channels of y from `top` on.
  void unpack(float[] tile, int panel, int top, int height, int channels, float[] y) {
    pieces(
        panel, channels, top, (to, n, lane) -> copy(
            height, n, tile, lane, WIDTH, y, to, area));
  }

  /// Columns of a panel that are neighbours in an image.
  private interface Piece {
    /// @param at where they begin in the images
    /// @param n how many
    /// @param lane of the panel, the first one's
    void take(int at, int n, int lane);
  }

  /// The pieces of a panel of several images, in one channel of `channels`.
  private void pieces(int panel, int channels, int channel, Piece piece) {
    int rest = area % WIDTH; // the last columns of each image
    int first = (panel - batch * each()) * WIDTH;
    int lanes = Math.min(WIDTH, batch * rest - first);
    int n;
    for (int lane = 0; lane < lanes; lane += n) {
      int image = (first + lane) / rest;
      int pixel = (first + lane) % rest;
      n = Math.min(lanes - lane, rest - pixel);
      piece.take((image * channels + channel) * area + area - rest + pixel, n, lane);
    }
  }

  private static void copy(
      int rows, int n, float[] from, int fromAt, int fromStep, float[] to, int toAt, int toStep) {
    for (int i = 0; i < n; i += L) {
      VectorMask<Float> lanes = S.indexInRange(i, n);
      for (int r = 0; r < rows; r++) {
        FloatVector.fromArray(S, from, fromAt + i + r * fromStep, lanes)
            .intoArray(to, toAt + i + r * toStep, lanes);
      }
    }
  }

  /// `width` numbers for each of `count` pixels from `start` on, in the images' order: those of `height` channels from `channel` on, and anything behind
  /// them. There must be room for a vector at the end.
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
          height, n, rows, from, area, packed, to + i * width, width, true);
    }
  }
}
