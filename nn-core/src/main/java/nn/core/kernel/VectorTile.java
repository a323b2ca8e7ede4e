package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The innermost loops of matrix products: a small tile of C is held in registers while the products run over the whole
/// depth.
///
/// A is packed: for each tile of rows, the rows' numbers for the first p, then for the next (see [VectorPack]). B is read
/// at `bAt + offsets[p]`, so that it may be a packed panel, a matrix as it is, or the pixels of an image that the taps of
/// a convolution see, without being copied together.
///
/// The methods add to what stands in C. One method for each shape, spelled out: C2 keeps vectors in registers only as local variables of one method.
/// 12 rows of 2 vectors run at 113 GF/s on one core whose peak is 116 (512 bit, AMD Zen 4, operands in cache), 4 rows
/// at 110, 2 at 79; 12 rows of 1 vector at 84. With 16 registers (vectors of 256 bit and
/// fewer) the tile is 5 rows of 2: 78 GF/s where the peak is 87 (AMD Zen 3), 4 rows 63; 6 rows would fit on paper, but C2 loads
/// ahead and spills: 43.
final class VectorTile {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();

  /// How many numbers a wide tile has in a row.
  static final int WIDTH = 2 * L;

  /// The most rows of a tile.
  static final int ROWS = S.vectorBitSize() >= 512 ? 12 : 5;

  /// The most rows of a tile of [#packed].
  static final int PACKED_ROWS = ROWS == 12 ? 12 : 3;

  /// How many numbers a packed panel of B has in a row.
  static final int PACKED_WIDTH = ROWS == 12 ? WIDTH : 3 * L;

  private static volatile int[] steps = VectorPack.steps(1 << 10, WIDTH);

  private VectorTile() {}

  /// How many rows the next tile has, `most` at most, if `left` rows are left.
  static int rows(int most, int left) {
    return switch (most) {
      case 12 -> left >= 12 ? 12 : left >= 6 ? 6 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
      case 5 -> left == 8 || left == 12 || left == 16 ? 4 // so that 5s and 4s come out even
          : left == 5 || left >= 7 ? 5
          : left >= 4 ? 4
          : left >= 2 ? 2
          : 1;
      default -> left >= 5 || left == 3 ? 3 : left >= 2 ? 2 : 1;
    };
  }

  /// As [#panel], for a panel of B that is packed: [#PACKED_WIDTH] numbers for each p, one p after the other. A is packed for
  /// tiles of [#PACKED_ROWS].
  static void packed(
      int m, int lanes, int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt,
      int cStep, boolean add) {
    if (PACKED_ROWS == 3) {
      VectorTile16.panel(m, lanes, depth, a, aAt, b, bAt, c, cAt, cStep, add);
      return;
    }
    int[] offsets = steps;
    if (offsets.length < depth) {
      offsets = VectorPack.steps(depth, WIDTH);
      steps = offsets;
    }
    panel(m, lanes, depth, a, aAt, b, bAt, offsets, c, cAt, cStep, add);
  }

  /// One panel of C, `m` rows of `lanes` ≤ [#WIDTH] numbers: C = A · B, or C += A · B. B is read up to a whole vector, so
  /// there must be something to read.
  static void panel(
      int m, int lanes, int depth, float[] a, int aAt, float[] b, int bAt, int[] offsets,
      float[] c, int cAt, int cStep, boolean add) {
    boolean inPlace = lanes == WIDTH || lanes == L;
    float[] tile = inPlace ? c : Scratch.TILE.floats(ROWS * WIDTH);
    int step = inPlace ? cStep : WIDTH;
    int rows;
    for (int r = 0; r < m; r += rows) {
      rows = rows(ROWS, m - r);
      int to = cAt + r * cStep;
      int at = inPlace ? to : 0;
      if (!add) {
        clear(tile, at, rows, step, lanes > L);
      } else if (!inPlace) {
        copy(c, to, cStep, tile, 0, WIDTH, rows, lanes);
      }
      if (lanes > L) {
        wide(rows, depth, a, aAt + r * depth, b, bAt, offsets, tile, at, step);
      } else {
        narrow(rows, depth, a, aAt + r * depth, b, bAt, offsets, tile, at, step);
      }
      if (!inPlace) {
        copy(tile, 0, WIDTH, c, to, cStep, rows, lanes);
      }
    }
  }

  private static void clear(float[] c, int at, int rows, int step, boolean wide) {
    FloatVector zero = FloatVector.zero(S);
    for (int i = 0; i < rows; i++) {
      zero.intoArray(c, at + i * step);
      if (wide) {
        zero.intoArray(c, at + i * step + L);
      }
    }
  }

