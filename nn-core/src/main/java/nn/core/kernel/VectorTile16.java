package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// [VectorTile] for packed panels of B on processors with 16 registers (vectors of 256 bit and fewer): 3 rows of 3 vectors.
///
/// The panel's step is a constant, so C2 checks the array's bounds before the loop and may load as far ahead as it likes; then
/// all that is loaded for one p must fit beside the sums, or it spills: 3×3 sums, 3 vectors and 3 numbers do. 93 GF/s on one
/// core whose peak is 102 (AMD Zen 3, operands in cache); 4 rows of 2 vectors 68, 5 rows of 2 34, and 78 with the checks in the
/// loop ([VectorTile]).
final class VectorTile16 {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int WIDTH = 3 * L;

  private VectorTile16() {}

  /// As [VectorTile#panel], for B packed with [#WIDTH] numbers in a row.
  static void panel(
      int m, int lanes, int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt,
      int cStep, boolean add) {
    boolean inPlace = lanes % L == 0;
    float[] tile = inPlace ? c : Scratch.TILE.floats(3 * WIDTH);
    int step = inPlace ? cStep : WIDTH;
    int vectors = Math.ceilDiv(lanes, L);
    int rows;
    for (int r = 0; r < m; r += rows) {
      rows = VectorTile.rows(3, m - r);
      int to = cAt + r * cStep;
      int at = inPlace ? to : 0;
      if (!add) {
        clear(tile, at, rows, step, vectors);
      } else if (!inPlace) {
        VectorTile.copy(c, to, cStep, tile, 0, WIDTH, rows, lanes);
      }
      tile(rows, vectors, depth, a, aAt + r * depth, b, bAt, tile, at, step);
      if (!inPlace) {
        VectorTile.copy(tile, 0, WIDTH, c, to, cStep, rows, lanes);
      }
    }
  }

  private static void clear(float[] c, int at, int rows, int step, int vectors) {
    FloatVector zero = FloatVector.zero(S);
    for (int i = 0; i < rows; i++) {
      for (int v = 0; v < vectors; v++) {
        zero.intoArray(c, at + i * step + v * L);
      }
    }
  }

  private static void tile(
      int rows, int vectors, int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt,
      int cStep) {
    switch (rows * 3 + vectors) {
      case 12 -> three3(depth, a, aAt, b, bAt, c, cAt, cStep);
      case 11 -> three2(depth, a, aAt, b, bAt, c, cAt, cStep);
      case 10 -> three1(depth, a, aAt, b, bAt, c, cAt, cStep);
      case 9 -> two3(depth, a, aAt, b, bAt, c, cAt, cStep);
      case 8 -> two2(depth, a, aAt, b, bAt, c, cAt, cStep);
      case 7 -> two1(depth, a, aAt, b, bAt, c, cAt, cStep);
      case 6 -> one3(depth, a, aAt, b, bAt, c, cAt);
      case 5 -> one2(depth, a, aAt, b, bAt, c, cAt);
      default -> one1(depth, a, aAt, b, bAt, c, cAt);
    }
  }

  private static void three3(
      int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int cStep) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c0v = FloatVector.fromArray(S, c, cAt + L);
    FloatVector c0w = FloatVector.fromArray(S, c, cAt + 2 * L);
    FloatVector c1u = FloatVector.fromArray(S, c, cAt + cStep);
    FloatVector c1v = FloatVector.fromArray(S, c, cAt + cStep + L);
    FloatVector c1w = FloatVector.fromArray(S, c, cAt + cStep + 2 * L);
    FloatVector c2u = FloatVector.fromArray(S, c, cAt + 2 * cStep);
    FloatVector c2v = FloatVector.fromArray(S, c, cAt + 2 * cStep + L);
    FloatVector c2w = FloatVector.fromArray(S, c, cAt + 2 * cStep + 2 * L);
    for (int p = 0; p < depth; p++) {
      int at = bAt + p * WIDTH;
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      FloatVector w = FloatVector.fromArray(S, b, at + 2 * L);
      int from = aAt + p * 3;
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      c0w = f.fma(w, c0w);
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      c1w = f.fma(w, c1w);
      f = FloatVector.broadcast(S, a[from + 2]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      c2w = f.fma(w, c2w);
    }
    c0u.intoArray(c, cAt);
    c0v.intoArray(c, cAt + L);
    c0w.intoArray(c, cAt + 2 * L);
    c1u.intoArray(c, cAt + cStep);
    c1v.intoArray(c, cAt + cStep + L);
    c1w.intoArray(c, cAt + cStep + 2 * L);
    c2u.intoArray(c, cAt + 2 * cStep);
    c2v.intoArray(c, cAt + 2 * cStep + L);
    c2w.intoArray(c, cAt + 2 * cStep + 2 * L);
  }

