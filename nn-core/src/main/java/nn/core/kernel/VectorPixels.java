package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The innermost loops of convolution with output channels as lanes: some neighbouring pixels of one output row, each for
/// one or two vectors of output channels, are held in registers while the products run over all taps.
///
/// The input is read at `xAt + offsets[p] + pixel`, one number for all lanes, so that neither the width of the image nor
/// the reach of the kernel matters; the weights are packed, for each tap one or two vectors. The result goes to `tile`,
/// pixel by pixel, all channels of a pixel together.
///
/// 12 pixels of 2 vectors run at 110 GF/s on one core whose peak is 116 (512 bit, AMD Zen 4, operands in cache).
final class VectorPixels {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int STEP = 2 * L;
  private static final int MOST = S.vectorBitSize() >= 512 ? 12 : 5; // see [VectorTile]

  private VectorPixels() {}

  /// A run of `pixels` neighbours, for `wide` 2 · L or else L channels.
  static void run(
      int pixels, boolean wide, int depth, float[] x, int xAt, int[] offsets, float[] w, int wAt,
      float[] tile, int tileAt) {
    int step = wide ? STEP : L;
    int done = 0;
    while (done < pixels) {
      int left = pixels - done;
      int now = MOST == 12 && left >= 8 && left < 12 ? 8 : VectorTile.rows(MOST, left);
      tile(now, wide, depth, x, xAt + done, offsets, w, wAt, tile, tileAt + done * step);
      done += now;
    }
  }

  private static void tile(
      int pixels, boolean wide, int depth, float[] x, int xAt, int[] offsets, float[] w, int wAt,
      float[] tile, int tileAt) {
    if (wide) {
      switch (pixels) {
        case 12 -> wide12(depth, x, xAt, offsets, w, wAt, tile, tileAt);
        case 8 -> wide8(depth, x, xAt, offsets, w, wAt, tile, tileAt);
        case 6 -> wide6(depth, x, xAt, offsets, w, wAt, tile, tileAt);
        case 5 -> wide5(depth, x, xAt, offsets, w, wAt, tile, tileAt);
        case 4 -> wide4(depth, x, xAt, offsets, w, wAt, tile, tileAt);
        case 2 -> wide2(depth, x, xAt, offsets, w, wAt, tile, tileAt);
        default -> wide1(depth, x, xAt, offsets, w, wAt, tile, tileAt);
      }
    } else {
      VectorPixelsNarrow.tile(pixels, depth, x, xAt, offsets, w, wAt, tile, tileAt);
    }
  }

