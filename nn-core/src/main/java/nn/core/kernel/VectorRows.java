package nn.core.kernel;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The products inside of [VectorWinograd]: rows of 1 or 2 vectors, each the sum over channels of a transformed image's number
/// times a vector of transformed weights.
///
/// As [VectorTile], but neighbouring rows stand a vector apart in x, in which the channels of a tile lie together: a
/// constant, so that one address serves all rows.
final class VectorRows {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int STEP = 2 * L;

  private VectorRows() {}

  /// `tile[r·width + j] = Σₚ x[xAt + offsets[p] + r·L] · w[wAt + p·width + j]` for r < rows, where width is 2 L, or L.
  ///
  /// @param rows a multiple of 4, so that no tile of 2 is left
  /// @param depth how many channels: a multiple of 4
  /// @param offsets of the channels, where four that begin with a multiple of 4 lie one after the other
  static void run(
      int rows, boolean wide, int depth, float[] x, int xAt, int[] offsets, float[] w, int wAt,
      float[] tile, int tileAt) {
    if (!wide) {
      VectorRowsNarrow.run(rows, depth, x, xAt, offsets, w, wAt, tile, tileAt);
      return;
    }
    int step;
    for (int r = 0; r < rows; r += step) {
      int left = rows - r;
      step = VectorTile.FEW_REGISTERS ? VectorTile.rows(left) : left >= 12 ? 12 : left >= 8 ? 8 : 4;
      wide(
          step, depth, x, xAt + r * L, offsets, w, wAt, tile, tileAt + r * STEP);
    }
  }

  private static void wide(
      int rows, int depth, float[] x, int xAt, int[] offsets, float[] w, int wAt, float[] tile,
      int tileAt) {
    switch (rows) {
      case 12 -> wide12(depth, x, xAt, offsets, w, wAt, tile, tileAt);
      case 8 -> wide8(depth, x, xAt, offsets, w, wAt, tile, tileAt);
      case 6 -> wide6(depth, x, xAt, offsets, w, wAt, tile, tileAt);
      default -> wide4(depth, x, xAt, offsets, w, wAt, tile, tileAt);
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
      f = FloatVector.broadcast(S, x[from + L]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      f = FloatVector.broadcast(S, x[from + 2 * L]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      f = FloatVector.broadcast(S, x[from + 3 * L]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
      f = FloatVector.broadcast(S, x[from + 4 * L]);
      c4u = f.fma(u, c4u);
      c4v = f.fma(v, c4v);
      f = FloatVector.broadcast(S, x[from + 5 * L]);
      c5u = f.fma(u, c5u);
      c5v = f.fma(v, c5v);
      f = FloatVector.broadcast(S, x[from + 6 * L]);
      c6u = f.fma(u, c6u);
      c6v = f.fma(v, c6v);
      f = FloatVector.broadcast(S, x[from + 7 * L]);
      c7u = f.fma(u, c7u);
      c7v = f.fma(v, c7v);
      f = FloatVector.broadcast(S, x[from + 8 * L]);
      c8u = f.fma(u, c8u);
      c8v = f.fma(v, c8v);
      f = FloatVector.broadcast(S, x[from + 9 * L]);
      c9u = f.fma(u, c9u);
      c9v = f.fma(v, c9v);
      f = FloatVector.broadcast(S, x[from + 10 * L]);
      c10u = f.fma(u, c10u);
      c10v = f.fma(v, c10v);
      f = FloatVector.broadcast(S, x[from + 11 * L]);
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
      f = FloatVector.broadcast(S, x[from + L]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      f = FloatVector.broadcast(S, x[from + 2 * L]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      f = FloatVector.broadcast(S, x[from + 3 * L]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
      f = FloatVector.broadcast(S, x[from + 4 * L]);
      c4u = f.fma(u, c4u);
      c4v = f.fma(v, c4v);
      f = FloatVector.broadcast(S, x[from + 5 * L]);
      c5u = f.fma(u, c5u);
      c5v = f.fma(v, c5v);
      f = FloatVector.broadcast(S, x[from + 6 * L]);
      c6u = f.fma(u, c6u);
      c6v = f.fma(v, c6v);
      f = FloatVector.broadcast(S, x[from + 7 * L]);
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

  /// For 16 registers: why there are fences, [VectorTilePacked] says. Four channels at a time, which lie together: one place to look up
  /// and to check for 24 numbers. Where the core is shared with another guest: 70 GF/s in place of 50 (AMD Zen 3).
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
    FloatVector u;
    FloatVector v;
    FloatVector f;
    for (int p = 0; p < depth; p += 4) {
      int from = xAt + offsets[p];
      int at = wAt + p * STEP;
      u = FloatVector.fromArray(S, w, at);
      v = FloatVector.fromArray(S, w, at + L);
      f = FloatVector.broadcast(S, x[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + L]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 2 * L]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 3 * L]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 4 * L]);
      c4u = f.fma(u, c4u);
      c4v = f.fma(v, c4v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 5 * L]);
      c5u = f.fma(u, c5u);
      c5v = f.fma(v, c5v);
      VarHandle.loadLoadFence();
      u = FloatVector.fromArray(S, w, at + STEP);
      v = FloatVector.fromArray(S, w, at + STEP + L);
      f = FloatVector.broadcast(S, x[from + 1]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 1 + L]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 1 + 2 * L]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 1 + 3 * L]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 1 + 4 * L]);
      c4u = f.fma(u, c4u);
      c4v = f.fma(v, c4v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 1 + 5 * L]);
      c5u = f.fma(u, c5u);
      c5v = f.fma(v, c5v);
      VarHandle.loadLoadFence();
      u = FloatVector.fromArray(S, w, at + 2 * STEP);
      v = FloatVector.fromArray(S, w, at + 2 * STEP + L);
      f = FloatVector.broadcast(S, x[from + 2]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 2 + L]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 2 + 2 * L]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 2 + 3 * L]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 2 + 4 * L]);
      c4u = f.fma(u, c4u);
      c4v = f.fma(v, c4v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 2 + 5 * L]);
      c5u = f.fma(u, c5u);
      c5v = f.fma(v, c5v);
      VarHandle.loadLoadFence();
      u = FloatVector.fromArray(S, w, at + 3 * STEP);
      v = FloatVector.fromArray(S, w, at + 3 * STEP + L);
      f = FloatVector.broadcast(S, x[from + 3]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 3 + L]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 3 + 2 * L]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 3 + 3 * L]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 3 + 4 * L]);
      c4u = f.fma(u, c4u);
      c4v = f.fma(v, c4v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, x[from + 3 + 5 * L]);
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
      f = FloatVector.broadcast(S, x[from + L]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      f = FloatVector.broadcast(S, x[from + 2 * L]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      f = FloatVector.broadcast(S, x[from + 3 * L]);
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
}
