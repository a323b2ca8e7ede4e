package nn.core.kernel;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/// The tiles of [VectorTile] for a packed panel of B and processors with 16 vector registers: 6 rows of 2 vectors take 15. Tiles
/// of 2 rows and 1 wait for their own sums, and stay where they are.
///
/// C2 would load all six numbers of A ahead, run out of registers and keep sums in memory: 40 GF/s. It moves no load across
/// a fence, and on x86 a fence between loads is no instruction: 96 GF/s, where the peak is 98 (one core, AMD Zen 3).
///
/// The steps from one row of the panel to the next, and from one p of packed A to the next, are constants, which C2 proves to stay within the
/// arrays: nothing is left to check in the loop. That counts where the processor shares a core with another: at a moment when the packed tile
/// ran at 73 GF/s, the same by offsets for A ran at 66, by offsets for A and B at 52.
///
/// Packed A takes the room of eight numbers for six ([#PITCH]), with 256 bit half a row of the panel: one place follows from the other. 25 instructions for 12
/// multiplications where there were 30. On a core shared with a busier guest 52 GF/s in place of 42 for panels of 32 rows, 60 of 46 for 128, and also more than
/// with four rows of the panel at a time, whose places all have to be checked before the loop (44, 57).
final class VectorTilePacked {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int STEP = 2 * L;

  /// The most rows of a tile with 16 registers.
  static final int ROWS = 6;

  /// From one p of packed A to the next: two of its numbers are not used.
  static final int PITCH = 8;

  private VectorTilePacked() {}

  /// A tile of 6 or 4 rows.
  ///
  /// @param aOffsets where A stands for each p; if null, it is packed
  static void tile(
      int rows, int depth, float[] a, int aAt, int @Nullable [] aOffsets, float[] b, int bAt,
      float[] c, int cAt, int cStep) {
    if (aOffsets == null && rows == ROWS) {
      packed6(depth, a, aAt, b, bAt, c, cAt, cStep);
      return;
    }
    int[] offsets = aOffsets == null ? VectorPack.steps(depth, rows) : aOffsets;
    if (rows == ROWS) {
      wide6(depth, a, aAt, offsets, b, bAt, c, cAt, cStep);
    } else {
      wide4(depth, a, aAt, offsets, b, bAt, c, cAt, cStep);
    }
  }

  private static void packed6(
      int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int cStep) {
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
    int apart = bAt - aAt * (STEP / PITCH);
    int end = aAt + depth * PITCH;
    for (int from = aAt; from < end; from += PITCH) {
      int at = from * (STEP / PITCH) + apart;
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 2]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 3]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 4]);
      c4u = f.fma(u, c4u);
      c4v = f.fma(v, c4v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 5]);
      c5u = f.fma(u, c5u);
      c5v = f.fma(v, c5v);
    }
    c0u.intoArray(c, cAt);
    c0v.intoArray(c, cAt + L);
    c1u.intoArray(c, cAt + cStep);
    c1v.intoArray(c, cAt + cStep + L);
    c2u.intoArray(c, cAt + 2 * cStep);
    c2v.intoArray(c, cAt + 2 * cStep + L);
    c3u.intoArray(c, cAt + 3 * cStep);
    c3v.intoArray(c, cAt + 3 * cStep + L);
    c4u.intoArray(c, cAt + 4 * cStep);
    c4v.intoArray(c, cAt + 4 * cStep + L);
    c5u.intoArray(c, cAt + 5 * cStep);
    c5v.intoArray(c, cAt + 5 * cStep + L);
  }

  private static void wide6(
      int depth, float[] a, int aAt, int[] aOffsets, float[] b, int bAt, float[] c, int cAt,
      int cStep) {
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
      int at = bAt + p * STEP;
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      int from = aAt + aOffsets[p];
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 2]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 3]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 4]);
      c4u = f.fma(u, c4u);
      c4v = f.fma(v, c4v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 5]);
      c5u = f.fma(u, c5u);
      c5v = f.fma(v, c5v);
    }
    c0u.intoArray(c, cAt);
    c0v.intoArray(c, cAt + L);
    c1u.intoArray(c, cAt + cStep);
    c1v.intoArray(c, cAt + cStep + L);
    c2u.intoArray(c, cAt + 2 * cStep);
    c2v.intoArray(c, cAt + 2 * cStep + L);
    c3u.intoArray(c, cAt + 3 * cStep);
    c3v.intoArray(c, cAt + 3 * cStep + L);
    c4u.intoArray(c, cAt + 4 * cStep);
    c4v.intoArray(c, cAt + 4 * cStep + L);
    c5u.intoArray(c, cAt + 5 * cStep);
    c5v.intoArray(c, cAt + 5 * cStep + L);
  }

  private static void wide4(
      int depth, float[] a, int aAt, int[] aOffsets, float[] b, int bAt, float[] c, int cAt,
      int cStep) {
    FloatVector c0u = FloatVector.zero(S);
    FloatVector c0v = FloatVector.zero(S);
    FloatVector c1u = FloatVector.zero(S);
    FloatVector c1v = FloatVector.zero(S);
    FloatVector c2u = FloatVector.zero(S);
    FloatVector c2v = FloatVector.zero(S);
    FloatVector c3u = FloatVector.zero(S);
    FloatVector c3v = FloatVector.zero(S);
    for (int p = 0; p < depth; p++) {
      int at = bAt + p * STEP;
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      int from = aAt + aOffsets[p];
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 2]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 3]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
    }
    c0u.intoArray(c, cAt);
    c0v.intoArray(c, cAt + L);
    c1u.intoArray(c, cAt + cStep);
    c1v.intoArray(c, cAt + cStep + L);
    c2u.intoArray(c, cAt + 2 * cStep);
    c2v.intoArray(c, cAt + 2 * cStep + L);
    c3u.intoArray(c, cAt + 3 * cStep);
    c3v.intoArray(c, cAt + 3 * cStep + L);
  }
}
