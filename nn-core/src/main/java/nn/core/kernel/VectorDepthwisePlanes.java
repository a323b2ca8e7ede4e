package nn.core.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import nn.core.ConvSettings;

/// Hands the planes of a depthwise convolution with 3×3 taps to kernels that read beyond the ends of rows, into lanes that
/// do not count.
///
/// What lies there is another plane, except before the first plane and behind the last: these two are computed on copies
/// with room around them. So kernels never ask where an array ends, and no plane is copied to spell out its zeros. Rows above
/// and below a plane are read from [#ZEROS].
final class VectorDepthwisePlanes {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int ROOM = 2 * L + 1; // how far kernels read beyond the ends of rows
  private static final int WIDEST = 1 << 12;

  static final int TAPS = 9;
  static final float[] ZEROS = new float[WIDEST + 2 * ROOM];
  static final int ZEROS_AT = ROOM; // where kernels find a row of them

  private static final int CHUNK = 1 << 14; // pixels that are worth a chunk of their own
  private static final int RUN = 1 << 13; // pixels that should be read one after the other, for the sake of prefetching

  /// Some planes that follow each other, of which the first belongs to `channel`.
  @FunctionalInterface
  interface Map {
    void run(int planes, int channel, float[] x, int xAt, float[] y, int yAt);
  }

  /// Adds the products of a channel's planes in some images to the nine vectors of sums from `sumsAt` on.
  @FunctionalInterface
  interface Products {
    void run(int images, float[] x, int xAt, float[] dy, int dyAt, float[] sums, int sumsAt);
  }

  private VectorDepthwisePlanes() {}

  /// 3×3 taps beside each other, a padding of 1, one output for each input channel, and a step of 1, or of 2 through planes with
  /// even sides. Much smaller planes than a vector would read beyond the next one.
  static boolean fits(ConvGeometry g) {
    int step = g.settings().strideHeight();
    ConvSettings settings =
        ConvSettings.DEFAULT.padding(1).stride(step).groups(g.inChannels());
    return g.kernelHeight() == 3 && g.kernelWidth() == 3 && g.outChannels() == g.inChannels()
        && g.settings().equals(settings)
        && (step == 1 || (step == 2 && g.inHeight() % 2 == 0 && g.inWidth() % 2 == 0))
        && g.outHeight() >= 2 && g.outHeight() * g.outWidth() >= L && g.inWidth() <= WIDEST;
  }

  static void each(ConvGeometry g, float[] x, int xArea, float[] y, int yArea, Map map) {
    int channels = g.inChannels();
    int planes = g.batch() * channels;
    Parallel.range(
        planes,
        Math.max(1, CHUNK / Math.max(xArea, yArea)),
        (from, to) -> {
          int first = Math.max(from, 1);
          int inside = Math.min(to, planes - 1) - first;
          if (inside > 0) {
            map.run(inside, first % channels, x, first * xArea, y, first * yArea);
          }
          if (from == 0) {
            alone(0, channels, x, xArea, y, yArea, map);
          }
          if (to == planes && planes > 1) {
            alone(planes - 1, channels, x, xArea, y, yArea, map);
          }
        });
  }

  private static void alone(
      int plane, int channels, float[] x, int xArea, float[] y, int yArea, Map map) {
    float[] copy = Scratch.IMAGE.floats(xArea + 2 * ROOM);
    float[] result = Scratch.OUTPUT.floats(yArea + ROOM);
    System.arraycopy(x, plane * xArea, copy, ROOM, xArea);
    map.run(1, plane % channels, copy, ROOM, result, 0);
    System.arraycopy(result, 0, y, plane * yArea, yArea);
  }

  /// @param together whether all images of a channel are handed over at once: for small planes, whose sums then stay in
  ///     registers. Large ones are better read in the order in which they lie in memory.
  static void sum(
      ConvGeometry g, float[] x, float[] dy, float[] dw, boolean together, Products products) {
    int xArea = g.inHeight() * g.inWidth();
    int dyArea = g.outHeight() * g.outWidth();
    int step = together ? g.batch() : 1;
    int grain =
        together ? CHUNK / Math.max(1, g.batch() * dyArea) : Math.ceilDiv(RUN, xArea);
    Parallel.range(
        g.inChannels(),
        Math.max(1, grain),
        (from, to) -> {
          float[] sums = Scratch.GRADIENT.floats((to - from) * TAPS * L);
          Arrays.fill(sums, 0, (to - from) * TAPS * L, 0f);
          for (int image = 0; image < g.batch(); image += step) {
            for (int channel = from; channel < to; channel++) {
              int sumsAt = (channel - from) * TAPS * L;
              int plane = image * g.inChannels() + channel;
              int images = step;
              if (plane == 0) {
                alone(0, x, xArea, dy, dyArea, sums, sumsAt, products);
                plane += g.inChannels();
                images--;
              }
              int last = plane + (images - 1) * g.inChannels();
              boolean end = images > 0 && last == g.batch() * g.inChannels() - 1;
              products.run(
                  end ? images - 1 : images, x, plane * xArea, dy, plane * dyArea, sums, sumsAt);
              if (end) {
                alone(last, x, xArea, dy, dyArea, sums, sumsAt, products);
              }
            }
          }
          for (int tap = 0; tap < (to - from) * TAPS; tap++) {
            dw[from * TAPS + tap] =
                VectorReduction.total(FloatVector.fromArray(S, sums, tap * L));
          }
        });
  }

  private static void alone(
      int plane, float[] x, int xArea, float[] dy, int dyArea, float[] sums, int sumsAt,
      Products products) {
    float[] copy = Scratch.IMAGE.floats(xArea + 2 * ROOM);
    float[] arrived = Scratch.OUTPUT.floats(dyArea + 2 * ROOM);
    System.arraycopy(x, plane * xArea, copy, ROOM, xArea);
    System.arraycopy(dy, plane * dyArea, arrived, ROOM, dyArea);
    products.run(1, copy, ROOM, arrived, ROOM, sums, sumsAt);
  }

  /// The lanes from ≤ i < to, for [jdk.incubator.vector.VectorMask#fromLong].
  static long lanes(int from, int to) {
    int low = Math.clamp(from, 0, L);
    return (1L << Math.clamp(to, low, L)) - (1L << low);
  }
}