  private static void three2(
      int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int cStep) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c0v = FloatVector.fromArray(S, c, cAt + L);
    FloatVector c1u = FloatVector.fromArray(S, c, cAt + cStep);
    FloatVector c1v = FloatVector.fromArray(S, c, cAt + cStep + L);
    FloatVector c2u = FloatVector.fromArray(S, c, cAt + 2 * cStep);
    FloatVector c2v = FloatVector.fromArray(S, c, cAt + 2 * cStep + L);
    for (int p = 0; p < depth; p++) {
      int at = bAt + p * WIDTH;
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      int from = aAt + p * 3;
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      f = FloatVector.broadcast(S, a[from + 2]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
    }
    c0u.intoArray(c, cAt);
    c0v.intoArray(c, cAt + L);
    c1u.intoArray(c, cAt + cStep);
    c1v.intoArray(c, cAt + cStep + L);
    c2u.intoArray(c, cAt + 2 * cStep);
    c2v.intoArray(c, cAt + 2 * cStep + L);
  }

  private static void three1(
      int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int cStep) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c1u = FloatVector.fromArray(S, c, cAt + cStep);
    FloatVector c2u = FloatVector.fromArray(S, c, cAt + 2 * cStep);
    for (int p = 0; p < depth; p++) {
      int at = bAt + p * WIDTH;
      FloatVector u = FloatVector.fromArray(S, b, at);
      int from = aAt + p * 3;
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
      f = FloatVector.broadcast(S, a[from + 2]);
      c2u = f.fma(u, c2u);
    }
    c0u.intoArray(c, cAt);
    c1u.intoArray(c, cAt + cStep);
    c2u.intoArray(c, cAt + 2 * cStep);
  }

  private static void two3(
      int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int cStep) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c0v = FloatVector.fromArray(S, c, cAt + L);
    FloatVector c0w = FloatVector.fromArray(S, c, cAt + 2 * L);
    FloatVector c1u = FloatVector.fromArray(S, c, cAt + cStep);
    FloatVector c1v = FloatVector.fromArray(S, c, cAt + cStep + L);
    FloatVector c1w = FloatVector.fromArray(S, c, cAt + cStep + 2 * L);
    for (int p = 0; p < depth; p++) {
      int at = bAt + p * WIDTH;
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      FloatVector w = FloatVector.fromArray(S, b, at + 2 * L);
      int from = aAt + p * 2;
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      c0w = f.fma(w, c0w);
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      c1w = f.fma(w, c1w);
    }
    c0u.intoArray(c, cAt);
    c0v.intoArray(c, cAt + L);
    c0w.intoArray(c, cAt + 2 * L);
    c1u.intoArray(c, cAt + cStep);
    c1v.intoArray(c, cAt + cStep + L);
    c1w.intoArray(c, cAt + cStep + 2 * L);
  }

  private static void two2(
      int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int cStep) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c0v = FloatVector.fromArray(S, c, cAt + L);
    FloatVector c1u = FloatVector.fromArray(S, c, cAt + cStep);
    FloatVector c1v = FloatVector.fromArray(S, c, cAt + cStep + L);
    for (int p = 0; p < depth; p++) {
      int at = bAt + p * WIDTH;
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      int from = aAt + p * 2;
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
    }
    c0u.intoArray(c, cAt);
    c0v.intoArray(c, cAt + L);
    c1u.intoArray(c, cAt + cStep);
    c1v.intoArray(c, cAt + cStep + L);
  }

  private static void two1(
      int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int cStep) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c1u = FloatVector.fromArray(S, c, cAt + cStep);
    for (int p = 0; p < depth; p++) {
      int at = bAt + p * WIDTH;
      FloatVector u = FloatVector.fromArray(S, b, at);
      int from = aAt + p * 2;
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
    }
    c0u.intoArray(c, cAt);
    c1u.intoArray(c, cAt + cStep);
  }

  private static void one3(
      int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c0v = FloatVector.fromArray(S, c, cAt + L);
    FloatVector c0w = FloatVector.fromArray(S, c, cAt + 2 * L);
    for (int p = 0; p < depth; p++) {
      int at = bAt + p * WIDTH;
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      FloatVector w = FloatVector.fromArray(S, b, at + 2 * L);
      FloatVector f = FloatVector.broadcast(S, a[aAt + p]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      c0w = f.fma(w, c0w);
    }
    c0u.intoArray(c, cAt);
    c0v.intoArray(c, cAt + L);
    c0w.intoArray(c, cAt + 2 * L);
  }

  private static void one2(
      int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c0v = FloatVector.fromArray(S, c, cAt + L);
    for (int p = 0; p < depth; p++) {
      int at = bAt + p * WIDTH;
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      FloatVector f = FloatVector.broadcast(S, a[aAt + p]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
    }
    c0u.intoArray(c, cAt);
    c0v.intoArray(c, cAt + L);
  }

  private static void one1(
      int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    for (int p = 0; p < depth; p++) {
      int at = bAt + p * WIDTH;
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector f = FloatVector.broadcast(S, a[aAt + p]);
      c0u = f.fma(u, c0u);
    }
    c0u.intoArray(c, cAt);
  }
}
