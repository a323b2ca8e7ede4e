package nn.core.kernel;

import java.lang.invoke.VarHandle;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/// The innermost loops of matrix products and convolutions: a small tile of C is held in registers while the products run
/// over the whole depth, `C[i][j] = Σₚ A[i][p] · B[p][j]`.
///
/// A is read number by number at `aAt + aOffsets[p] + i`, B vector by vector at `bAt + bOffsets[p] + j`. So either may be packed
/// (see [VectorPack]), a matrix as it is, or what the taps of a convolution see of an image, without being copied together.
///
/// The sums begin at 0 in registers, and what they are added to is added afterwards: loaded first, C would have to arrive before
/// the first product (0.87 of the peak in place of 0.93). One method for each shape, spelled out: C2 keeps vectors in registers
/// only as local variables of one method. On one core, operands in cache: 12 rows of 2 vectors run at 270 GF/s where the peak is
/// 289, 8 rows at 255, 4 rows at 195, 12 rows of 1 vector at 195 (512 bit, AMD Zen 5). Where both are packed and the
/// depth is even, 12 rows of 2 vectors of 512 bit have a tile of their own, [VectorTilePacked12]; with 16 registers, [VectorTilePacked].
final class VectorTile {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();

  /// How many numbers a tile has in a row, and a packed panel of B for each p.
  static final int WIDTH = 2 * L;

  private static final boolean X86 =
      List.of("amd64", "x86_64").contains(System.getProperty("os.arch"));

  /// Whether the processor has 16 vector registers, as x86 has without AVX-512; others have 32.
  static final boolean FEW_REGISTERS = X86 && S.vectorBitSize() < 512;

  /// Whether [VectorTilePacked12] is used: its fences are instructions where the processor is no x86.
  static final boolean PACKED_12 = X86 && S.vectorBitSize() == 512;

  /// The most rows of a tile.
  static final int ROWS = FEW_REGISTERS ? VectorTilePacked.ROWS : 12;

  private VectorTile() {}

  /// How many rows the next tile has if `left` rows are left.
  static int rows(int left) {
    if (FEW_REGISTERS) {
      return left >= 6 && left != 8 ? 6 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    }
    return left >= 12 && left != 16 ? 12 : left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
  }

  /// From one p of a packed tile of so many rows to the next: more than its rows where a packed tile of its own reads it
  /// ([VectorTilePacked#PITCH], [VectorTilePacked12#PITCH]).
  static int pitch(int rows) {
    if (FEW_REGISTERS) {
      return rows == VectorTilePacked.ROWS ? VectorTilePacked.PITCH : rows;
    }
    return rows == VectorTilePacked12.ROWS && PACKED_12 ? VectorTilePacked12.PITCH : rows;
  }

  /// Where the tile that begins with this row of a packed A stands.
  static int packedAt(int row, int depth) {
    return (row / ROWS * pitch(ROWS) + row % ROWS) * depth;
  }

  /// The room that so many rows of a packed A need, with another vector at the end.
  static int packedSize(int rows, int depth) {
    return packedAt(rows, depth) + WIDTH;
  }

  /// What a panel of so many rows takes, in units of a row of a full tile: small tiles wait for their own sums.
  static int cost(int rows) {
    int cost = 0;
    int tile;
    for (int r = 0; r < rows; r += tile) {
      tile = rows(rows - r);
      cost += Math.max(tile, 4);
    }
    return cost;
  }

  /// A panel of C, `m` rows of `lanes` ≤ [#WIDTH] numbers: C = A · B, or C += A · B, for A packed by [VectorPack#rows] and
  /// a packed panel of B.
  static void packed(
      int m, int lanes, int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt,
      int cStep, boolean add) {
    panel(m, lanes, depth, a, aAt, b, bAt, null, c, cAt, cStep, add);
  }

  /// The same for B at `bAt + bOffsets[p]`, or packed without offsets. B is read up to a whole vector, a packed panel up to its whole row,
  /// so there must be something to read.
  static void panel(
      int m, int lanes, int depth, float[] a, int aAt, float[] b, int bAt,
      int @Nullable [] bOffsets, float[] c, int cAt, int cStep, boolean add) {
    int rows;
    for (int r = 0; r < m; r += rows) {
      rows = rows(m - r);
      tile(
          rows, lanes, depth, a, aAt + packedAt(r, depth), null, b, bAt, bOffsets, c,
          cAt + r * cStep, cStep, add);
    }
  }

  /// The same for A at `aAt + aOffsets[p]`, its rows next to each other. Where there are few registers, B had better be packed.
  static void panel(
      int m, int lanes, int depth, float[] a, int aAt, int[] aOffsets, float[] b, int bAt,
      int @Nullable [] bOffsets, float[] c, int cAt, int cStep, boolean add) {
    int rows;
    for (int r = 0; r < m; r += rows) {
      rows = rows(m - r);
      tile(
          rows, lanes, depth, a, aAt + r, aOffsets, b, bAt, bOffsets, c, cAt + r * cStep, cStep,
          add);
    }
  }

