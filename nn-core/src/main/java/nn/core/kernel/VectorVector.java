package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Products of a row and a matrix, which read each number of the matrix once: memory sets the pace, and packing would not
/// pay.
final class VectorVector {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  /// Columns that fill no vector: a product is better a row of dot products for each row of A, as a head with few classes.
  static final int FEW = L;

  private static final int CHUNK = 1 << 16; // numbers of the matrix that are worth a chunk of their own

  private VectorVector() {}

  /// `c = a · B` for a row a, whose elements lie `aStep` apart, and B `[k×n]`. The last columns are those of a whole vector,
  /// some of them computed twice: one by one, each would wait for its own sum (1000 columns of 512: 9 µs in place of 14, AMD
  /// Zen 5).
  static void rowTimes(
      int n, int k, float[] a, int aAt, int aStep, float[] b, int bAt, float[] c, int cAt) {
    int width = Math.max(1, CHUNK / Math.max(1, k) / (4 * L)) * 4 * L;
    Parallel.range(
        n,
        width,
        (from, to) -> {
          int next = from;
          if (n >= 4 * L) {
            for (; next < to; next += 4 * L) {
              int j = Math.min(next, n - 4 * L);
              columns4(n, k, a, aAt, aStep, b, bAt + j, c, cAt + j);
            }
          } else if (n >= L) {
            for (; next < to; next += L) {
              int j = Math.min(next, n - L);
              columns1(n, k, a, aAt, aStep, b, bAt + j, c, cAt + j);
            }
          }
          for (; next < to; next++) {
            float sum = 0;
            for (int p = 0; p < k; p++) {
              sum = Math.fma(a[aAt + p * aStep], b[bAt + p * n + next], sum);
            }
            c[cAt + next] = sum;
          }
        });
  }

  private static void columns4(
      int n, int k, float[] a, int aAt, int aStep, float[] b, int bAt, float[] c, int cAt) {
    FloatVector c0 = FloatVector.zero(S);
    FloatVector c1 = c0;
    FloatVector c2 = c0;
    FloatVector c3 = c0;
    for (int p = 0; p < k; p++) {
      FloatVector f = FloatVector.broadcast(S, a[aAt + p * aStep]);
      int at = bAt + p * n;
      c0 = f.fma(FloatVector.fromArray(S, b, at), c0);
      c1 = f.fma(FloatVector.fromArray(S, b, at + L), c1);
      c2 = f.fma(FloatVector.fromArray(S, b, at + 2 * L), c2);
      c3 = f.fma(FloatVector.fromArray(S, b, at + 3 * L), c3);
    }
    c0.intoArray(c, cAt);
    c1.intoArray(c, cAt + L);
    c2.intoArray(c, cAt + 2 * L);
    c3.intoArray(c, cAt + 3 * L);
  }

  private static void columns1(
      int n, int k, float[] a, int aAt, int aStep, float[] b, int bAt, float[] c, int cAt) {
    FloatVector c0 = FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      FloatVector f = FloatVector.broadcast(S, a[aAt + p * aStep]);
      c0 = f.fma(FloatVector.fromArray(S, b, bAt + p * n), c0);
    }
    c0.intoArray(c, cAt);
  }

  /// `c = a · Bᵀ` for a row a and B `[n×k]`: one dot product for each row of B.
  static void rowTimesTransposed(
      int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    Parallel.range(
        n,
        Math.max(1, CHUNK / Math.max(1, k)),
        (from, to) -> {
          for (int j = from; j < to; j++) {
            c[cAt + j] = dot(a, aAt, b, bAt + j * k, k);
          }
        });
  }

  /// `C = A · Bᵀ` for A `[m×k]` and B `[n×k]` of few rows: a dot product for each number of C, which threads share. A head of 10 classes on
  /// 2048 rows of 512 takes 0.20 ms in place of 0.50, of 3 classes on 256 of 1280 0.023 in place of 0.042 (two threads, AMD Zen 5). A row alone
  /// keeps its own loop, [#rowTimesTransposed]: as a matrix of one row it takes a tenth more.
  static void rowsTimesTransposed(
      int m, int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    Parallel.range(
        m * n,
        Math.max(1, CHUNK / Math.max(1, k)),
        (from, to) -> {
          int i = from / n;
          int j = from % n;
          for (int next = from; next < to; next++) {
            c[cAt + next] = dot(a, aAt + i * k, b, bAt + j * k, k);
            j++;
            if (j == n) {
              j = 0;
              i++;
            }
          }
        });
  }

  /// A sum of products in float, on four vectors of partial sums.
  static float dot(float[] x, int xAt, float[] y, int yAt, int n) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (; i + 4 * L <= n; i += 4 * L) {
      s0 = FloatVector.fromArray(S, x, xAt + i).fma(FloatVector.fromArray(S, y, yAt + i), s0);
      s1 = FloatVector.fromArray(S, x, xAt + i + L)
          .fma(FloatVector.fromArray(S, y, yAt + i + L), s1);
      s2 = FloatVector.fromArray(S, x, xAt + i + 2 * L)
          .fma(FloatVector.fromArray(S, y, yAt + i + 2 * L), s2);
      s3 = FloatVector.fromArray(S, x, xAt + i + 3 * L)
          .fma(FloatVector.fromArray(S, y, yAt + i + 3 * L), s3);
    }
    for (; i + L <= n; i += L) {
      s0 = FloatVector.fromArray(S, x, xAt + i).fma(FloatVector.fromArray(S, y, yAt + i), s0);
    }
    float sum = VectorReduction.total(s0.add(s1).add(s2.add(s3)));
    for (; i < n; i++) {
      sum = Math.fma(x[xAt + i], y[yAt + i], sum);
    }
    return sum;
  }
}
