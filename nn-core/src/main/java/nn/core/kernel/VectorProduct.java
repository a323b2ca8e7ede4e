package nn.core.kernel;

import org.jspecify.annotations.Nullable;

/// A product of matrices, C = A · B or C += A · B, cut into pairs of some rows of A and some columns of B. What A, B and C are, and
/// how they are packed, subclasses say.
///
/// Each thread packs for itself what its tiles read, and finds it in its own cache: one of the two matrices as a whole to begin
/// with, unless that is A and large ([#MANY]), the other one part after part. To pack the first one again costs less than to wait for
/// another thread and to fetch what it has packed, as long as there are not many threads for little work: products of 512×512×512 with
/// Bᵀ take 588 µs in place of 715 where the two processors have no cache in common, 128×784×1152 540 in place of 860, and as long as
/// before where they have one (AMD Zen 5).
///
/// Where B and C are too large for the caches, they are read and written in longer pieces: more columns are packed together, and
/// a tile's rows of A meet all of them before the next tile's do. A convolution of 1×1, 64 → 256 channels of 56×56, batch of 8,
/// takes 4.4 ms in place of 5.2, 24 → 144 0.98 in place of 1.2; a single image, which stays in cache, would take 3 and 20 % more
/// (two threads, AMD Zen 4).
abstract class VectorProduct {
  static final int WIDTH = VectorTile.WIDTH;
  static final int ROWS = 48; // of A that are packed together: whole tiles; or half of them
  private static final int OWN = 64; // columns for each thread that pay for packing A again
  private static final int MANY = 1 << 19; // numbers of A: more are packed once for all threads
  private static final int KEPT = 1 << 16; // the most numbers of B that are packed together, 256 KiB
  private static final int TOGETHER = 128; // the most columns of B that are packed together
  private static final int FAR_TOGETHER = 512; // the same where B and C are too large for the caches
  private static final int FAR = 3 << 20; // numbers of B and C that are, 12 MiB
  static final long CHUNK = 1 << 20; // multiplications and additions that are worth a chunk of their own

  final int m;
  final int n;
  final int depth;
  private final boolean byRows; // part after part of A with all of B, or part after part of B with all of A
  private final boolean far; // B and C are too large for the caches
  private final int rows; // of a part of A
  private final int panels; // of a part of B
  private final int down; // parts of A
  private final int across; // parts of B

  VectorProduct(int m, int n, int depth, int rows, boolean byRows) {
    this.m = m;
    this.n = n;
    this.depth = depth;
    this.byRows = byRows;
    this.rows = rows;
    far = (long) (m + depth) * n > FAR;
    int most = (far ? FAR_TOGETHER : TOGETHER) / WIDTH;
    panels = byRows ? 1 : Math.clamp(KEPT / Math.max(1, depth * WIDTH), 1, most);
    down = Math.ceilDiv(m, rows);
    across = Math.ceilDiv(n, panels * WIDTH);
  }

  /// Packs `height` rows of A, from `top` on, as [VectorPack#rows] does.
  abstract void packRows(int top, int height, float[] packed, int to);

  /// All of A as [#packAllRows] packs it, if it is at hand and B is taken part after part; null if each thread has to pack it.
  float @Nullable [] packedRows() {
    return null;
  }

  /// All of A as [#multiply] reads it, in an array of its own.
  final float[] packAllRows() {
    return packAllRows(new float[down * leftSize()]);
  }

  private float[] packAllRows(float[] packed) {
    Parallel.chunks(down, i -> packLeft(i, packed, i * leftSize()));
    return packed;
  }

  /// Packs the panels of B from `first` to before `end`, one after the other, each as [VectorPack#panel] does; columns that a
  /// panel lacks may be left as they are.
  abstract void packPanels(int first, int end, float[] packed, int to);

  /// The matrix B if it can be read as it lies, and then [#multiply] knows where; null if it has to be packed.
  float @Nullable [] inPlace() {
    return null;
  }

  /// Multiplies packed rows of A, at `leftAt`, by a panel of B, at `rightAt`.
  abstract void multiply(
      int top, int height, float[] left, int leftAt, int panel, float[] right, int rightAt);

  /// Computes the product.
  final void run() {
    int pairs = down * across;
    if (pairs == 0) {
      return;
    }
    int together = Math.clamp(CHUNK * pairs / Math.max(1, 2L * m * n * depth), 1, pairs);
    boolean own =
        byRows || (n >= OWN * Parallel.threads() && (long) m * depth <= MANY); // who packs does not change what comes out
    float @Nullable [] kept = packedRows();
    float @Nullable [] packed =
        kept == null && !own ? packAllRows(Scratch.PACKED_A.floats(down * leftSize())) : kept;
    float @Nullable [] inPlace = inPlace();
    Parallel.chunksByThread(
        Math.ceilDiv(pairs, together),
        () -> {
          Pairs mine = new Pairs(packed, inPlace);
          return chunk -> {
            int end = Math.min(pairs, (chunk + 1) * together);
            for (int pair = chunk * together; pair < end; pair++) {
              mine.multiply(pair);
            }
          };
        });
  }

  private int leftSize() {
    return VectorTile.packedSize(rows, depth); // of a part of A
  }

  private int rightSize() {
    return panels * VectorPack.pitch(depth);
  }

  private void packLeft(int i, float[] packed, int to) {
    packRows(i * rows, Math.min(rows, m - i * rows), packed, to);
  }

  /// What one thread multiplies.
  private final class Pairs {
    private final boolean pack; // the matrix that is taken part after part
    private final float[] left;
    private final float[] right;
    private int part = -1; // of that matrix: the one that is packed

    Pairs(float @Nullable [] packed, float @Nullable [] inPlace) {
      pack = byRows || inPlace == null;
      left =
          packed == null ? Scratch.PACKED_A.floats((byRows ? 1 : down) * leftSize()) : packed;
      right =
          inPlace == null
              ? Scratch.PACKED_B.floats((byRows ? across : 1) * rightSize())
              : inPlace;
      if (byRows && inPlace == null) {
        for (int first = 0; first < across; first += TOGETHER / WIDTH) {
          packPanels(first, Math.min(first + TOGETHER / WIDTH, across), right, first * rightSize());
        }
      }
      if (!byRows && packed == null) {
        packAllRows(left);
      }
    }

    void multiply(int pair) {
      int i = byRows ? pair / across : pair % down;
      int j = byRows ? pair % across : pair / down;
      int next = byRows ? i : j;
      if (pack && part != next) {
        if (byRows) {
          packLeft(i, left, 0);
        } else {
          packPanels(j * panels, Math.min((j + 1) * panels, Math.ceilDiv(n, WIDTH)), right, 0);
        }
        part = next;
      }
      int top = i * rows;
      int leftAt = byRows ? 0 : i * leftSize();
      int first = j * panels;
      int rightAt = byRows ? j * rightSize() : 0;
      int end = Math.min(first + panels, Math.ceilDiv(n, WIDTH));
      int height = Math.min(rows, m - top);
      int step;
      for (int r = 0; r < height; r += step) {
        step = far ? VectorTile.rows(height - r) : height; // a tile, or all
        for (int panel = first; panel < end; panel++) {
          VectorProduct.this.multiply(
              top + r, step, left, leftAt + VectorTile.packedAt(r, depth), panel, right,
              rightAt + (panel - first) * VectorPack.pitch(depth));
        }
      }
    }
  }
}
