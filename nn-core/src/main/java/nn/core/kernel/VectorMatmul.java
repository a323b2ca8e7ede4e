package nn.core.kernel;

import java.util.Arrays;

/// Matrix products: A and B are packed block by block, shared by all threads, and multiplied tile by tile.
///
/// The blocks are those of Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008, with a long
/// depth: the result then travels to and from memory less often. Each number of C is one sum over the depth of a block
/// in a fixed order, and the blocks' sums are added in order: neither threads nor the vectors' width change a bit.
final class VectorMatmul {
  private static final int DEPTH = 1024; // of a block; half of it again is not cut
  private static final int ROWS = 48; // of A in one chunk: a multiple of every tile's rows; 192 KiB at full depth
  private static final int COLUMNS = 3072; // of B packed at once
  private static final long CHUNK = 1 << 20; // multiplications and additions that are worth a chunk of their own

  private static final int IN_PLACE = 1 << 18; // numbers of B, 1 MiB, that a core's cache holds: packing would not pay
  private static final int[] NONE = {};

  private VectorMatmul() {}

  /// C = A · B; the element (i, p) of A stands at `aAt + i·aRow + p·aColumn`, (p, j) of B at `bAt + p·bRow + j·bColumn`, so
  /// that either may be read transposed. C is `[m×n]`, rows one after the other.
  static void multiply(
      int m, int n, int k, float[] a, int aAt, int aRow, int aColumn,
      float[] b, int bAt, int bRow, int bColumn, float[] c, int cAt) {
    if (m == 0 || n == 0) {
      return;
    }
    if (k == 0) {
      Arrays.fill(c, cAt, cAt + m * n, 0f);
      return;
    }
    int blocks = k <= DEPTH * 3 / 2 ? 1 : Math.ceilDiv(k, DEPTH);
    for (int left = 0; left < n; left += COLUMNS) {
      int width = Math.min(COLUMNS, n - left);
      for (int block = 0; block < blocks; block++) {
        int first = (int) ((long) k * block / blocks);
        int depth = (int) ((long) k * (block + 1) / blocks) - first;
        block(
            m, width, depth, a, aAt + first * aColumn, aRow, aColumn,
            b, bAt + first * bRow + left * bColumn, bRow, bColumn, c, cAt + left, n, block > 0);
      }
    }
  }

  private static void block(
      int m, int n, int depth, float[] a, int aAt, int aRow, int aColumn,
      float[] b, int bAt, int bRow, int bColumn, float[] c, int cAt, int cStep, boolean add) {
    int w = VectorTile.WIDTH;
    int panels = Math.ceilDiv(n, w);
    long work = 2L * m * n * depth;
    int rowsAtOnce = work > 8 * CHUNK ? ROWS : ROWS / 2;
    int down = Math.ceilDiv(m, rowsAtOnce);
    int panelsAtOnce = Math.clamp((long) panels * down * CHUNK / work, 1, 16);
    int across = Math.ceilDiv(panels, panelsAtOnce);

    int whole = bColumn == 1 && (long) depth * bRow <= IN_PLACE ? n / w : 0; // panels that are read where they are
    int[] steps = whole > 0 ? VectorPack.steps(depth, bRow) : NONE;
    int packs = Math.ceilDiv(panels - whole, panelsAtOnce);

    float[] packedA = Scratch.PACKED_A.floats(m * depth + down * w);
    float[] packedB = Scratch.PACKED_B.floats((panels - whole) * w * depth);
    Parallel.chunks(
        down + packs,
        chunk -> {
          if (chunk < down) {
            int top = chunk * rowsAtOnce;
            int rows = Math.min(rowsAtOnce, m - top);
            VectorPack.rows(
                rows, depth, a, aAt + top * aRow, aRow, aColumn, packedA, top * depth + chunk * w);
          } else {
            int first = whole + (chunk - down) * panelsAtOnce;
            for (int panel = first; panel < Math.min(panels, first + panelsAtOnce); panel++) {
              int left = panel * w;
              VectorPack.panel(
                  Math.min(w, n - left), w, depth, b, bAt + left * bColumn, bRow, bColumn,
                  packedB, (panel - whole) * w * depth);
            }
          }
        });
    Parallel.chunks(
        down * across,
        chunk -> {
          int top = chunk / across * rowsAtOnce;
          int rows = Math.min(rowsAtOnce, m - top);
          int packedAt = top * depth + chunk / across * w;
          int end = Math.min(panels, (chunk % across + 1) * panelsAtOnce);
          for (int panel = chunk % across * panelsAtOnce; panel < end; panel++) {
            int left = panel * w;
            int to = cAt + top * cStep + left;
            if (panel < whole) {
              VectorTile.panel(
                  rows, w, depth, packedA, packedAt, b, bAt + left, steps, c, to, cStep, add);
            } else {
              VectorTile.packed(
                  rows, Math.min(w, n - left), depth, packedA, packedAt, packedB,
                  (panel - whole) * w * depth, c, to, cStep, add);
            }
          }
        });
  }
}
