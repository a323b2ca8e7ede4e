package nn.core.kernel;

import java.util.Arrays;

/// Matrix products in plain loops: each row of C is a sum of rows of B.
///
/// The compiler makes vector instructions of a loop over several arrays only if all are read at the same index, as it
/// cannot know otherwise that they do not overlap. So the rows of B are copied into arrays of their own first: 20 to 45
/// GF/s on one core instead of 8 (JDK 25, AMD Zen 4).
final class ScalarMatmul {
  private static final int ROWS = 64; // of C in one chunk
  private static final int COLUMNS = 512; // of C and B at once: 2 KiB of a row stay in the first-level cache
  private static final int DEPTH = 128; // rows of B at once: 256 KiB stay in the second-level cache

  private ScalarMatmul() {}

  /// C = A · B, where the element (i, p) of A stands at `aAt + i·aRow + p·aColumn`, so that A may be read transposed.
  static void multiply(
      int m, int n, int k, float[] a, int aAt, int aRow, int aColumn,
      float[] b, int bAt, float[] c, int cAt) {
    int down = Math.ceilDiv(m, ROWS);
    int across = Math.ceilDiv(n, COLUMNS);
    Parallel.chunks(
        down * across,
        chunk -> {
          int top = chunk / across * ROWS;
          int left = chunk % across * COLUMNS;
          int bottom = Math.min(m, top + ROWS);
          int width = Math.min(COLUMNS, n - left);
          float[][] rows = new float[Math.min(k, DEPTH)][width];
          float[] row = new float[width];
          for (int i = top; i < bottom; i++) {
            Arrays.fill(c, cAt + i * n + left, cAt + i * n + left + width, 0f);
          }
          for (int first = 0; first < k; first += DEPTH) {
            int depth = Math.min(DEPTH, k - first);
            for (int p = 0; p < depth; p++) {
              System.arraycopy(b, bAt + (first + p) * n + left, rows[p], 0, width);
            }
            for (int i = top; i < bottom; i++) {
              int to = cAt + i * n + left;
              System.arraycopy(c, to, row, 0, width);
              addRows(row, width, a, aAt + i * aRow + first * aColumn, aColumn, rows, 0, depth);
              System.arraycopy(row, 0, c, to, width);
            }
          }
        });
  }

  /// `sum += Σ factors[at + p·step] · rows[from + p]` for p < `count`, in the order of p: the one loop in which all scalar
  /// products and convolutions spend their time. Four rows at a time, as the sum then travels to and from the cache a
  /// quarter as often.
  static void addRows(
      float[] sum, int width, float[] factors, int at, int step, float[][] rows, int from,
      int count) {
    int p = 0;
    for (; p + 3 < count; p += 4) {
      float f0 = factors[at + p * step];
      float f1 = factors[at + (p + 1) * step];
      float f2 = factors[at + (p + 2) * step];
      float f3 = factors[at + (p + 3) * step];
      float[] r0 = rows[from + p];
      float[] r1 = rows[from + p + 1];
      float[] r2 = rows[from + p + 2];
      float[] r3 = rows[from + p + 3];
      for (int j = 0; j < width; j++) {
        sum[j] = sum[j] + f0 * r0[j] + f1 * r1[j] + f2 * r2[j] + f3 * r3[j];
      }
    }
    for (; p < count; p++) {
      float factor = factors[at + p * step];
      float[] row = rows[from + p];
      for (int j = 0; j < width; j++) {
        sum[j] += factor * row[j];
      }
    }
  }

  /// A matrix `[rows×columns]` as `[columns×rows]`, in square blocks: reading along rows alone, or writing along columns
  /// alone, would touch a new cache line for each number.
  static float[] transposed(int rows, int columns, float[] x, int at) {
    int block = 32;
    float[] y = new float[rows * columns];
    int across = Math.ceilDiv(columns, block);
    Parallel.chunks(
        across,
        chunk -> {
          int left = chunk * block;
          int right = Math.min(columns, left + block);
          for (int top = 0; top < rows; top += block) {
            int bottom = Math.min(rows, top + block);
            for (int j = left; j < right; j++) {
              for (int i = top; i < bottom; i++) {
                y[j * rows + i] = x[at + i * columns + j];
              }
            }
          }
        });
    return y;
  }
}