  private static void tile(
      int rows, int lanes, int depth, float[] a, int aAt, int @Nullable [] aOffsets, float[] b,
      int bAt, int @Nullable [] bOffsets, float[] c, int cAt, int cStep, boolean add) {
    boolean packed =
        FEW_REGISTERS && bOffsets == null && rows >= 4
            && (lanes > L || aOffsets == null); // quicker for two vectors than by offsets for one
    boolean inPlace = !add && (lanes == WIDTH || (lanes == L && !packed));
    float[] to = inPlace ? c : Scratch.TILE.floats(ROWS * WIDTH);
    int at = inPlace ? cAt : 0;
    int step = inPlace ? cStep : WIDTH;
    if (packed) {
      VectorTilePacked.tile(rows, depth, a, aAt, aOffsets, b, bAt, to, at, step);
    } else if (PACKED_12 && rows == VectorTilePacked12.ROWS && lanes > L && depth % 2 == 0
        && aOffsets == null && bOffsets == null) {
      VectorTilePacked12.tile(depth, a, aAt, b, bAt, to, at, step);
    } else {
      int[] ofA = aOffsets == null ? VectorPack.steps(depth, pitch(rows)) : aOffsets;
      int[] ofB = bOffsets == null ? VectorPack.steps(depth, WIDTH) : bOffsets;
      if (lanes > L) {
        wide(rows, depth, a, aAt, ofA, b, bAt, ofB, to, at, step);
      } else {
        VectorTileNarrow.tile(rows, depth, a, aAt, ofA, b, bAt, ofB, to, at, step);
      }
    }
    for (int i = 0; i < rows && !inPlace; i++) {
      if (add) {
        add(to, i * WIDTH, c, cAt + i * cStep, lanes);
      } else {
        System.arraycopy(to, i * WIDTH, c, cAt + i * cStep, lanes);
      }
    }
  }

  /// `to[toAt + j] += from[fromAt + j]` for j < n. A plain loop at different places makes no vector instructions.
  static void add(float[] from, int fromAt, float[] to, int toAt, int n) {
    int j = 0;
    for (; j + L <= n; j += L) {
      FloatVector.fromArray(S, to, toAt + j).add(FloatVector.fromArray(S, from, fromAt + j))
          .intoArray(to, toAt + j);
    }
    for (; j < n; j++) {
      to[toAt + j] += from[fromAt + j];
    }
  }

  private static void wide(
      int rows, int depth, float[] a, int aAt, int[] aOffsets, float[] b, int bAt, int[] bOffsets,
      float[] c, int cAt, int cStep) {
    switch (rows) {
      case 12 -> wide12(depth, a, aAt, aOffsets, b, bAt, bOffsets, c, cAt, cStep);
      case 8 -> wide8(depth, a, aAt, aOffsets, b, bAt, bOffsets, c, cAt, cStep);
      case 6 -> wide6(depth, a, aAt, aOffsets, b, bAt, bOffsets, c, cAt, cStep);
      case 4 -> wide4(depth, a, aAt, aOffsets, b, bAt, bOffsets, c, cAt, cStep);
      case 2 -> wide2(depth, a, aAt, aOffsets, b, bAt, bOffsets, c, cAt, cStep);
      case 1 -> wide1(depth, a, aAt, aOffsets, b, bAt, bOffsets, c, cAt);
      default -> throw new IllegalArgumentException("no tile of " + rows + " rows");
    }
  }

  private static void wide12(
      int depth, float[] a, int aAt, int[] aOffsets, float[] b, int bAt, int[] bOffsets, float[] c,
      int cAt, int cStep) {
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
      int at = bAt + bOffsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      int from = aAt + aOffsets[p];
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

  private static void wide8(
      int depth, float[] a, int aAt, int[] aOffsets, float[] b, int bAt, int[] bOffsets, float[] c,
      int cAt, int cStep) {
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
      int at = bAt + bOffsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      int from = aAt + aOffsets[p];
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
  }

  /// For 16 registers: why there are fences, [VectorTilePacked] says.
  private static void wide6(
      int depth, float[] a, int aAt, int[] aOffsets, float[] b, int bAt, int[] bOffsets, float[] c,
      int cAt, int cStep) {
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
      int at = bAt + bOffsets[p];
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
      int depth, float[] a, int aAt, int[] aOffsets, float[] b, int bAt, int[] bOffsets, float[] c,
      int cAt, int cStep) {
    FloatVector c0u = FloatVector.zero(S);
    FloatVector c0v = FloatVector.zero(S);
    FloatVector c1u = FloatVector.zero(S);
    FloatVector c1v = FloatVector.zero(S);
    FloatVector c2u = FloatVector.zero(S);
    FloatVector c2v = FloatVector.zero(S);
    FloatVector c3u = FloatVector.zero(S);
    FloatVector c3v = FloatVector.zero(S);
    for (int p = 0; p < depth; p++) {
      int at = bAt + bOffsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      int from = aAt + aOffsets[p];
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
      int depth, float[] a, int aAt, int[] aOffsets, float[] b, int bAt, int[] bOffsets, float[] c,
      int cAt, int cStep) {
    FloatVector c0u = FloatVector.zero(S);
    FloatVector c0v = FloatVector.zero(S);
    FloatVector c1u = FloatVector.zero(S);
    FloatVector c1v = FloatVector.zero(S);
    for (int p = 0; p < depth; p++) {
      int at = bAt + bOffsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      int from = aAt + aOffsets[p];
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
      int depth, float[] a, int aAt, int[] aOffsets, float[] b, int bAt, int[] bOffsets, float[] c,
      int cAt) {
    FloatVector c0u = FloatVector.zero(S);
    FloatVector c0v = FloatVector.zero(S);
    for (int p = 0; p < depth; p++) {
      int at = bAt + bOffsets[p];
      FloatVector u = FloatVector.fromArray(S, b, at);
      FloatVector v = FloatVector.fromArray(S, b, at + L);
      int from = aAt + aOffsets[p];
      FloatVector f = FloatVector.broadcast(S, a[from]);
      c0u = f.fma(u, c0u);
      c0v = f.fma(v, c0v);
    }
    c0u.intoArray(c, cAt);
    c0v.intoArray(c, cAt + L);
  }
}
