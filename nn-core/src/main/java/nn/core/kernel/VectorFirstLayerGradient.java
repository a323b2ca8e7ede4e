package nn.core.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The gradients of the weights of [VectorFirstLayer], which is read backwards: for each kind of products, the gradients of the outputs that take it are
/// added up, and the sums over all tiles of what the terms see times that are matrix products, terms × tiles by tiles × outputs. Each
/// tap's gradient is the sum over the terms that take it.
///
/// The strips of all images are summed in groups ([PartialSums]). 3 → 64 channels, 7×7 of 224×224, batch of 8, two
/// threads, AMD Zen 4: five sixths of the time that [VectorWeightGradient] takes.
final class VectorFirstLayerGradient {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int WIDE = VectorTile.WIDTH;
  private static final int KINDS = VectorTapPlanes.KINDS;

  private final ConvGeometry g;
  private final VectorTapPlanes planes;
  private final int panels; // of outputs

  private VectorFirstLayerGradient(ConvGeometry g) {
    this.g = g;
    planes = VectorTapPlanes.of(g);
    panels = Math.ceilDiv(g.outChannels(), WIDE);
  }

  /// Whether this way is open, and the better one: with few strips, or many weights, one thread would do it all.
  static boolean fits(ConvGeometry g) {
    return VectorFirstLayer.fits(g) && new VectorFirstLayerGradient(g).inGroups();
  }

  private boolean inGroups() {
    return PartialSums.inGroups(g.batch() * planes.strips(), size());
  }

  static void run(ConvGeometry g, float[] x, float[] dy, float[] dw) {
    new VectorFirstLayerGradient(g).run(x, dy, dw);
  }

  /// Numbers of all sums, `[panel][term][output]`.
  private int size() {
    return panels * planes.terms * WIDE;
  }

  private void run(float[] x, float[] dy, float[] dw) {
    float[] sum = Scratch.WEIGHTS.floats(size());
    PartialSums.add(
        g.batch() * planes.strips(), sum, size(), (from, to, sums, at) -> {
          Arrays.fill(sums, at, at + size(), 0f);
          for (int i = from; i < to; i++) {
            strip(x, dy, i / planes.strips(), i % planes.strips(), sums, at);
          }
        });
    for (int panel = 0; panel < panels; panel++) {
      unpack(sum, panel, dw);
    }
  }

  /// Adds a strip's sums. Kind by kind, so that what is laid out for one stays in the first cache.
  private void strip(
      float[] x, float[] dy, int image, int strip, float[] sums, int sumsAt) {
    int first = strip * VectorTapPlanes.STRIP;
    int end = Math.min(planes.rows, first + VectorTapPlanes.STRIP);
    float[] seen = Scratch.PLANES.floats(planes.size());
    planes.fill(x, image, first, end - first, seen);
    float[] pixels = Scratch.OUTPUT.floats(panels * 2 * (end - first) * rowSize());
    for (int channel = 0; channel < g.outChannels(); channel += L) {
      pixels(dy, image, channel, first, end, pixels, channel / L * (end - first) * rowSize());
    }
    int tiles = (end - first) * planes.columns;
    float[] gradients = Scratch.PACKED_A.floats(tiles * WIDE);
    int term = 0;
    for (int kind = 0; kind < KINDS; kind++) {
      int count = planes.offsets(kind).length;
      float[] terms = Scratch.PACKED_B.floats(VectorTile.packedSize(count, tiles));
      turn(seen, planes.offsets(kind), end - first, terms);
      for (int panel = 0; panel < panels; panel++) {
        int width = g.outChannels() - panel * WIDE > L ? WIDE : L;
        for (int lane = 0; lane < width; lane += L) {
          kind(
              kind, pixels, (panel * WIDE + lane) / L * (end - first) * rowSize(), end - first,
              gradients, lane);
        }
        VectorTile.packed(
            count, width, tiles, terms, 0, gradients, 0, sums,
            sumsAt + (panel * planes.terms + term) * WIDE, WIDE, true);
      }
      term += count;
    }
  }

