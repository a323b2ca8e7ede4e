package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// `C = A · Bᵀ` for few rows of A, such as a dense layer on a small batch: each number of B is read once or twice, so that neither
/// packing nor transposing it would pay.
///
/// Four rows of A by four of B make 16 sums, each a vector that runs along the depth. Afterwards the vectors are transposed, so that
/// their lanes are added for 16 results at once, in an order that depends on how many there are. 8×512×512 takes 27 µs in place of 49,
/// 4×512×512 14 in place of 45, 8×100×512 6 in place of 22 (two threads, Intel Xeon, 512 bit).
final class VectorFewRows {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int SIDE = 4; // of a tile, in rows of A and of B
  private static final int SUMS = SIDE * SIDE;
  private static final int MOST = 8; // rows of A
  private static final int COLUMNS = 16; // of C, at least
  private static final int LEAST = 8 * L; // of the depth: adding lanes takes as long as some ten vectors of it
  private static final int DEEPEST = 1 << 15; // so that A stays in the second cache
  private static final int CHUNK = 1 << 15; // numbers of B that are worth a chunk of their own

  private VectorFewRows() {}

  /// Whether this is a product for it: 16 sums and their operands need more than 16 registers.
  static boolean fits(int m, int n, int k) {
    return !VectorTile.FEW_REGISTERS && m >= SIDE && m <= MOST && n >= COLUMNS && k >= LEAST
        && k <= DEEPEST;
  }

  /// The product of A `[m×k]` and Bᵀ, B `[n×k]`.
  static void timesTransposed(
      int m, int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    Parallel.range(
        Math.ceilDiv(n, SIDE),
        Math.max(1, CHUNK / (SIDE * k)),
        (from, to) -> {
          float[] sums = Scratch.TILE.floats(2 * SUMS * L);
          for (int next = from; next < to; next++) {
            int j = Math.min(next * SIDE, n - SIDE); // the last rows overlap those before
            for (int first = 0; first < m; first += SIDE) {
              int i = Math.min(first, m - SIDE);
              tile(k, a, aAt + i * k, b, bAt + j * k, sums);
              results(k, a, aAt + i * k, b, bAt + j * k, sums, c, cAt + i * n + j, n);
            }
          }
        });
  }

  /// The 16 sums over whole vectors, one vector each.
  private static void tile(int k, float[] a, int aAt, float[] b, int bAt, float[] sums) {
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = FloatVector.zero(S);
    FloatVector s02 = FloatVector.zero(S);
    FloatVector s03 = FloatVector.zero(S);
    FloatVector s10 = FloatVector.zero(S);
    FloatVector s11 = FloatVector.zero(S);
    FloatVector s12 = FloatVector.zero(S);
    FloatVector s13 = FloatVector.zero(S);
    FloatVector s20 = FloatVector.zero(S);
    FloatVector s21 = FloatVector.zero(S);
    FloatVector s22 = FloatVector.zero(S);
    FloatVector s23 = FloatVector.zero(S);
    FloatVector s30 = FloatVector.zero(S);
    FloatVector s31 = FloatVector.zero(S);
    FloatVector s32 = FloatVector.zero(S);
    FloatVector s33 = FloatVector.zero(S);
    int end = k / L * L;
    for (int p = 0; p < end; p += L) {
      FloatVector b0 = FloatVector.fromArray(S, b, bAt + p);
      FloatVector b1 = FloatVector.fromArray(S, b, bAt + k + p);
      FloatVector b2 = FloatVector.fromArray(S, b, bAt + 2 * k + p);
      FloatVector b3 = FloatVector.fromArray(S, b, bAt + 3 * k + p);
      FloatVector f = FloatVector.fromArray(S, a, aAt + p);
      s00 = f.fma(b0, s00);
      s01 = f.fma(b1, s01);
      s02 = f.fma(b2, s02);
      s03 = f.fma(b3, s03);
      f = FloatVector.fromArray(S, a, aAt + k + p);
      s10 = f.fma(b0, s10);
      s11 = f.fma(b1, s11);
      s12 = f.fma(b2, s12);
      s13 = f.fma(b3, s13);
      f = FloatVector.fromArray(S, a, aAt + 2 * k + p);
      s20 = f.fma(b0, s20);
      s21 = f.fma(b1, s21);
      s22 = f.fma(b2, s22);
      s23 = f.fma(b3, s23);
      f = FloatVector.fromArray(S, a, aAt + 3 * k + p);
      s30 = f.fma(b0, s30);
      s31 = f.fma(b1, s31);
      s32 = f.fma(b2, s32);
      s33 = f.fma(b3, s33);
    }
    s00.intoArray(sums, 0);
    s01.intoArray(sums, L);
    s02.intoArray(sums, 2 * L);
    s03.intoArray(sums, 3 * L);
    s10.intoArray(sums, 4 * L);
    s11.intoArray(sums, 5 * L);
    s12.intoArray(sums, 6 * L);
    s13.intoArray(sums, 7 * L);
    s20.intoArray(sums, 8 * L);
    s21.intoArray(sums, 9 * L);
    s22.intoArray(sums, 10 * L);
    s23.intoArray(sums, 11 * L);
    s30.intoArray(sums, 12 * L);
    s31.intoArray(sums, 13 * L);
    s32.intoArray(sums, 14 * L);
    s33.intoArray(sums, 15 * L);
  }

  /// Adds the lanes of each sum and what the depth has more than whole vectors.
  private static void results(
      int k, float[] a, int aAt, float[] b, int bAt, float[] sums, float[] c, int cAt, int cStep) {
    int lanes = SUMS * L; // where lane by lane the 16 sums stand side by side
    VectorTranspose.transpose(SUMS, L, sums, 0, L, sums, lanes, SUMS, false);
    for (int i = 0; i < SUMS; i += L) {
      FloatVector sum = FloatVector.fromArray(S, sums, lanes + i);
      for (int lane = 1; lane < L; lane++) {
        sum = sum.add(FloatVector.fromArray(S, sums, lanes + lane * SUMS + i));
      }
      sum.intoArray(sums, i);
    }
    for (int i = 0; i < SIDE; i++) {
      for (int j = 0; j < SIDE; j++) {
        float sum = sums[i * SIDE + j];
        for (int p = k / L * L; p < k; p++) {
          sum = Math.fma(a[aAt + i * k + p], b[bAt + j * k + p], sum);
        }
        c[cAt + i * cStep + j] = sum;
      }
    }
  }
}
