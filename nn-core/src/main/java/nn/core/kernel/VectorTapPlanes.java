package nn.core.kernel;

import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// What the tiles of some rows see of an image, by [TapPairs] in both dimensions: for each channel and each pair of planes a row of numbers for each
/// row of tiles, one number for each tile. A term is a channel and a pair of products along the two dimensions; terms are sorted by the nine
/// pairs of kinds.
final class VectorTapPlanes {
  /// Pairs of kinds: [TapPairs#KINDS] times the vertical kind plus the horizontal one.
  static final int KINDS = TapPairs.KINDS * TapPairs.KINDS;

  /// Rows of tiles that are laid out at once, at most: a strip.
  static final int STRIP = 4;

  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();

  private static final ByGeometry<VectorTapPlanes> KEPT = new ByGeometry<>(VectorTapPlanes::new);

  /// Rows of tiles in an image.
  final int rows;

  /// Tiles in a row.
  final int columns;

  /// Of all kinds.
  final int terms;

  /// From a row of tiles to the next, in a plane.
  final int pitch;

  private final ConvGeometry g;
  private final TapPairs down;
  private final TapPairs right;
  private final int plane; // numbers of a plane
  private final int[][] offsets = new int[KINDS][];
  private final int[] taps; // up to four of each term, or −1

  private VectorTapPlanes(ConvGeometry g) {
    this.g = g;
    down = new TapPairs(g.kernelHeight());
    right = new TapPairs(g.kernelWidth());
    rows = Math.ceilDiv(g.outHeight(), 2);
    columns = Math.ceilDiv(g.outWidth(), 2);
    pitch = Math.ceilDiv(columns + right.reach(), L) * L;
    plane = (STRIP + down.reach()) * pitch;
    int count = 0;
    for (int kind = 0; kind < KINDS; kind++) {
      offsets[kind] = new int[g.inChannels() * y(kind).size() * x(kind).size()];
      count += offsets[kind].length;
    }
    terms = count;
    taps = new int[4 * terms];
    int term = 0;
    for (int kind = 0; kind < KINDS; kind++) {
      int first = term;
      for (int c = 0; c < g.inChannels(); c++) {
        for (TapPairs.Term y : y(kind)) {
          for (TapPairs.Term x : x(kind)) {
            int index = (c * TapPairs.PLANES + y.plane()) * TapPairs.PLANES + x.plane();
            offsets[kind][term - first] = index * plane + y.shift() * pitch + x.shift();
            taps[4 * term] = tap(c, y.tap(), x.tap());
            taps[4 * term + 1] = tap(c, y.tap(), x.other());
            taps[4 * term + 2] = tap(c, y.other(), x.tap());
            taps[4 * term + 3] = tap(c, y.other(), x.other());
            term++;
          }
        }
      }
    }
  }

  static VectorTapPlanes of(ConvGeometry g) {
    return KEPT.of(g);
  }

  private List<TapPairs.Term> y(int kind) {
    return down.terms(kind / TapPairs.KINDS);
  }

  private List<TapPairs.Term> x(int kind) {
    return right.terms(kind % TapPairs.KINDS);
  }

  private int tap(int channel, int y, int x) {
    return y < 0 || x < 0 ? -1 : (channel * g.kernelHeight() + y) * g.kernelWidth() + x;
  }

  /// Strips of an image.
  int strips() {
    return Math.ceilDiv(rows, STRIP);
  }

  /// Where the first tile of the first row finds what each term of a kind takes.
  int[] offsets(int kind) {
    return offsets[kind];
  }

  /// The taps, counted through all channels, whose sum a term takes: the i-th for i < 4, or −1.
  int tap(int term, int i) {
    return taps[4 * term + i];
  }

  /// Numbers of all planes, with room for a vector.
  int size() {
    return g.inChannels() * TapPairs.PLANES * TapPairs.PLANES * plane + L;
  }

  /// Lays out `count` rows of tiles of an image, from row `first` on.
  void fill(float[] x, int image, int first, int count, float[] planes) {
    int tileRows = count + down.reach();
    int step = TapPairs.PLANES * pitch; // of what becomes of a row of the image
    float[] across = Scratch.PIXELS.floats((4 * tileRows + 2) * step);
    for (int c = 0; c < g.inChannels(); c++) {
      int from = (image * g.inChannels() + c) * g.inHeight() * g.inWidth();
      for (int i = 0; i < 4 * tileRows + 2; i++) {
        int y = 4 * first + i - g.settings().paddingHeight();
        if (y < 0 || y >= g.inHeight()) {
          Arrays.fill(across, i * step, (i + 1) * step, 0f);
        } else {
          across(x, from + y * g.inWidth(), across, i * step);
        }
      }
      for (int row = 0; row < tileRows; row++) {
        for (int odd = 0; odd < 2; odd++) {
          int d0 = (4 * row + odd) * step;
          int to =
              (c * TapPairs.PLANES + TapPairs.ODD * odd) * TapPairs.PLANES * plane + row * pitch;
          for (int p = 0; p < TapPairs.PLANES; p++) {
            if (right.uses(p)) {
              pairs(
                  down, odd, across, d0 + p * pitch, d0 + 2 * step + p * pitch,
                  d0 + 4 * step + p * pitch, planes, to + p * plane, TapPairs.PLANES * plane);
            }
          }
        }
      }
    }
  }

  /// The planes of one row of an image.
  private void across(float[] x, int at, float[] to, int toAt) {
    int columns = pitch + L; // a vector more for d2, which is the next tile's d0
    float[] line = Scratch.PACKED_A.floats(12 * columns); // as it is, in halves, and in quarters
    int padding = g.settings().paddingWidth();
    Arrays.fill(line, 0, padding, 0f);
    System.arraycopy(x, at, line, padding, g.inWidth()); // fits: tiles reach it all
    Arrays.fill(line, padding + g.inWidth(), 4 * columns, 0f);
    int halves = 4 * columns;
    VectorRow.split(line, 0, 2 * columns, line, halves, halves + 2 * columns);
    int quarters = 8 * columns;
    for (int odd = 0; odd < 2; odd++) {
      int d0 = quarters + odd * columns;
      int d1 = quarters + (2 + odd) * columns;
      VectorRow.split(line, halves + odd * 2 * columns, columns, line, d0, d1);
      pairs(right, odd, line, d0, d1, d0 + 1, to, toAt + TapPairs.ODD * odd * pitch, pitch);
    }
  }

  /// The planes of a row's even or odd numbers, as far as they are used; `to` has them `toStep` apart.
  private void pairs(
      TapPairs taps, int odd, float[] d, int d0, int d1, int d2, float[] to, int toAt, int toStep) {
    for (int i = 0; i < pitch; i += L) {
      FloatVector u = FloatVector.fromArray(S, d, d0 + i);
      FloatVector v = FloatVector.fromArray(S, d, d1 + i);
      if (taps.uses(TapPairs.ODD * odd + TapPairs.LEFT)) {
        u.sub(v).intoArray(to, toAt + TapPairs.LEFT * toStep + i);
        FloatVector.fromArray(S, d, d2 + i).sub(v)
            .intoArray(to, toAt + TapPairs.RIGHT * toStep + i);
      }
      v.intoArray(to, toAt + TapPairs.MIDDLE * toStep + i);
      if (taps.uses(TapPairs.ODD * odd + TapPairs.ALONE)) {
        u.intoArray(to, toAt + TapPairs.ALONE * toStep + i);
      }
    }
  }
}
