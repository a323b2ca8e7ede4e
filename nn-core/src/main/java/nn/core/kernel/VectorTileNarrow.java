package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The tiles of [VectorTile] with one vector in a row.
final class VectorTileNarrow {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

  private VectorTileNarrow() {}

  static void tile(
      int rows, int depth, float[] a, int aAt, int[] aOffsets, float[] b, int bAt, int[] bOffsets,
      float[] c, int cAt, int cStep) {
    switch (rows) {
      case 12 -> narrow12(depth, a, aAt, aOffsets, b, bAt, bOffsets, c, cAt, cStep);
      case 8 -> narrow8(depth, a, aAt, aOffsets, b, bAt, bOffsets, c, cAt, cStep);
      case 6 -> narrow6(depth, a, aAt, aOffsets, b, bAt, bOffsets, c, cAt, cStep);
      case 4 -> narrow4(depth, a, aAt, aOffsets, b, bAt, bOffsets, c, cAt, cStep);
      case 2 -> narrow2(depth, a, aAt, aOffsets, b, bAt, bOffsets, c, cAt, cStep);
      default -> narrow1(depth, a, aAt, aOffsets, b, bAt, bOffsets, c, cAt);
    }
  }

  private static void narrow12(
      int depth, float[] a, int aAt, int[] aOffsets, float[] b, int bAt, int[] bOffsets, float[] c,
      int cAt, int cStep) {
    FloatVector c0 = FloatVector.zero(S);
    FloatVector c1 = FloatVector.zero(S);
    FloatVector c2 = FloatVector.zero(S);
    FloatVector c3 = FloatVector.zero(S);
    FloatVector c4 = FloatVector.zero(S);
    FloatVector c5 = FloatVector.zero(S);
    FloatVector c6 = FloatVector.zero(S);
    FloatVector c7 = FloatVector.zero(S);
    FloatVector c8 = FloatVector.zero(S);
    FloatVector c9 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    for (int p = 0; p < depth; p++) {
      int at = bAt + bOffsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      int from = aAt + aOffsets[p];
      c0 = FloatVector.broadcast(S, a[from]).fma(u, c0);
      c1 = FloatVector.broadcast(S, a[from + 1]).fma(u, c1);
      c2 = FloatVector.broadcast(S, a[from + 2]).fma(u, c2);
      c3 = FloatVector.broadcast(S, a[from + 3]).fma(u, c3);
      c4 = FloatVector.broadcast(S, a[from + 4]).fma(u, c4);
      c5 = FloatVector.broadcast(S, a[from + 5]).fma(u, c5);
      c6 = FloatVector.broadcast(S, a[from + 6]).fma(u, c6);
      c7 = FloatVector.broadcast(S, a[from + 7]).fma(u, c7);
      c8 = FloatVector.broadcast(S, a[from + 8]).fma(u, c8);
      c9 = FloatVector.broadcast(S, a[from + 9]).fma(u, c9);
      c10 = FloatVector.broadcast(S, a[from + 10]).fma(u, c10);
      c11 = FloatVector.broadcast(S, a[from + 11]).fma(u, c11);
    }
    c0.intoArray(c, cAt);
    c1.intoArray(c, cAt + cStep);
    c2.intoArray(c, cAt + 2 * cStep);
    c3.intoArray(c, cAt + 3 * cStep);
    c4.intoArray(c, cAt + 4 * cStep);
    c5.intoArray(c, cAt + 5 * cStep);
    c6.intoArray(c, cAt + 6 * cStep);
    c7.intoArray(c, cAt + 7 * cStep);
    c8.intoArray(c, cAt + 8 * cStep);
    c9.intoArray(c, cAt + 9 * cStep);
    c10.intoArray(c, cAt + 10 * cStep);
    c11.intoArray(c, cAt + 11 * cStep);
  }