  static void copy(
      float[] from, int fromAt, int fromStep, float[] to, int toAt, int toStep, int rows,
      int lanes) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(from, fromAt + i * fromStep, to, toAt + i * toStep, lanes);
    }
  }

  private static void wide(
      int rows, int depth, float[] a, int aAt, float[] b, int bAt, int[] offsets, float[] c,
      int cAt, int cStep) {
    switch (rows) {
      case 12 -> wide12(depth, a, aAt, b, bAt, offsets, c, cAt, cStep);
      case 6 -> wide6(depth, a, aAt, b, bAt, offsets, c, cAt, cStep);
      case 5 -> wide5(depth, a, aAt, b, bAt, offsets, c, cAt, cStep);
      case 4 -> wide4(depth, a, aAt, b, bAt, offsets, c, cAt, cStep);
      case 2 -> wide2(depth, a, aAt, b, bAt, offsets, c, cAt, cStep);
      default -> wide1(depth, a, aAt, b, bAt, offsets, c, cAt);
    }
  }

  private static void narrow(
      int rows, int depth, float[] a, int aAt, float[] b, int bAt, int[] offsets, float[] c,
      int cAt, int cStep) {
    switch (rows) {
      case 12 -> narrow12(depth, a, aAt, b, bAt, offsets, c, cAt, cStep);
      case 6 -> narrow6(depth, a, aAt, b, bAt, offsets, c, cAt, cStep);
      case 5 -> narrow5(depth, a, aAt, b, bAt, offsets, c, cAt, cStep);
      case 4 -> narrow4(depth, a, aAt, b, bAt, offsets, c, cAt, cStep);
      case 2 -> narrow2(depth, a, aAt, b, bAt, offsets, c, cAt, cStep);
      default -> narrow1(depth, a, aAt, b, bAt, offsets, c, cAt);
    }
  }

  private static void wide12(
      int depth, float[] a, int aAt, float[] b, int bAt, int[] offsets, float[] c, int cAt,
      int cStep) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c0v = FloatVector.fromArray(S, c, cAt + L);
    FloatVector c1u = FloatVector.fromArray(S, c, cAt + cStep);
    FloatVector c1v = FloatVector.fromArray(S, c, cAt + cStep + L);
    FloatVector c2u = FloatVector.fromArray(S, c, cAt + 2 * cStep);
    FloatVector c2v = FloatVector.fromArray(S, c, cAt + 2 * cStep + L);
    FloatVector c3u = FloatVector.fromArray(S, c, cAt + 3 * cStep);
    FloatVector c3v = FloatVector.fromArray(S, c, cAt + 3 * cStep + L);
    FloatVector c4u = FloatVector.fromArray(S, c, cAt + 4 * cStep);
    FloatVector c4v = FloatVector.fromArray(S, c, cAt + 4 * cStep + L);
    FloatVector c5u = FloatVector.fromArray(S, c, cAt + 5 * cStep);
    FloatVector c5v = FloatVector.fromArray(S, c, cAt + 5 * cStep + L);
    FloatVector c6u = FloatVector.fromArray(S, c, cAt + 6 * cStep);
    FloatVector c6v = FloatVector.fromArray(S, c, cAt + 6 * cStep + L);
    FloatVector c7u = FloatVector.fromArray(S, c, cAt + 7 * cStep);
    FloatVector c7v = FloatVector.fromArray(S, c, cAt + 7 * cStep + L);
    FloatVector c8u = FloatVector.fromArray(S, c, cAt + 8 * cStep);
    FloatVector c8v = FloatVector.fromArray(S, c, cAt + 8 * cStep + L);
    FloatVector c9u = FloatVector.fromArray(S, c, cAt + 9 * cStep);
    FloatVector c9v = FloatVector.fromArray(S, c, cAt + 9 * cStep + L);
    FloatVector c10u = FloatVector.fromArray(S, c, cAt + 10 * cStep);
    FloatVector c10v = FloatVector.fromArray(S, c, cAt + 10 * cStep + L);
    FloatVector c11u = FloatVector.fromArray(S, c, cAt + 11 * cStep);
    FloatVector c11v = FloatVector.fromArray(S, c, cAt + 11 * cStep + L);
    for (int p = 0; p < depth; p++) {
      int at = bAt + offsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      int from = aAt + p * 12;
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      f = FloatVector.broadcast(S, a[from + 2]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      f = FloatVector.broadcast(S, a[from + 3]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
      f = FloatVector.broadcast(S, a[from + 4]);
      c4u = f.fma(u, c4u);
      c4v = f.fma(v, c4v);
      f = FloatVector.broadcast(S, a[from + 5]);
      c5u = f.fma(u, c5u);
      c5v = f.fma(v, c5v);
      f = FloatVector.broadcast(S, a[from + 6]);
      c6u = f.fma(u, c6u);
      c6v = f.fma(v, c6v);
      f = FloatVector.broadcast(S, a[from + 7]);
      c7u = f.fma(u, c7u);
      c7v = f.fma(v, c7v);
      f = FloatVector.broadcast(S, a[from + 8]);
      c8u = f.fma(u, c8u);
      c8v = f.fma(v, c8v);
      f = FloatVector.broadcast(S, a[from + 9]);
      c9u = f.fma(u, c9u);
      c9v = f.fma(v, c9v);
      f = FloatVector.broadcast(S, a[from + 10]);
      c10u = f.fma(u, c10u);
      c10v = f.fma(v, c10v);
      f = FloatVector.broadcast(S, a[from + 11]);
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

  private static void wide6(
      int depth, float[] a, int aAt, float[] b, int bAt, int[] offsets, float[] c, int cAt,
      int cStep) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c0v = FloatVector.fromArray(S, c, cAt + L);
    FloatVector c1u = FloatVector.fromArray(S, c, cAt + cStep);
    FloatVector c1v = FloatVector.fromArray(S, c, cAt + cStep + L);
    FloatVector c2u = FloatVector.fromArray(S, c, cAt + 2 * cStep);
    FloatVector c2v = FloatVector.fromArray(S, c, cAt + 2 * cStep + L);
    FloatVector c3u = FloatVector.fromArray(S, c, cAt + 3 * cStep);
    FloatVector c3v = FloatVector.fromArray(S, c, cAt + 3 * cStep + L);
    FloatVector c4u = FloatVector.fromArray(S, c, cAt + 4 * cStep);
    FloatVector c4v = FloatVector.fromArray(S, c, cAt + 4 * cStep + L);
    FloatVector c5u = FloatVector.fromArray(S, c, cAt + 5 * cStep);
    FloatVector c5v = FloatVector.fromArray(S, c, cAt + 5 * cStep + L);
    for (int p = 0; p < depth; p++) {
      int at = bAt + offsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      int from = aAt + p * 6;
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      f = FloatVector.broadcast(S, a[from + 2]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      f = FloatVector.broadcast(S, a[from + 3]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
      f = FloatVector.broadcast(S, a[from + 4]);
      c4u = f.fma(u, c4u);
      c4v = f.fma(v, c4v);
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

  private static void wide5(
      int depth, float[] a, int aAt, float[] b, int bAt, int[] offsets, float[] c, int cAt,
      int cStep) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c0v = FloatVector.fromArray(S, c, cAt + L);
    FloatVector c1u = FloatVector.fromArray(S, c, cAt + cStep);
    FloatVector c1v = FloatVector.fromArray(S, c, cAt + cStep + L);
    FloatVector c2u = FloatVector.fromArray(S, c, cAt + 2 * cStep);
    FloatVector c2v = FloatVector.fromArray(S, c, cAt + 2 * cStep + L);
    FloatVector c3u = FloatVector.fromArray(S, c, cAt + 3 * cStep);
    FloatVector c3v = FloatVector.fromArray(S, c, cAt + 3 * cStep + L);
    FloatVector c4u = FloatVector.fromArray(S, c, cAt + 4 * cStep);
    FloatVector c4v = FloatVector.fromArray(S, c, cAt + 4 * cStep + L);
    for (int p = 0; p < depth; p++) {
      int at = bAt + offsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      int from = aAt + p * 5;
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      f = FloatVector.broadcast(S, a[from + 2]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
      f = FloatVector.broadcast(S, a[from + 3]);
      c3u = f.fma(u, c3u);
      c3v = f.fma(v, c3v);
      f = FloatVector.broadcast(S, a[from + 4]);
      c4u = f.fma(u, c4u);
      c4v = f.fma(v, c4v);
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
  }

  private static void wide4(
      int depth, float[] a, int aAt, float[] b, int bAt, int[] offsets, float[] c, int cAt,
      int cStep) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c0v = FloatVector.fromArray(S, c, cAt + L);
    FloatVector c1u = FloatVector.fromArray(S, c, cAt + cStep);
    FloatVector c1v = FloatVector.fromArray(S, c, cAt + cStep + L);
    FloatVector c2u = FloatVector.fromArray(S, c, cAt + 2 * cStep);
    FloatVector c2v = FloatVector.fromArray(S, c, cAt + 2 * cStep + L);
    FloatVector c3u = FloatVector.fromArray(S, c, cAt + 3 * cStep);
    FloatVector c3v = FloatVector.fromArray(S, c, cAt + 3 * cStep + L);
    for (int p = 0; p < depth; p++) {
      int at = bAt + offsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      int from = aAt + p * 4;
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
      c1v = f.fma(v, c1v);
      f = FloatVector.broadcast(S, a[from + 2]);
      c2u = f.fma(u, c2u);
      c2v = f.fma(v, c2v);
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

  private static void wide2(
      int depth, float[] a, int aAt, float[] b, int bAt, int[] offsets, float[] c, int cAt,
      int cStep) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c0v = FloatVector.fromArray(S, c, cAt + L);
    FloatVector c1u = FloatVector.fromArray(S, c, cAt + cStep);
    FloatVector c1v = FloatVector.fromArray(S, c, cAt + cStep + L);
    for (int p = 0; p < depth; p++) {
      int at = bAt + offsets[p];
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

  private static void wide1(
      int depth, float[] a, int aAt, float[] b, int bAt, int[] offsets, float[] c, int cAt) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c0v = FloatVector.fromArray(S, c, cAt + L);
    for (int p = 0; p < depth; p++) {
      int at = bAt + offsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      int from = aAt + p;
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
    }
    c0u.intoArray(c, cAt);
    c0v.intoArray(c, cAt + L);
  }

  private static void narrow12(
      int depth, float[] a, int aAt, float[] b, int bAt, int[] offsets, float[] c, int cAt,
      int cStep) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c1u = FloatVector.fromArray(S, c, cAt + cStep);
    FloatVector c2u = FloatVector.fromArray(S, c, cAt + 2 * cStep);
    FloatVector c3u = FloatVector.fromArray(S, c, cAt + 3 * cStep);
    FloatVector c4u = FloatVector.fromArray(S, c, cAt + 4 * cStep);
    FloatVector c5u = FloatVector.fromArray(S, c, cAt + 5 * cStep);
    FloatVector c6u = FloatVector.fromArray(S, c, cAt + 6 * cStep);
    FloatVector c7u = FloatVector.fromArray(S, c, cAt + 7 * cStep);
    FloatVector c8u = FloatVector.fromArray(S, c, cAt + 8 * cStep);
    FloatVector c9u = FloatVector.fromArray(S, c, cAt + 9 * cStep);
    FloatVector c10u = FloatVector.fromArray(S, c, cAt + 10 * cStep);
    FloatVector c11u = FloatVector.fromArray(S, c, cAt + 11 * cStep);
    for (int p = 0; p < depth; p++) {
      int at = bAt + offsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      int from = aAt + p * 12;
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
      f = FloatVector.broadcast(S, a[from + 2]);
      c2u = f.fma(u, c2u);
      f = FloatVector.broadcast(S, a[from + 3]);
      c3u = f.fma(u, c3u);
      f = FloatVector.broadcast(S, a[from + 4]);
      c4u = f.fma(u, c4u);
      f = FloatVector.broadcast(S, a[from + 5]);
      c5u = f.fma(u, c5u);
      f = FloatVector.broadcast(S, a[from + 6]);
      c6u = f.fma(u, c6u);
      f = FloatVector.broadcast(S, a[from + 7]);
      c7u = f.fma(u, c7u);
      f = FloatVector.broadcast(S, a[from + 8]);
      c8u = f.fma(u, c8u);
      f = FloatVector.broadcast(S, a[from + 9]);
      c9u = f.fma(u, c9u);
      f = FloatVector.broadcast(S, a[from + 10]);
      c10u = f.fma(u, c10u);
      f = FloatVector.broadcast(S, a[from + 11]);
      c11u = f.fma(u, c11u);
    }
    c0u.intoArray(c, cAt);
    c1u.intoArray(c, cAt + cStep);
    c2u.intoArray(c, cAt + 2 * cStep);
    c3u.intoArray(c, cAt + 3 * cStep);
    c4u.intoArray(c, cAt + 4 * cStep);
    c5u.intoArray(c, cAt + 5 * cStep);
    c6u.intoArray(c, cAt + 6 * cStep);
    c7u.intoArray(c, cAt + 7 * cStep);
    c8u.intoArray(c, cAt + 8 * cStep);
    c9u.intoArray(c, cAt + 9 * cStep);
    c10u.intoArray(c, cAt + 10 * cStep);
    c11u.intoArray(c, cAt + 11 * cStep);
  }

  private static void narrow6(
      int depth, float[] a, int aAt, float[] b, int bAt, int[] offsets, float[] c, int cAt,
      int cStep) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c1u = FloatVector.fromArray(S, c, cAt + cStep);
    FloatVector c2u = FloatVector.fromArray(S, c, cAt + 2 * cStep);
    FloatVector c3u = FloatVector.fromArray(S, c, cAt + 3 * cStep);
    FloatVector c4u = FloatVector.fromArray(S, c, cAt + 4 * cStep);
    FloatVector c5u = FloatVector.fromArray(S, c, cAt + 5 * cStep);
    for (int p = 0; p < depth; p++) {
      int at = bAt + offsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      int from = aAt + p * 6;
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
      f = FloatVector.broadcast(S, a[from + 2]);
      c2u = f.fma(u, c2u);
      f = FloatVector.broadcast(S, a[from + 3]);
      c3u = f.fma(u, c3u);
      f = FloatVector.broadcast(S, a[from + 4]);
      c4u = f.fma(u, c4u);
      f = FloatVector.broadcast(S, a[from + 5]);
      c5u = f.fma(u, c5u);
    }
    c0u.intoArray(c, cAt);
    c1u.intoArray(c, cAt + cStep);
    c2u.intoArray(c, cAt + 2 * cStep);
    c3u.intoArray(c, cAt + 3 * cStep);
    c4u.intoArray(c, cAt + 4 * cStep);
    c5u.intoArray(c, cAt + 5 * cStep);
  }

  private static void narrow5(
      int depth, float[] a, int aAt, float[] b, int bAt, int[] offsets, float[] c, int cAt,
      int cStep) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c1u = FloatVector.fromArray(S, c, cAt + cStep);
    FloatVector c2u = FloatVector.fromArray(S, c, cAt + 2 * cStep);
    FloatVector c3u = FloatVector.fromArray(S, c, cAt + 3 * cStep);
    FloatVector c4u = FloatVector.fromArray(S, c, cAt + 4 * cStep);
    for (int p = 0; p < depth; p++) {
      int at = bAt + offsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      int from = aAt + p * 5;
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
      f = FloatVector.broadcast(S, a[from + 2]);
      c2u = f.fma(u, c2u);
      f = FloatVector.broadcast(S, a[from + 3]);
      c3u = f.fma(u, c3u);
      f = FloatVector.broadcast(S, a[from + 4]);
      c4u = f.fma(u, c4u);
    }
    c0u.intoArray(c, cAt);
    c1u.intoArray(c, cAt + cStep);
    c2u.intoArray(c, cAt + 2 * cStep);
    c3u.intoArray(c, cAt + 3 * cStep);
    c4u.intoArray(c, cAt + 4 * cStep);
  }

  private static void narrow4(
      int depth, float[] a, int aAt, float[] b, int bAt, int[] offsets, float[] c, int cAt,
      int cStep) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c1u = FloatVector.fromArray(S, c, cAt + cStep);
    FloatVector c2u = FloatVector.fromArray(S, c, cAt + 2 * cStep);
    FloatVector c3u = FloatVector.fromArray(S, c, cAt + 3 * cStep);
    for (int p = 0; p < depth; p++) {
      int at = bAt + offsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      int from = aAt + p * 4;
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      f = FloatVector.broadcast(S, a[from + 1]);
      c1u = f.fma(u, c1u);
      f = FloatVector.broadcast(S, a[from + 2]);
      c2u = f.fma(u, c2u);
      f = FloatVector.broadcast(S, a[from + 3]);
      c3u = f.fma(u, c3u);
    }
    c0u.intoArray(c, cAt);
    c1u.intoArray(c, cAt + cStep);
    c2u.intoArray(c, cAt + 2 * cStep);
    c3u.intoArray(c, cAt + 3 * cStep);
  }

  private static void narrow2(
      int depth, float[] a, int aAt, float[] b, int bAt, int[] offsets, float[] c, int cAt,
      int cStep) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    FloatVector c1u = FloatVector.fromArray(S, c, cAt + cStep);
    for (int p = 0; p < depth; p++) {
      int at = bAt + offsets[p];
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

  private static void narrow1(
      int depth, float[] a, int aAt, float[] b, int bAt, int[] offsets, float[] c, int cAt) {
    FloatVector c0u = FloatVector.fromArray(S, c, cAt);
    for (int p = 0; p < depth; p++) {
      int at = bAt + offsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      int from = aAt + p;
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
    }
    c0u.intoArray(c, cAt);
  }
}
