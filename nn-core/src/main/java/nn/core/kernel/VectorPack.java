package nn.core.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Copies matrices into the order in which [VectorTile] reads them.
final class VectorPack {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int WIDTH = VectorTile.WIDTH;

  private static final AtomicReferenceArray<int[]> STEPS = new AtomicReferenceArray<>(65);

  private VectorPack() {}

  /// `m` rows of A, the element (i, p) of which stands at `aAt + i·aRow + p·aColumn`: for each tile of rows (see
  /// [VectorTile#rows]) the numbers for p = 0, then for p = 1, …, [VectorTile#pitch] apart; the tiles stand at [VectorTile#packedAt].
  /// There must be room for another vector at the end.
  static void rows(
      int m, int depth, float[] a, int aAt, int aRow, int aColumn, float[] packed,
      int to) {
    int done = aRow == 1 ? columns(m, depth, a, aAt, aColumn, packed, to) : 0;
    for (int r = done; r < m; r += VectorTile.rows(m - r)) {
      int rows = VectorTile.rows(m - r);
      int from = aAt + r * aRow;
      int at = to + VectorTile.packedAt(r, depth);
      int pitch = VectorTile.pitch(rows);
      if (aColumn == 1) {
        VectorTranspose.transpose(rows, depth, a, from, aRow, packed, at, pitch, true);
      } else if (aRow == 1) {
        int whole =
            rows > L ? 0 : Math.clamp(Math.floorDiv(a.length - L - from, aColumn) + 1, 0, depth);
        for (int p = 0; p < whole; p++) { // the next column overwrites what is too much
          FloatVector.fromArray(S, a, from + p * aColumn).intoArray(packed, at + p * pitch);
        }
        for (int p = whole; p < depth; p++) {
          System.arraycopy(a, from + p * aColumn, packed, at + p * pitch, rows);
        }
      } else {
        for (int p = 0; p < depth; p++) {
          for (int i = 0; i < rows; i++) {
            packed[at + p * pitch + i] = a[from + i * aRow + p * aColumn];
          }
        }
      }
    }
  }

  /// The first tiles of [#rows], those of the most rows, where A lies with its rows side by side: column by column, so that each line of
  /// memory is read once. Tile by tile, 1024 rows of 256 columns took 70 µs in place of 37 (AMD Zen 5), as columns a multiple of 4 KiB
  /// apart do not stay in the first cache.
  ///
  /// @return how many rows are packed
  private static int columns(
      int m, int depth, float[] a, int aAt, int aColumn, float[] packed, int to) {
    int most = VectorTile.ROWS;
    int tiles = 0;
    while (most <= L && VectorTile.rows(m - tiles * most) == most) {
      tiles++;
    }
    int size = VectorTile.packedAt(most, depth);
    for (int p = 0; p < depth && tiles > 0; p++) {
      int from = aAt + p * aColumn;
      int at = to + p * VectorTile.pitch(most);
      if (p < depth - 1 && from + tiles * most + L <= a.length) {
        for (int i = 0; i < tiles; i++) { // the tile's next column overwrites what is too much
          FloatVector.fromArray(S, a, from + i * most).intoArray(packed, at + i * size);
        }
      } else {
        for (int i = 0; i < tiles; i++) {
          System.arraycopy(a, from + i * most, packed, at + i * size, most);
        }
      }
    }
    return tiles * most;
  }

  /// What [#rows] makes of `m` rows next to each other whose columns stand at `aAt + offsets[p]`; a has room for a vector.
  static void gather(
      int m, int depth, float[] a, int aAt, int[] offsets, float[] packed, int to) {
    int rows;
    for (int r = 0; r < m; r += rows) {
      rows = VectorTile.rows(m - r);
      int at = to + VectorTile.packedAt(r, depth);
      int pitch = VectorTile.pitch(rows);
      for (int p = 0; p < depth; p++) { // the next column overwrites what is too much
        for (int i = 0; i < rows; i += L) {
          FloatVector.fromArray(S, a, aAt + r + offsets[p] + i)
              .intoArray(packed, at + p * pitch + i);
        }
      }
    }
  }

