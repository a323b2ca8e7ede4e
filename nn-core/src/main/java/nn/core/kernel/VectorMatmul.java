package nn.core.kernel;

import org.jspecify.annotations.Nullable;

/// Matrix products in blocks.
///
/// The blocks are those of Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008, with a long
/// depth: the result then travels to and from memory less often. Each number of C is one sum over the depth of a block
/// in a fixed order, and the blocks' sums are added in order: neither threads nor the vectors' width change a bit.
///
/// A matrix of few numbers is packed as a whole, by each thread. Where both are large, A is packed as a whole, once for all threads, and B
/// part after part: what tiles read again and again is then a part of B, which the second cache holds. With all of B packed
/// 1024×1024×1024 took 8.1 ms in place of 7.4, by the same tiles (two threads, Intel Xeon, whose third cache gives a core 28 GB/s).
final class VectorMatmul extends VectorProduct {
  private static final int DEPTH = 1024; // of a block; half of it again is not cut
  private static final int BLOCK_ROWS = 2048; // of A that are packed at once; half of them again are not cut
  private static final int WHOLE = 1 << 18; // numbers of B: the most that each thread packs as a whole, 1 MiB
  private static final int WORTH = 32; // rows of A for each thread, for which each may pack all of B
  private static final int FEW_ROWS = 8; // of A, for which B need not be packed
  private static final int FEW_COLUMNS = 64; // of B
  private static final float MOSTLY_FILLED = 0.9f; // panels of B, compared with those of Aᵀ
  private static final int TURNED = 1 << 14; // numbers of C that are worth a chunk to transpose them
  private static final int IN_PLACE = 1 << 18; // numbers of B, 1 MiB: packing does not pay for few rows of A
  private static final int SMALL = 1 << 14; // the same for more rows

  /// A matrix to read: the element (i, j) stands at `at + i·row + j·column`.
  private record Matrix(float[] numbers, int at, int row, int column) {
    Matrix from(int i, int j) {
      return new Matrix(numbers, at + i * row + j * column, row, column);
    }
  }

  private final Matrix a;
  private final Matrix b;
  private final float[] c;
  private final int cAt;
  private final int cStep;
  private final boolean add;
  private final boolean inPlace; // B is read as it lies
  private final int @Nullable [] steps; // between the rows of B, if it is read in place

  private VectorMatmul(
      int m, int n, int depth, boolean byRows, Matrix a, Matrix b, float[] c, int cAt, int cStep,
      boolean add) {
    super(m, n, depth, 2L * m * n * depth > 16 * CHUNK ? ROWS : ROWS / 2, byRows);
    this.a = a;
    this.b = b;
    this.c = c;
    this.cAt = cAt;
    this.cStep = cStep;
    this.add = add;
    boolean filled = n % WIDTH == 0 || (n >= WIDTH && !add);
    int most =
        m <= FEW_ROWS ? IN_PLACE
            : VectorTile.FEW_REGISTERS ? 0
            : VectorTile.PACKED_12 ? SMALL
            : IN_PLACE; // other tiles are no quicker for packed B
    inPlace = b.column == 1 && filled && (long) depth * b.row <= most;
    steps = inPlace ? VectorPack.steps(depth, b.row) : null;
  }