  private static void narrow8(
      int depth, float[] a, int aAt, int[] aOffsets, float[] b, int bAt, int[] bOffsets, float[] c,
      int cAt, int cStep) {
    FloatVector c0 = FloatVector.zero(S);
    FloatVector c1 = FloatVector.zero(S);
    FloatVector c2 = FloatVector.zero(S);
    FloatVector c3 = FloatVector.zero(S);
    FloatVector c4 = FloatVector.zero(S);
    FloatVector c5 = FloatVector.zero(S);
    FloatVector c6 = FloatVector.zero(S);
    FloatVector c7 = FloatVector.zero(S);
    for (int p = 0; p < depth; p++) {
      int at = bAt + bOffsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      int from = aAt + aOffsets[p];
      c0 = FloatVector.broadcast(S, a[from]).fma(u, c0);
      c1 = FloatVector.broadcast(S, a[from + 1]).fma(u, c1);
      c2 = FloatVector.broadcast(S, a[from + 2]).fma(u, c2);
      c3 = FloatVector.broadcast(S, a[from + 3]).fma(u, c3);
      c4 = FloatVector.broadcast(S, a[from + 4]).fma(u, c4);
      c5 = FloatVector.broadcast(S, a[from + 5]).fma(u, c5);
      c6 = FloatVector.broadcast(S, a[from + 6]).fma(u, c6);
      c7 = FloatVector.broadcast(S, a[from + 7]).fma(u, c7);
    }
    c0.intoArray(c, cAt);
    c1.intoArray(c, cAt + cStep);
    c2.intoArray(c, cAt + 2 * cStep);
    c3.intoArray(c, cAt + 3 * cStep);
    c4.intoArray(c, cAt + 4 * cStep);
    c5.intoArray(c, cAt + 5 * cStep);
    c6.intoArray(c, cAt + 6 * cStep);
    c7.intoArray(c, cAt + 7 * cStep);
  }

  private static void narrow6(
      int depth, float[] a, int aAt, int[] aOffsets, float[] b, int bAt, int[] bOffsets, float[] c,
      int cAt, int cStep) {
    FloatVector c0 = FloatVector.zero(S);
    FloatVector c1 = FloatVector.zero(S);
    FloatVector c2 = FloatVector.zero(S);
    FloatVector c3 = FloatVector.zero(S);
    FloatVector c4 = FloatVector.zero(S);
    FloatVector c5 = FloatVector.zero(S);
    for (int p = 0; p < depth; p++) {
      int at = bAt + bOffsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      int from = aAt + aOffsets[p];
      c0 = FloatVector.broadcast(S, a[from]).fma(u, c0);
      c1 = FloatVector.broadcast(S, a[from + 1]).fma(u, c1);
      c2 = FloatVector.broadcast(S, a[from + 2]).fma(u, c2);
      c3 = FloatVector.broadcast(S, a[from + 3]).fma(u, c3);
      c4 = FloatVector.broadcast(S, a[from + 4]).fma(u, c4);
      c5 = FloatVector.broadcast(S, a[from + 5]).fma(u, c5);
    }
    c0.intoArray(c, cAt);
    c1.intoArray(c, cAt + cStep);
    c2.intoArray(c, cAt + 2 * cStep);
    c3.intoArray(c, cAt + 3 * cStep);
    c4.intoArray(c, cAt + 4 * cStep);
    c5.intoArray(c, cAt + 5 * cStep);
  }

  private static void narrow4(
      int depth, float[] a, int aAt, int[] aOffsets, float[] b, int bAt, int[] bOffsets, float[] c,
      int cAt, int cStep) {
    FloatVector c0 = FloatVector.zero(S);
    FloatVector c1 = FloatVector.zero(S);
    FloatVector c2 = FloatVector.zero(S);
    FloatVector c3 = FloatVector.zero(S);
    for (int p = 0; p < depth; p++) {
      int at = bAt + bOffsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      int from = aAt + aOffsets[p];
      c0 = FloatVector.broadcast(S, a[from]).fma(u, c0);
      c1 = FloatVector.broadcast(S, a[from + 1]).fma(u, c1);
      c2 = FloatVector.broadcast(S, a[from + 2]).fma(u, c2);
      c3 = FloatVector.broadcast(S, a[from + 3]).fma(u, c3);
    }
    c0.intoArray(c, cAt);
    c1.intoArray(c, cAt + cStep);
    c2.intoArray(c, cAt + 2 * cStep);
    c3.intoArray(c, cAt + 3 * cStep);
  }

  private static void narrow2(
      int depth, float[] a, int aAt, int[] aOffsets, float[] b, int bAt, int[] bOffsets, float[] c,
      int cAt, int cStep) {
    FloatVector c0 = FloatVector.zero(S);
    FloatVector c1 = FloatVector.zero(S);
    for (int p = 0; p < depth; p++) {
      int at = bAt + bOffsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      int from = aAt + aOffsets[p];
      c0 = FloatVector.broadcast(S, a[from]).fma(u, c0);
      c1 = FloatVector.broadcast(S, a[from + 1]).fma(u, c1);
    }
    c0.intoArray(c, cAt);
    c1.intoArray(c, cAt + cStep);
  }

  private static void narrow1(
      int depth, float[] a, int aAt, int[] aOffsets, float[] b, int bAt, int[] bOffsets, float[] c,
      int cAt) {
    FloatVector c0 = FloatVector.zero(S);
    for (int p = 0; p < depth; p++) {
      int at = bAt + bOffsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      int from = aAt + aOffsets[p];
      c0 = FloatVector.broadcast(S, a[from]).fma(u, c0);
    }
    c0.intoArray(c, cAt);
  }
}