  /// One panel of B, `lanes` columns of it, the element (p, j) of which stands at `bAt + p·bRow + j·bColumn`: `width`
  /// numbers for each p, whole vectors of them, the missing ones 0.
  static void panel(
      int lanes, int width, int depth, float[] b, int bAt, int bRow, int bColumn,
      float[] packed, int to) {
    if (lanes < width) {
      Arrays.fill(packed, to, to + depth * width, 0f);
    }
    if (bColumn == 1 && lanes == width) {
      for (int p = 0; p < depth; p++) {
        for (int j = 0; j < width; j += L) {
          FloatVector.fromArray(S, b, bAt + p * bRow + j).intoArray(packed, to + p * width + j);
        }
      }
    } else if (bColumn == 1) {
      for (int p = 0; p < depth; p++) {
        System.arraycopy(b, bAt + p * bRow, packed, to + p * width, lanes);
      }
    } else if (bRow == 1) {
      VectorTranspose.transpose(lanes, depth, b, bAt, bColumn, packed, to, width, false);
    } else {
      for (int p = 0; p < depth; p++) {
        for (int j = 0; j < lanes; j++) {
          packed[to + p * width + j] = b[bAt + p * bRow + j * bColumn];
        }
      }
    }
  }

  /// From one packed panel of so many rows to the next: the panels' rows do not share lines of the cache.
  static int pitch(int depth) {
    return (depth + 1) * WIDTH;
  }

  /// `count` panels of B, all whole, whose rows lie `bRow` apart: one after the other, read row by row, and so written to as many places: 32
  /// panels of 1024 rows took 335 µs in place of the 77 that they take 4 at a time (AMD Zen 5).
  static void panels(
      int count, int depth, float[] b, int bAt, int bRow, float[] packed, int to) {
    int size = pitch(depth);
    for (int p = 0; p < depth; p++) {
      int from = bAt + p * bRow;
      int at = to + p * WIDTH;
      for (int i = 0; i < count; i++) {
        FloatVector.fromArray(S, b, from + 2 * i * L).intoArray(packed, at + i * size);
        FloatVector.fromArray(S, b, from + (2 * i + 1) * L)
            .intoArray(packed, at + i * size + L);
      }
    }
  }

  /// The kernels of `lanes` channels, which lie one after the other from `wAt` on, tap by tap: `[kernel][lanes]`. There must be
  /// room for a vector of taps.
  static void byTap(int lanes, int kernel, float[] w, int wAt, float[] taps, int to) {
    boolean whole = kernel < L && wAt + (lanes - 1) * kernel + L <= w.length; // quick to transpose
    VectorTranspose.transpose(lanes, whole ? L : kernel, w, wAt, kernel, taps, to, lanes, false);
  }

  /// The same for `count` times `lanes` kernels, `wStep` from each other, and sorted by groups of taps: for each group
  /// `[count][taps of the group][width]`.
  static void kernels(
      int lanes, int width, int kernel, int count, float[] w, int wAt, int wStep,
      List<int[]> groups, float[] packed, int to) {
    float[] taps = Scratch.LANES.floats((kernel + WIDTH) * lanes);
    for (int c = 0; c < count; c++) {
      byTap(lanes, kernel, w, wAt + c * wStep, taps, 0);
      int start = to;
      for (int g = 0; g < groups.size(); g++) { // an iterator for each channel is 1.5 MB of garbage in a step of ResNet-18
        int[] group = groups.get(g);
        int at = start + c * group.length * width;
        for (int tap : group) {
          if (lanes == WIDTH) {
            FloatVector.fromArray(S, taps, tap * WIDTH).intoArray(packed, at);
            FloatVector.fromArray(S, taps, tap * WIDTH + L).intoArray(packed, at + L);
          } else {
            System.arraycopy(taps, tap * lanes, packed, at, lanes);
          }
          at += width;
        }
        start += count * group.length * width;
      }
    }
  }

  /// `0, step, 2·step, …`, at least `count` of them, to read: the offsets of a matrix whose rows lie `step` apart. Those of
  /// small steps are kept.
  static int[] steps(int count, int step) {
    boolean keep = step < STEPS.length();
    int[] kept = keep ? STEPS.get(step) : null;
    if (kept != null && kept.length >= count) {
      return kept;
    }
    int[] steps = new int[keep ? Math.max(1 << 10, count) : count];
    for (int p = 0; p < steps.length; p++) {
      steps[p] = p * step;
    }
    if (keep) {
      STEPS.set(step, steps);
    }
    return steps;
  }
}
