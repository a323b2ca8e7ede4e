package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import nn.core.ConvSettings;
import org.jspecify.annotations.Nullable;

/// Convolutions with a step of 2 of images of few channels, such as the first layer of many networks, with shared products ([TapPairs]): 121 for a
/// tile of 2×2 outputs of a kernel of 7×7, in place of 196.
///
/// In two dimensions there are nine kinds of products, of which each output of a tile takes four. For each kind, [VectorTile] sums the products
/// over channels and taps: tiles × terms by terms × outputs. The sums of the kinds are then added up for the four outputs.
///
/// The work is cut into strips of some rows of tiles of an image. Weights are few, and are packed anew in each call.
///
/// 3 → 64 channels, 7×7 of 224×224, batch of 8, two threads, AMD Zen 4: three quarters to five sixths of the time that [VectorConvolution] takes, with vectors of 256 bit seven tenths. A number that is not finite makes NaN of the
/// tiles that see it. `-Dnn.convolution=direct` leaves it out.
final class VectorFirstLayer {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int WIDE = VectorTile.WIDTH;
  private static final int MOST_INPUTS = 4; // channels
  private static final int LEAST = 7; // a kernel's side: sums of fewer terms are no quicker made than they are put together
  private static final int MOST = 11; // a kernel's side, so that what a strip sees stays in cache
  private static final int FEWEST_ROWS = 4; // of outputs: half of a last odd row of tiles is in vain
  private static final int KINDS = VectorTapPlanes.KINDS;

  private final ConvGeometry g;
  private final VectorTapPlanes planes;

  private VectorFirstLayer(ConvGeometry g) {
    this.g = g;
    planes = VectorTapPlanes.of(g);
  }

  /// Whether this way is open, and the better one.
  static boolean fits(ConvGeometry g) {
    ConvSettings s = g.settings();
    return VectorWinograd.WANTED && s.strideHeight() == 2 && s.strideWidth() == 2 && s.groups() == 1
        && s.dilationHeight() == 1 && s.dilationWidth() == 1
        && g.inChannels() <= MOST_INPUTS
        && Math.min(g.kernelHeight(), g.kernelWidth()) >= LEAST
        && Math.max(g.kernelHeight(), g.kernelWidth()) <= MOST
        && g.outChannels() >= L && g.outHeight() >= FEWEST_ROWS
        && g.outWidth() >= 2 * VectorTile.ROWS;
  }

  static void forward(
      ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    new VectorFirstLayer(g).run(x, w, bias, y);
  }

  private void run(float[] x, float[] w, float @Nullable [] bias, float[] y) {
    int panels = Math.ceilDiv(g.outChannels(), WIDE);
    float[] weights = Scratch.WEIGHTS.floats(panels * planes.terms * WIDE);
    float[] added = new float[panels * WIDE];
    if (bias != null) {
      System.arraycopy(bias, 0, added, 0, bias.length);
    }
    Parallel.chunks(panels, panel -> pack(w, panel, weights, panel * planes.terms * WIDE));
    Parallel.chunks(
        g.batch() * planes.strips(), strip -> strip(
            x, weights, added, y, strip / planes.strips(), strip % planes.strips()));
  }

  /// The weights of a panel of outputs, `[term][output]`.
  private void pack(float[] w, int panel, float[] to, int toAt) {
    int depth = g.inChannels() * g.kernelHeight() * g.kernelWidth();
    int width = Math.min(WIDE, g.outChannels() - panel * WIDE);
    float[] byTap = Scratch.LANES.floats(depth * WIDE);
    VectorPack.panel(width, WIDE, depth, w, panel * WIDE * depth, 1, depth, byTap, 0);
    for (int term = 0; term < planes.terms; term++) {
      int at = toAt + term * WIDE;
      System.arraycopy(byTap, planes.tap(term, 0) * WIDE, to, at, WIDE);
      for (int i = 1; i < 4; i++) {
        if (planes.tap(term, i) >= 0) {
          VectorTile.add(byTap, planes.tap(term, i) * WIDE, to, at, WIDE);
        }
      }
    }
  }

  private void strip(
      float[] x, float[] weights, float[] bias, float[] y, int image, int strip) {
    int first = strip * VectorTapPlanes.STRIP;
    int end = Math.min(planes.rows, first + VectorTapPlanes.STRIP);
    float[] seen = Scratch.PLANES.floats(planes.size());
    planes.fill(x, image, first, end - first, seen);
    int size = planes.columns * WIDE + L; // of the sums of a kind: an odd number of vectors
    float[] sums = Scratch.OUTPUT.floats(KINDS * size);
    for (int from = 0; from < g.outChannels(); from += WIDE) {
      int width = g.outChannels() - from > L ? WIDE : L;
      for (int row = first; row < end; row++) {
        int at = from * planes.terms;
        for (int kind = 0; kind < KINDS; kind++) {
          int[] of = planes.offsets(kind);
          VectorTile.panel(
              planes.columns, width, of.length, seen, (row - first) * planes.pitch, of, weights, at,
              null, sums, kind * size, WIDE, false);
          at += of.length * WIDE;
        }
        for (int lane = 0; lane < width; lane += L) {
          write(sums, lane, size, bias, from + lane, image, row, y);
        }
      }
    }
  }

  /// L output channels of a row of tiles: y = (first + both, both + second) in both dimensions. The nine sums of a tile are a square, `size` apart
  /// from left to right.
  private void write(
      float[] sums, int lane, int size, float[] bias, int channel, int image, int row, float[] y) {
    int line = 2 * planes.columns * L; // of output pixels
    float[] pixels = Scratch.IMAGE.floats(2 * line);
    for (int n = 0; n < planes.columns; n++) {
      int at = lane + n * WIDE;
      int middle = at + (TapPairs.KINDS * TapPairs.BOTH + TapPairs.BOTH) * size; // of both outputs in either dimension
      int above = middle - TapPairs.KINDS * size;
      int below = middle + TapPairs.KINDS * size;
      FloatVector all = FloatVector.fromArray(S, sums, middle);
      all = all.add(FloatVector.fromArray(S, bias, channel));
      FloatVector left = FloatVector.fromArray(S, sums, middle - size);
      FloatVector right = FloatVector.fromArray(S, sums, middle + size);
      FloatVector upper = all.add(FloatVector.fromArray(S, sums, above));
      FloatVector lower = all.add(FloatVector.fromArray(S, sums, below));
      int to = 2 * n * L;
      FloatVector.fromArray(S, sums, above - size).add(left).add(upper).intoArray(pixels, to);
      FloatVector.fromArray(S, sums, above + size).add(right).add(upper)
          .intoArray(pixels, to + L);
      FloatVector.fromArray(S, sums, below - size).add(left).add(lower)
          .intoArray(pixels, line + to);
      FloatVector.fromArray(S, sums, below + size).add(right).add(lower)
          .intoArray(pixels, line + to + L);
    }
    int area = g.outHeight() * g.outWidth();
    int lanes = Math.min(L, g.outChannels() - channel);
    for (int oy = 2 * row; oy < Math.min(2 * row + 2, g.outHeight()); oy++) {
      VectorTranspose.transpose(
          g.outWidth(), lanes, pixels, oy % 2 * line, L, y,
          (image * g.outChannels() + channel) * area + oy * g.outWidth(), area, false);
    }
  }
}
