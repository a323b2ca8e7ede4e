package nn.core.kernel;

import java.util.Arrays;

/// Matrix products: blocks of A and B are packed and multiplied tile by tile.
///
/// The blocks are those of Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008, with a long
/// depth: the result then travels to and from memory less often. Each number of C is one sum over the depth of a block
/// in a fixed order, and the blocks' sums are added in order: neither threads nor the vectors' width change a bit.
///
/// Each thread packs for itself what its tiles read, and finds it in its own cache: the larger matrix part after part, the smaller one
/// as a whole. That each thread packs the smaller one again costs less than to wait for another thread and to fetch what it has
/// packed: 512×512×512 with Bᵀ takes 588 µs in place of 715 where the two processors have no cache in common, 128×784×1152 540 in
/// place of 860, and as long as before where they have one. On one thread 1024×1024×1024 runs at 247 GF/s in place of 233
/// (AMD Zen 5).
final class VectorMatmul {
  private static final int WIDTH = VectorTile.WIDTH;
  private static final int DEPTH = 1024; // of a block; half of it again is not cut
  private static final int COLUMNS = 1024; // of B that each thread keeps packed, 4 MiB; half of them again are not cut
  private static final int MANY_ROWS = 512; // of A: too many to be packed at once
  private static final int ROWS = 24; // of A that are packed together: a multiple of every tile's rows
  private static final int PANELS = 4; // of B that are packed together: 512 bytes of each row
  private static final int KEPT = 1 << 16; // the most numbers of B that are packed together, 256 KiB
  private static final int IN_PLACE = 1 << 18; // numbers of B, 1 MiB, that a core's cache holds: packing would not pay
  private static final long CHUNK = 1 << 20; // multiplications and additions that are worth a chunk of their own

  /// A matrix to read: the element (i, j) stands at `at + i·row + j·column`.
  private record Matrix(float[] numbers, int at, int row, int column) {
    Matrix from(int i, int j) {
      return new Matrix(numbers, at + i * row + j * column, row, column);
    }
  }

  private final int m;
  private final int n;
  private final int depth;
  private final Matrix a;
  private final Matrix b;
  private final float[] c;
  private final int cAt;
  private final int cStep;
  private final boolean add;

  private final boolean byRows; // part of A after part, with all of B; or part of B after part, with all of A
  private final boolean inPlace; // B is read as it lies
  private final int[] steps; // between the rows of B, packed or not
  private final int rows; // of a part of A
  private final int panels; // of a part of B
  private final int down; // parts of A
  private final int across; // parts of B

  private VectorMatmul(
      int m, int n, int depth, Matrix a, Matrix b, float[] c, int cAt, int cStep, boolean add,
      boolean byRows) {
    this.m = m;
    this.n = n;
    this.depth = depth;
    this.a = a;
    this.b = b;
    this.c = c;
    this.cAt = cAt;
    this.cStep = cStep;
    this.add = add;
    this.byRows = byRows;
    boolean filled = n % WIDTH == 0 || (n >= WIDTH && !add);
    inPlace = b.column == 1 && filled && (long) depth * b.row <= IN_PLACE;
    steps = VectorPack.steps(depth, inPlace ? b.row : WIDTH);
    rows = work() > 64 * CHUNK ? 2 * ROWS : ROWS;
    panels = Math.clamp(KEPT / (depth * WIDTH), 1, PANELS);
    down = Math.ceilDiv(m, rows);
    across = Math.ceilDiv(n, panels * WIDTH);
  }

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
    Matrix left = new Matrix(a, aAt, aRow, aColumn);
    Matrix right = new Matrix(b, bAt, bRow, bColumn);
    boolean byRows = m >= Math.min(n, MANY_ROWS);
    int columns = byRows ? Math.ceilDiv(n, blocks(n, COLUMNS) * WIDTH) * WIDTH : n;
    int blocks = blocks(k, DEPTH);
    for (int j = 0; j < n; j += columns) {
      for (int block = 0; block < blocks; block++) {
        int p = (int) ((long) k * block / blocks);
        int depth = (int) ((long) k * (block + 1) / blocks) - p;
        new VectorMatmul(
            m, Math.min(columns, n - j), depth, left.from(0, p), right.from(p, j), c, cAt + j, n,
            block > 0, byRows).run();
      }
    }
  }

  private static int blocks(int n, int size) {
    return n <= size * 3 / 2 ? 1 : Math.ceilDiv(n, size);
  }

  private long work() {
    return 2L * m * n * depth;
  }

  private void run() {
    int pairs = down * across;
    int together = Math.clamp(CHUNK * pairs / work(), 1, pairs);
    Parallel.chunksByThread(
        Math.ceilDiv(pairs, together),
        () -> {
          Pairs mine = new Pairs();
          return chunk -> {
            int end = Math.min(pairs, (chunk + 1) * together);
            for (int pair = chunk * together; pair < end; pair++) {
              mine.multiply(pair);
            }
          };
        });
  }

  /// Products of a part of A and a part of B by one thread, which packs a part unless it still has it.
  private final class Pairs {
    private final int size = rows * depth + WIDTH; // of a part of A, with room for another vector
    private final int[] packedLeft = new int[byRows ? 1 : down]; // which part is there, + 1
    private final int[] packedRight = new int[byRows ? across : 1];
    private final float[] left = Scratch.PACKED_A.floats(packedLeft.length * size);
    private final float[] right =
        inPlace
            ? b.numbers
            : Scratch.PACKED_B.floats(packedRight.length * panels * WIDTH * depth);

    void multiply(int pair) {
      int i = byRows ? pair / across : pair % down;
      int j = byRows ? pair % across : pair / down;
      int leftPlace = byRows ? 0 : i;
      int rightPlace = byRows ? j : 0;

      int top = i * rows;
      int height = Math.min(rows, m - top);
      int leftAt = leftPlace * size;
      if (packedLeft[leftPlace] != i + 1) {
        VectorPack.rows(
            height, depth, a.numbers, a.at + top * a.row, a.row, a.column, left, leftAt);
        packedLeft[leftPlace] = i + 1;
      }
      int first = j * panels;
      int end = Math.min(first + panels, Math.ceilDiv(n, WIDTH));
      int rightAt = rightPlace * panels * WIDTH * depth;
      if (!inPlace && packedRight[rightPlace] != j + 1) {
        packPanels(first, end, right, rightAt);
        packedRight[rightPlace] = j + 1;
      }
      for (int panel = first; panel < end; panel++) {
        product(
            top, height, left, leftAt, panel, right, rightAt + (panel - first) * WIDTH * depth);
      }
    }
  }

  private void packPanels(int first, int end, float[] packed, int to) {
    int whole = b.column == 1 ? Math.min(end, n / WIDTH) : first;
    VectorPack.panels(
        whole - first, depth, b.numbers, b.at + first * WIDTH * b.column, b.row, packed, to);
    for (int panel = whole; panel < end; panel++) {
      VectorPack.panel(
          Math.min(WIDTH, n - panel * WIDTH), WIDTH, depth, b.numbers,
          b.at + panel * WIDTH * b.column, b.row, b.column,
          packed, to + (panel - first) * WIDTH * depth);
    }
  }

  /// Packed rows of A times a panel of B. If B is read in place, its last panel begins further to the left, so that whole vectors can be
  /// read and written; some columns are computed twice.
  private void product(
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