  /// What the terms of a kind see, packed as [VectorTile] reads it.
  private void turn(float[] seen, int[] offsets, int rows, float[] packed) {
    float[] lines = Scratch.IMAGE.floats(VectorTile.ROWS * planes.pitch);
    int count;
    for (int some = 0; some < offsets.length; some += count) {
      count = VectorTile.rows(offsets.length - some);
      int at = VectorTile.packedAt(some, rows * planes.columns);
      int pitch = VectorTile.pitch(count);
      for (int row = 0; row < rows; row++) {
        for (int k = 0; k < count; k++) {
          int from = offsets[some + k] + row * planes.pitch;
          for (int i = 0; i < planes.columns; i += L) {
            FloatVector.fromArray(S, seen, from + i).intoArray(lines, k * planes.pitch + i);
          }
        }
        VectorTranspose.transpose(
            count, planes.columns, lines, 0, planes.pitch, packed,
            at + row * planes.columns * pitch, pitch, true);
      }
    }
  }

  /// Numbers of a row of tiles' gradients, L outputs of each: two rows of pixels, with zeros where tiles are short.
  private int rowSize() {
    return 4 * planes.columns * L;
  }

  /// The gradients of some rows of tiles, pixel by pixel, L outputs of each.
  private void pixels(
      float[] dy, int image, int channel, int first, int end, float[] to, int toAt) {
    int area = g.outHeight() * g.outWidth();
    int lanes = Math.min(L, g.outChannels() - channel);
    if (lanes < L || g.outWidth() % 2 > 0 || 2 * end > g.outHeight()) {
      Arrays.fill(to, toAt, toAt + (end - first) * rowSize(), 0f);
    }
    for (int oy = 2 * first; oy < Math.min(2 * end, g.outHeight()); oy++) {
      VectorTranspose.transpose(
          lanes, g.outWidth(), dy,
          (image * g.outChannels() + channel) * area + oy * g.outWidth(), area, to,
          toAt + (oy - 2 * first) * rowSize() / 2, L, false);
    }
  }

  /// The gradients of some rows of tiles, L outputs of each, as a kind sees them: along each dimension the first, both together, or the
  /// second.
  private void kind(int kind, float[] pixels, int at, int rows, float[] to, int toAt) {
    int y = kind / TapPairs.KINDS;
    int x = kind % TapPairs.KINDS;
    int line = rowSize() / 2;
    int from = at + (y == TapPairs.SECOND ? line : 0) + (x == TapPairs.SECOND ? L : 0);
    for (int row = 0; row < rows; row++) {
      for (int n = 0; n < planes.columns; n++) {
        int pixel = from + row * 2 * line + n * 2 * L;
        FloatVector d = FloatVector.fromArray(S, pixels, pixel);
        if (x == TapPairs.BOTH) {
          d = d.add(FloatVector.fromArray(S, pixels, pixel + L));
        }
        if (y == TapPairs.BOTH) {
          d = d.add(FloatVector.fromArray(S, pixels, pixel + line));
          if (x == TapPairs.BOTH) {
            d = d.add(FloatVector.fromArray(S, pixels, pixel + line + L));
          }
        }
        d.intoArray(to, toAt + (row * planes.columns + n) * WIDE);
      }
    }
  }

  /// From the sums of a panel's terms to the gradients of its weights.
  private void unpack(float[] sums, int panel, float[] dw) {
    int depth = g.inChannels() * g.kernelHeight() * g.kernelWidth();
    int width = Math.min(WIDE, g.outChannels() - panel * WIDE);
    float[] byTap = Scratch.LANES.floats(depth * WIDE);
    Arrays.fill(byTap, 0, depth * WIDE, 0f);
    for (int term = 0; term < planes.terms; term++) {
      for (int i = 0; i < 4; i++) {
        if (planes.tap(term, i) >= 0) {
          VectorTile.add(
              sums, (panel * planes.terms + term) * WIDE, byTap, planes.tap(term, i) * WIDE, WIDE);
        }
      }
    }
    VectorTranspose.transpose(
        depth, width, byTap, 0, WIDE, dw, panel * WIDE * depth, depth, false);
  }
}
