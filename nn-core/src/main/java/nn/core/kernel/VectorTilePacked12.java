package nn.core.kernel;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The tile of 12 rows of [VectorTile] where A and B are both packed, for vectors of 512 bit.
///
/// An Intel core multiplies 512 bit on two of its ports, and computes places on the same ones. So as little as possible is computed:
/// packed A takes the room of 16 numbers for 12 ([#PITCH]), half a row of the panel, so that one place follows from the other, and two p
/// at a time need them once. A fence, which is no instruction on x86, keeps C2 from loading all numbers of A ahead (see
/// [VectorTilePacked]). In the second cache 198 GF/s in place of 180, in the first one 206 in place of 187, where multiplying and adding in
/// registers reaches 239 and a loop in assembly 208 (one core, Intel Xeon of family 6 with 2 MiB of second cache; see docs/decisions.md).
/// The same for 8 rows made products of 64 and 32 rows 2 to 3 % faster, and was left.
final class VectorTilePacked12 {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int STEP = 2 * L;

  static final int ROWS = 12;

  /// From one p of packed A to the next: four of its numbers are not used.
  static final int PITCH = 16;

  private VectorTilePacked12() {}

  /// Twelve rows of C = A · B, for an even depth.
  static void tile(
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
    FloatVector u;
    FloatVector v;
    FloatVector f;
    int apart = bAt - aAt * (STEP / PITCH);
    int end = aAt + depth * PITCH;
    for (int from = aAt; from < end; from += 2 * PITCH) {
      int at = from * (STEP / PITCH) + apart;
      u = FloatVector.fromArray(S, b, at);
      v = FloatVector.fromArray(S, b, at + L);
      f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 2]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      f = FloatVector.broadcast(S, a[from + 3]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 4]);
      c4u = f.fma(u, c4u);
      c4v = f.fma(v, c4v);
      f = FloatVector.broadcast(S, a[from + 5]);
      c5u = f.fma(u, c5u);
      c5v = f.fma(v, c5v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 6]);
      c6u = f.fma(u, c6u);
      c6v = f.fma(v, c6v);
      f = FloatVector.broadcast(S, a[from + 7]);
      c7u = f.fma(u, c7u);
      c7v = f.fma(v, c7v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 8]);
      c8u = f.fma(u, c8u);
      c8v = f.fma(v, c8v);
      f = FloatVector.broadcast(S, a[from + 9]);
      c9u = f.fma(u, c9u);
      c9v = f.fma(v, c9v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + 10]);
      c10u = f.fma(u, c10u);
      c10v = f.fma(v, c10v);
      f = FloatVector.broadcast(S, a[from + 11]);
      c11u = f.fma(u, c11u);
      c11v = f.fma(v, c11v);
      VarHandle.loadLoadFence();
      u = FloatVector.fromArray(S, b, at + STEP);
      v = FloatVector.fromArray(S, b, at + STEP + L);
      f = FloatVector.broadcast(S, a[from + PITCH]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      f = FloatVector.broadcast(S, a[from + PITCH + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + PITCH + 2]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      f = FloatVector.broadcast(S, a[from + PITCH + 3]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + PITCH + 4]);
      c4u = f.fma(u, c4u);
      c4v = f.fma(v, c4v);
      f = FloatVector.broadcast(S, a[from + PITCH + 5]);
      c5u = f.fma(u, c5u);
      c5v = f.fma(v, c5v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + PITCH + 6]);
      c6u = f.fma(u, c6u);
      c6v = f.fma(v, c6v);
      f = FloatVector.broadcast(S, a[from + PITCH + 7]);
      c7u = f.fma(u, c7u);
      c7v = f.fma(v, c7v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + PITCH + 8]);
      c8u = f.fma(u, c8u);
      c8v = f.fma(v, c8v);
      f = FloatVector.broadcast(S, a[from + PITCH + 9]);
      c9u = f.fma(u, c9u);
      c9v = f.fma(v, c9v);
      VarHandle.loadLoadFence();
      f = FloatVector.broadcast(S, a[from + PITCH + 10]);
      c10u = f.fma(u, c10u);
      c10v = f.fma(v, c10v);
      f = FloatVector.broadcast(S, a[from + PITCH + 11]);
      c11u = f.fma(u, c11u);
      c11v = f.fma(v, c11v);
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
    c6u.intoArray(c, cAt + 6 * cStep);
    c6v.intoArray(c, cAt + 6 * cStep + L);
    c7u.intoArray(c, cAt + 7 * cStep);
    c7v.intoArray(c, cAt + 7 * cStep + L);
    c8u.intoArray(c, cAt + 8 * cStep);
    c8v.intoArray(c, cAt + 8 * cStep + L);
    c9u.intoArray(c, cAt + 9 * cStep);
    c9v.intoArray(c, cAt + 9 * cStep + L);
    c10u.intoArray(c, cAt + 10 * cStep);
    c10v.intoArray(c, cAt + 10 * cStep + L);
    c11u.intoArray(c, cAt + 11 * cStep);
    c11v.intoArray(c, cAt + 11 * cStep + L);
  }
}
