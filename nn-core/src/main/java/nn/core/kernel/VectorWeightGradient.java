package nn.core.kernel;

import java.util.Arrays;
import nn.core.ConvSettings;

/// The gradient of a convolution with respect to its kernel: for each image a matrix product of dy, `[out×pixels]`, and what
/// the taps see of x, `[pixels×(tap, in)]`, summed over the images in order.
///
/// x is laid out pixel by pixel, all channels of a pixel together, with its zeros: what a row of taps sees then lies in
/// one piece and is read in place. Images are prepared in blocks of bounded size, one image a chunk; then each chunk
/// multiplies its part of the result for all images of the block, so that no partial results have to be kept and the order
/// of the sum does not depend on threads.
final class VectorWeightGradient {
  private static final int BLOCK = 1 << 21; // numbers prepared at once: 8 MiB
  private static final int ROWS = VectorTile.ROWS == 12 ? 48 : 40; // output channels in one chunk: a multiple of a tile's rows
  private static final int WIDTH = VectorTile.WIDTH;

  private final ConvGeometry g;
  private final ConvSettings s;
  private final int in; // channels of one group
  private final int out;
  private final int pixels;
  private final int height; // of the padded image, as far as taps reach
  private final int width;
  private final int xSize; // numbers of one group's padded image
  private final int dySize; // numbers of one group's packed dy, with room at the end
  private final int taps;
  private final int runs; // pieces in which a row of taps lies: 1, or one a tap if the kernel is spread out
  private final int runLength;
  private final int panels; // of one run
  private final int[] offsets; // for each output pixel, where its first tap is

  private VectorWeightGradient(ConvGeometry g) {
    this.g = g;
    s = g.settings();
    in = g.inChannels() / s.groups();
    out = g.outChannels() / s.groups();
    pixels = g.outHeight() * g.outWidth();
    height =
        (g.outHeight() - 1) * s.strideHeight() + (g.kernelHeight() - 1) * s.dilationHeight() + 1;
    width = (g.outWidth() - 1) * s.strideWidth() + (g.kernelWidth() - 1) * s.dilationWidth() + 1;
    xSize = height * width * in + WIDTH;
    dySize = out * pixels + WIDTH;
    taps = g.kernelHeight() * g.kernelWidth();
    runs = s.dilationWidth() == 1 ? 1 : g.kernelWidth();
    runLength = g.kernelWidth() / runs * in;
    panels = Math.ceilDiv(runLength, WIDTH);
    offsets = new int[pixels];
    for (int i = 0; i < pixels; i++) {
      offsets[i] =
          (i / g.outWidth() * s.strideHeight() * width + i % g.outWidth() * s.strideWidth()) * in;
    }
  }

  static void run(ConvGeometry g, float[] x, float[] dy, float[] dw) {
    new VectorWeightGradient(g).run(x, dy, dw);
  }

  private void run(float[] x, float[] dy, float[] dw) {
    float[] sums = Scratch.GRADIENT.floats(dw.length);
    if (g.batch() == 0) {
      Arrays.fill(sums, 0, dw.length, 0f);
    }
    int images =
        Math.clamp(BLOCK / ((long) s.groups() * (xSize + dySize)), 1, Math.max(1, g.batch()));
    float[] xs = Scratch.PIXELS.floats(images * s.groups() * xSize);
    float[] dys = Scratch.PACKED_A.floats(images * s.groups() * dySize);
    int bands = Math.ceilDiv(out, ROWS);
    for (int first = 0; first < g.batch(); first += images) {
      int start = first;
      int count = Math.min(images, g.batch() - first);
      Parallel.chunks(
          count * s.groups(),
          chunk -> {
            int plane = start * s.groups() + chunk;
            byPixel(x, plane * in * g.inHeight() * g.inWidth(), xs, chunk * xSize);
            VectorPack.rows(
                out, pixels, dy, plane * out * pixels, pixels, 1, dys,
                chunk * dySize);
          });
      Parallel.chunks(
          s.groups() * bands * g.kernelHeight() * runs * panels,
          chunk -> {
            int panel = chunk % panels;
            int run = chunk / panels % runs;
            int ky = chunk / panels / runs % g.kernelHeight();
            int band = chunk / panels / runs / g.kernelHeight() % bands;
            int group = chunk / panels / runs / g.kernelHeight() / bands;
            int lane = panel * WIDTH;
            int from = (ky * s.dilationHeight() * width + run * s.dilationWidth()) * in + lane;
            int to = (group * out + band * ROWS) * taps * in + (ky * runs + run) * runLength + lane;
            for (int image = 0; image < count; image++) {
              int plane = image * s.groups() + group;
              VectorTile.panel(
                  Math.min(ROWS, out - band * ROWS), Math.min(WIDTH, runLength - lane), pixels,
                  dys, plane * dySize + band * ROWS * pixels, xs, plane * xSize + from, offsets,
                  sums, to, taps * in, start + image > 0);
            }
          });
    }
    inOrder(sums, dw);
  }

  /// One group's planes of one image, `[channel][y][x]`, as `[y][x][channel]` with the zeros around.
  private void byPixel(float[] x, int xAt, float[] to, int toAt) {
    int area = g.inHeight() * g.inWidth();
    boolean direct = g.inWidth() % (WIDTH / 2) == 0; // rows are too short otherwise: the whole image at once first
    float[] whole = direct ? x : Scratch.IMAGE.floats(area * in);
    if (!direct) {
      VectorTranspose.transpose(in, area, x, xAt, area, whole, 0, in, false);
    }
    int left = Math.min(s.paddingWidth(), width);
    int seen = Math.max(0, Math.min(width - left, g.inWidth()));
    for (int y = 0; y < height; y++) {
      int at = toAt + y * width * in;
      int row = y - s.paddingHeight();
      if (row < 0 || row >= g.inHeight()) {
        Arrays.fill(to, at, at + width * in, 0f);
        continue;
      }
      Arrays.fill(to, at, at + left * in, 0f);
      if (direct) {
        VectorTranspose.transpose(
            in, seen, x, xAt + row * g.inWidth(), area, to, at + left * in, in, false);
      } else {
        System.arraycopy(whole, row * g.inWidth() * in, to, at + left * in, seen * in);
      }
      Arrays.fill(to, at + (left + seen) * in, at + width * in, 0f);
    }
  }

  /// From `[out][tap][in]` to `[out][in][tap]`.
  private void inOrder(float[] sums, float[] dw) {
    Parallel.range(
        g.outChannels(),
        Math.max(1, (1 << 15) / (in * taps)),
        (from, to) -> {
          for (int o = from; o < to; o++) {
            int at = o * in * taps;
            for (int c = 0; c < in; c++) {
              for (int tap = 0; tap < taps; tap++) {
                dw[at + c * taps + tap] = sums[at + tap * in + c];
              }
            }
          }
        });
  }
}