  private static void wide12(
      int depth, float[] x, int xAt, int[] offsets, float[] w, int wAt, float[] tile, int tileAt) {
    FloatVector c0u = FloatVector.zero(S);
    FloatVector c0v = FloatVector.zero(S);
    FloatVector c1u = FloatVector.zero(S);
    FloatVector c1v = FloatVector.zero(S);
    FloatVector c2u = FloatVector.zero(S);
    FloatVector c2v = FloatVector.zero(S);
    FloatVector c3u = FloatVector.zero(S);
    FloatVector c3v = FloatVector.zero(S);
    FloatVector c4u = FloatVector.zero(S);
    FloatVector c4v = FloatVector.zero(S);
    FloatVector c5u = FloatVector.zero(S);
    FloatVector c5v = FloatVector.zero(S);
    FloatVector c6u = FloatVector.zero(S);
    FloatVector c6v = FloatVector.zero(S);
    FloatVector c7u = FloatVector.zero(S);
    FloatVector c7v = FloatVector.zero(S);
    FloatVector c8u = FloatVector.zero(S);
    FloatVector c8v = FloatVector.zero(S);
    FloatVector c9u = FloatVector.zero(S);
    FloatVector c9v = FloatVector.zero(S);
    FloatVector c10u = FloatVector.zero(S);
    FloatVector c10v = FloatVector.zero(S);
    FloatVector c11u = FloatVector.zero(S);
    FloatVector c11v = FloatVector.zero(S);
    for (int p = 0; p < depth; p++) {
      int from = xAt + offsets[p];
      int at = wAt + p * STEP;
      FloatVector u = FloatVector.fromArray(S, w, at);
      FloatVector v = FloatVector.fromArray(S, w, at + L);
      FloatVector f = FloatVector.broadcast(S, x[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      f = FloatVector.broadcast(S, x[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      f = FloatVector.broadcast(S, x[from + 2]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      f = FloatVector.broadcast(S, x[from + 3]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
      f = FloatVector.broadcast(S, x[from + 4]);
      c4u = f.fma(u, c4u);
      c4v = f.fma(v, c4v);
      f = FloatVector.broadcast(S, x[from + 5]);
      c5u = f.fma(u, c5u);
      c5v = f.fma(v, c5v);
      f = FloatVector.broadcast(S, x[from + 6]);
      c6u = f.fma(u, c6u);
      c6v = f.fma(v, c6v);
      f = FloatVector.broadcast(S, x[from + 7]);
      c7u = f.fma(u, c7u);
      c7v = f.fma(v, c7v);
      f = FloatVector.broadcast(S, x[from + 8]);
      c8u = f.fma(u, c8u);
      c8v = f.fma(v, c8v);
      f = FloatVector.broadcast(S, x[from + 9]);
      c9u = f.fma(u, c9u);
      c9v = f.fma(v, c9v);
      f = FloatVector.broadcast(S, x[from + 10]);
      c10u = f.fma(u, c10u);
      c10v = f.fma(v, c10v);
      f = FloatVector.broadcast(S, x[from + 11]);
      c11u = f.fma(u, c11u);
      c11v = f.fma(v, c11v);
    }
    c0u.intoArray(tile, tileAt);
    c0v.intoArray(tile, tileAt + L);
    c1u.intoArray(tile, tileAt + STEP);
    c1v.intoArray(tile, tileAt + STEP + L);
    c2u.intoArray(tile, tileAt + 2 * STEP);
    c2v.intoArray(tile, tileAt + 2 * STEP + L);
    c3u.intoArray(tile, tileAt + 3 * STEP);
    c3v.intoArray(tile, tileAt + 3 * STEP + L);
    c4u.intoArray(tile, tileAt + 4 * STEP);
    c4v.intoArray(tile, tileAt + 4 * STEP + L);
    c5u.intoArray(tile, tileAt + 5 * STEP);
    c5v.intoArray(tile, tileAt + 5 * STEP + L);
    c6u.intoArray(tile, tileAt + 6 * STEP);
    c6v.intoArray(tile, tileAt + 6 * STEP + L);
    c7u.intoArray(tile, tileAt + 7 * STEP);
    c7v.intoArray(tile, tileAt + 7 * STEP + L);
    c8u.intoArray(tile, tileAt + 8 * STEP);
    c8v.intoArray(tile, tileAt + 8 * STEP + L);
    c9u.intoArray(tile, tileAt + 9 * STEP);
    c9v.intoArray(tile, tileAt + 9 * STEP + L);
    c10u.intoArray(tile, tileAt + 10 * STEP);
    c10v.intoArray(tile, tileAt + 10 * STEP + L);
    c11u.intoArray(tile, tileAt + 11 * STEP);
    c11v.intoArray(tile, tileAt + 11 * STEP + L);
  }

  private static void wide8(
      int depth, float[] x, int xAt, int[] offsets, float[] w, int wAt, float[] tile, int tileAt) {
    FloatVector c0u = FloatVector.zero(S);
    FloatVector c0v = FloatVector.zero(S);
    FloatVector c1u = FloatVector.zero(S);
    FloatVector c1v = FloatVector.zero(S);
    FloatVector c2u = FloatVector.zero(S);
    FloatVector c2v = FloatVector.zero(S);
    FloatVector c3u = FloatVector.zero(S);
    FloatVector c3v = FloatVector.zero(S);
    FloatVector c4u = FloatVector.zero(S);
    FloatVector c4v = FloatVector.zero(S);
    FloatVector c5u = FloatVector.zero(S);
    FloatVector c5v = FloatVector.zero(S);
    FloatVector c6u = FloatVector.zero(S);
    FloatVector c6v = FloatVector.zero(S);
    FloatVector c7u = FloatVector.zero(S);
    FloatVector c7v = FloatVector.zero(S);
    for (int p = 0; p < depth; p++) {
      int from = xAt + offsets[p];
      int at = wAt + p * STEP;
      FloatVector u = FloatVector.fromArray(S, w, at);
      FloatVector v = FloatVector.fromArray(S, w, at + L);
      FloatVector f = FloatVector.broadcast(S, x[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      f = FloatVector.broadcast(S, x[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      f = FloatVector.broadcast(S, x[from + 2]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      f = FloatVector.broadcast(S, x[from + 3]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
      f = FloatVector.broadcast(S, x[from + 4]);
      c4u = f.fma(u, c4u);
      c4v = f.fma(v, c4v);
      f = FloatVector.broadcast(S, x[from + 5]);
      c5u = f.fma(u, c5u);
      c5v = f.fma(v, c5v);
      f = FloatVector.broadcast(S, x[from + 6]);
      c6u = f.fma(u, c6u);
      c6v = f.fma(v, c6v);
      f = FloatVector.broadcast(S, x[from + 7]);
      c7u = f.fma(u, c7u);
      c7v = f.fma(v, c7v);
    }
    c0u.intoArray(tile, tileAt);
    c0v.intoArray(tile, tileAt + L);
    c1u.intoArray(tile, tileAt + STEP);
    c1v.intoArray(tile, tileAt + STEP + L);
    c2u.intoArray(tile, tileAt + 2 * STEP);
    c2v.intoArray(tile, tileAt + 2 * STEP + L);
    c3u.intoArray(tile, tileAt + 3 * STEP);
    c3v.intoArray(tile, tileAt + 3 * STEP + L);
    c4u.intoArray(tile, tileAt + 4 * STEP);
    c4v.intoArray(tile, tileAt + 4 * STEP + L);
    c5u.intoArray(tile, tileAt + 5 * STEP);
    c5v.intoArray(tile, tileAt + 5 * STEP + L);
    c6u.intoArray(tile, tileAt + 6 * STEP);
    c6v.intoArray(tile, tileAt + 6 * STEP + L);
    c7u.intoArray(tile, tileAt + 7 * STEP);
    c7v.intoArray(tile, tileAt + 7 * STEP + L);
  }

  private static void wide6(
      int depth, float[] x, int xAt, int[] offsets, float[] w, int wAt, float[] tile, int tileAt) {
    FloatVector c0u = FloatVector.zero(S);
    FloatVector c0v = FloatVector.zero(S);
    FloatVector c1u = FloatVector.zero(S);
    FloatVector c1v = FloatVector.zero(S);
    FloatVector c2u = FloatVector.zero(S);
    FloatVector c2v = FloatVector.zero(S);
    FloatVector c3u = FloatVector.zero(S);
    FloatVector c3v = FloatVector.zero(S);
    FloatVector c4u = FloatVector.zero(S);
    FloatVector c4v = FloatVector.zero(S);
    FloatVector c5u = FloatVector.zero(S);
    FloatVector c5v = FloatVector.zero(S);
    for (int p = 0; p < depth; p++) {
      int from = xAt + offsets[p];
      int at = wAt + p * STEP;
      FloatVector u = FloatVector.fromArray(S, w, at);
      FloatVector v = FloatVector.fromArray(S, w, at + L);
      FloatVector f = FloatVector.broadcast(S, x[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      f = FloatVector.broadcast(S, x[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      f = FloatVector.broadcast(S, x[from + 2]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      f = FloatVector.broadcast(S, x[from + 3]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
      f = FloatVector.broadcast(S, x[from + 4]);
      c4u = f.fma(u, c4u);
      c4v = f.fma(v, c4v);
      f = FloatVector.broadcast(S, x[from + 5]);
      c5u = f.fma(u, c5u);
      c5v = f.fma(v, c5v);
    }
    c0u.intoArray(tile, tileAt);
    c0v.intoArray(tile, tileAt + L);
    c1u.intoArray(tile, tileAt + STEP);
    c1v.intoArray(tile, tileAt + STEP + L);
    c2u.intoArray(tile, tileAt + 2 * STEP);
    c2v.intoArray(tile, tileAt + 2 * STEP + L);
    c3u.intoArray(tile, tileAt + 3 * STEP);
    c3v.intoArray(tile, tileAt + 3 * STEP + L);
    c4u.intoArray(tile, tileAt + 4 * STEP);
    c4v.intoArray(tile, tileAt + 4 * STEP + L);
    c5u.intoArray(tile, tileAt + 5 * STEP);
    c5v.intoArray(tile, tileAt + 5 * STEP + L);
  }

  private static void wide5(
      int depth, float[] x, int xAt, int[] offsets, float[] w, int wAt, float[] tile, int tileAt) {
    FloatVector c0u = FloatVector.zero(S);
    FloatVector c0v = FloatVector.zero(S);
    FloatVector c1u = FloatVector.zero(S);
    FloatVector c1v = FloatVector.zero(S);
    FloatVector c2u = FloatVector.zero(S);
    FloatVector c2v = FloatVector.zero(S);
    FloatVector c3u = FloatVector.zero(S);
    FloatVector c3v = FloatVector.zero(S);
    FloatVector c4u = FloatVector.zero(S);
    FloatVector c4v = FloatVector.zero(S);
    for (int p = 0; p < depth; p++) {
      int from = xAt + offsets[p];
      int at = wAt + p * STEP;
      FloatVector u = FloatVector.fromArray(S, w, at);
      FloatVector v = FloatVector.fromArray(S, w, at + L);
      FloatVector f = FloatVector.broadcast(S, x[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      f = FloatVector.broadcast(S, x[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      f = FloatVector.broadcast(S, x[from + 2]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      f = FloatVector.broadcast(S, x[from + 3]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
      f = FloatVector.broadcast(S, x[from + 4]);
      c4u = f.fma(u, c4u);
      c4v = f.fma(v, c4v);
    }
    c0u.intoArray(tile, tileAt);
    c0v.intoArray(tile, tileAt + L);
    c1u.intoArray(tile, tileAt + STEP);
    c1v.intoArray(tile, tileAt + STEP + L);
    c2u.intoArray(tile, tileAt + 2 * STEP);
    c2v.intoArray(tile, tileAt + 2 * STEP + L);
    c3u.intoArray(tile, tileAt + 3 * STEP);
    c3v.intoArray(tile, tileAt + 3 * STEP + L);
    c4u.intoArray(tile, tileAt + 4 * STEP);
    c4v.intoArray(tile, tileAt + 4 * STEP + L);
  }

  private static void wide4(
      int depth, float[] x, int xAt, int[] offsets, float[] w, int wAt, float[] tile, int tileAt) {
    FloatVector c0u = FloatVector.zero(S);
    FloatVector c0v = FloatVector.zero(S);
    FloatVector c1u = FloatVector.zero(S);
    FloatVector c1v = FloatVector.zero(S);
    FloatVector c2u = FloatVector.zero(S);
    FloatVector c2v = FloatVector.zero(S);
    FloatVector c3u = FloatVector.zero(S);
    FloatVector c3v = FloatVector.zero(S);
    for (int p = 0; p < depth; p++) {
      int from = xAt + offsets[p];
      int at = wAt + p * STEP;
      FloatVector u = FloatVector.fromArray(S, w, at);
      FloatVector v = FloatVector.fromArray(S, w, at + L);
      FloatVector f = FloatVector.broadcast(S, x[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      f = FloatVector.broadcast(S, x[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      f = FloatVector.broadcast(S, x[from + 2]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      f = FloatVector.broadcast(S, x[from + 3]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
    }
    c0u.intoArray(tile, tileAt);
    c0v.intoArray(tile, tileAt + L);
    c1u.intoArray(tile, tileAt + STEP);
    c1v.intoArray(tile, tileAt + STEP + L);
    c2u.intoArray(tile, tileAt + 2 * STEP);
    c2v.intoArray(tile, tileAt + 2 * STEP + L);
    c3u.intoArray(tile, tileAt + 3 * STEP);
    c3v.intoArray(tile, tileAt + 3 * STEP + L);
  }

  private static void wide2(
      int depth, float[] x, int xAt, int[] offsets, float[] w, int wAt, float[] tile, int tileAt) {
    FloatVector c0u = FloatVector.zero(S);
    FloatVector c0v = FloatVector.zero(S);
    FloatVector c1u = FloatVector.zero(S);
    FloatVector c1v = FloatVector.zero(S);
    for (int p = 0; p < depth; p++) {
      int from = xAt + offsets[p];
      int at = wAt + p * STEP;
      FloatVector u = FloatVector.fromArray(S, w, at);
      FloatVector v = FloatVector.fromArray(S, w, at + L);
      FloatVector f = FloatVector.broadcast(S, x[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      f = FloatVector.broadcast(S, x[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
    }
    c0u.intoArray(tile, tileAt);
    c0v.intoArray(tile, tileAt + L);
    c1u.intoArray(tile, tileAt + STEP);
    c1v.intoArray(tile, tileAt + STEP + L);
  }

  private static void wide1(
      int depth, float[] x, int xAt, int[] offsets, float[] w, int wAt, float[] tile, int tileAt) {
    FloatVector c0u = FloatVector.zero(S);
    FloatVector c0v = FloatVector.zero(S);
    for (int p = 0; p < depth; p++) {
      int from = xAt + offsets[p];
      int at = wAt + p * STEP;
      FloatVector u = FloatVector.fromArray(S, w, at);
      FloatVector v = FloatVector.fromArray(S, w, at + L);
      FloatVector f = FloatVector.broadcast(S, x[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
    }
    c0u.intoArray(tile, tileAt);
    c0v.intoArray(tile, tileAt + L);
  }
}
