package nn.core.kernel;

/// Matrix products in plain loops: each row of C is a sum of rows of B, so that the innermost loop runs along rows and
/// compiles to vector instructions.
final class ScalarMatmul {
  private static final int ROWS = 16; // of C in one chunk
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
          for (int i = top; i < bottom; i++) {
            java.util.Arrays.fill(c, cAt + i * n + left, cAt + i * n + left + width, 0f);
          }
          for (int first = 0; first < k; first += DEPTH) {
            int end = Math.min(k, first + DEPTH);
            for (int i = top; i < bottom; i++) {
              addRows(
                  first, end, a, aAt + i * aRow, aColumn, b, bAt + left, n, c, cAt + i * n + left,
                  width);
            }
          }
        });
  }

  /// `c += Σ a[p] · row p of B`, for `first` ≤ p < `end`, in the order of p; four rows at a time, as c then travels to
  /// and from the cache a quarter as often.
  private static void addRows(
      int first, int end, float[] a, int aAt, int aColumn,
      float[] b, int bAt, int bRow, float[] c, int cAt, int width) {
    int p = first;
    for (; p + 3 < end; p += 4) {
      float a0 = a[aAt + p * aColumn];
      float a1 = a[aAt + (p + 1) * aColumn];
      float a2 = a[aAt + (p + 2) * aColumn];
      float a3 = a[aAt + (p + 3) * aColumn];
      int b0 = bAt + p * bRow;
      int b1 = b0 + bRow;
      int b2 = b1 + bRow;
      int b3 = b2 + bRow;
      for (int j = 0; j < width; j++) {
        c[cAt + j] = c[cAt + j] + a0 * b[b0 + j] + a1 * b[b1 + j] + a2 * b[b2 + j] + a3 * b[b3 + j];
      }
    }
    for (; p < end; p++) {
      float factor = a[aAt + p * aColumn];
      int from = bAt + p * bRow;
      for (int j = 0; j < width; j++) {
        c[cAt + j] += factor * b[from + j];
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