  /// C = A · B; the element (i, p) of A stands at `aAt + i·aRow + p·aColumn`, (p, j) of B at `bAt + p·bRow + j·bColumn`, so
  /// that either may be read transposed. C is `[m×n]`, rows one after the other.
  ///
  /// If both are deep, and B has few columns, or a last panel that is nearly empty, the product is Cᵀ = Bᵀ · Aᵀ: a few columns more than
  /// whole panels cost less as rows, and many rows of A are better packed as columns, which are read once in longer pieces. 512×49×4608
  /// with Aᵀ takes 2.4 to 3.4 ms in place of 3.6 to 4.2, 512×10×2048 0.37 in place of 0.48 (AMD Zen 3, two threads), 256×196×2304
  /// with Bᵀ 1.23 in place of 1.32 (AMD Zen 4).
  static void multiply(
      int m, int n, int k, float[] a, int aAt, int aRow, int aColumn,
      float[] b, int bAt, int bRow, int bColumn, float[] c, int cAt) {
    boolean few = n < FEW_COLUMNS && m >= 4 * n;
    boolean wasteful = m >= n && filled(n) < MOSTLY_FILLED * filled(m);
    if (k >= DEPTH && (few || wasteful)) {
      float[] turned = Scratch.OUTPUT.floats(n * m);
      multiply(n, m, k, b, bAt, bColumn, bRow, a, aAt, aColumn, aRow, turned, 0);
      Parallel.range(
          m, TURNED / Math.max(1, n),
          (from, to) -> VectorTranspose.transpose(
              n, to - from, turned, from, m, c, cAt + from * n, n, false));
      return;
    }
    Matrix left = new Matrix(a, aAt, aRow, aColumn);
    Matrix right = new Matrix(b, bAt, bRow, bColumn);
    boolean small = (long) n * Math.min(k, DEPTH) <= WHOLE;
    boolean byRows = small && m >= Math.max(n, WORTH * Parallel.threads());
    int rows = byRows ? m : Math.ceilDiv(m, blocks(m, BLOCK_ROWS) * ROWS) * ROWS;
    int blocks = blocks(k, DEPTH);
    for (int i = 0; i < m; i += rows) {
      for (int block = 0; block < blocks; block++) {
        int p = cut(k, block, blocks);
        int depth = cut(k, block + 1, blocks) - p;
        new VectorMatmul(
            Math.min(rows, m - i), n, depth, byRows, left.from(i, p), right.from(p, 0),
            c, cAt + i * n, n, block > 0).run();
      }
    }
  }

  /// Where a block of the depth begins: at an even place, as tiles prefer even depths.
  private static int cut(int k, int block, int blocks) {
    return block == blocks ? k : (int) ((long) k * block / blocks) / 2 * 2;
  }

  /// The share of its panels that a matrix of n columns fills.
  private static float filled(int n) {
    return (float) n / (Math.ceilDiv(n, WIDTH) * WIDTH);
  }

  private static int blocks(int n, int size) {
    return n <= size * 3 / 2 ? 1 : Math.ceilDiv(n, size);
  }

  @Override
  void packRows(int top, int height, float[] packed, int to) {
    VectorPack.rows(
        height, depth, a.numbers, a.at + top * a.row, a.row, a.column, packed, to);
  }

  @Override
  void packPanels(int first, int end, float[] packed, int to) {
    int whole = b.column == 1 ? Math.min(end, n / WIDTH) : first;
    VectorPack.panels(
        whole - first, depth, b.numbers, b.at + first * WIDTH * b.column, b.row, packed, to);
    for (int panel = whole; panel < end; panel++) {
      VectorPack.panel(
          Math.min(WIDTH, n - panel * WIDTH), WIDTH, depth, b.numbers,
          b.at + panel * WIDTH * b.column, b.row, b.column,
          packed, to + (panel - first) * VectorPack.pitch(depth));
    }
  }

  @Override
  float @Nullable [] inPlace() {
    return inPlace ? b.numbers : null;
  }

  /// If B is read in place, its last panel begins further to the left, so that whole vectors can be read and written; some
  /// columns are computed twice.
  @Override
  void multiply(
      int top, int height, float[] left, int leftAt, int panel, float[] right, int rightAt) {
    int lanes = Math.min(WIDTH, n - panel * WIDTH);
    if (inPlace && lanes < WIDTH) {
      lanes = lanes <= WIDTH / 2 ? WIDTH / 2 : WIDTH;
    }
    int j = Math.min(panel * WIDTH, n - lanes);
    VectorTile.panel(
        height, lanes, depth, left, leftAt, right, inPlace ? b.at + j : rightAt, steps,
        c, cAt + top * cStep + j, cStep, add);
  }
}
