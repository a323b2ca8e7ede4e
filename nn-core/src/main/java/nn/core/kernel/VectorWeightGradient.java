package nn.core.kernel;

import java.util.Arrays;
import nn.core.ConvSettings;

/// The gradient of a convolution with respect to its kernel: for each image a matrix product of dy, `[out×pixels]`, and what
/// the taps see of x, `[pixels×(tap, in)]`, summed over the images in order.
///
/// x is laid out pixel by pixel, all channels of a pixel together, with its zeros: what a row of taps sees then lies in
/// one piece and is read in place. Images are prepared in blocks of bounded size; then each chunk multiplies its part of the
/// result for all images of the block, in order. Where results are small, groups of images have sums of their own, which are
/// added in order ([PartialSums]). A sum runs over several small images, so that the result travels to memory and back less
/// often, or over a part of a large one, so that what is read again stays in cache.
///
/// The lanes are input channels, or output channels where a row of taps fills no vector, as in the first layer of a network, and where
/// there are few registers: dy is packed, and tiles want that of B then ([VectorTilePacked]). They want it of A too, so what taps see
/// of x is copied together for several bands of output channels.
final class VectorWeightGradient {
  private static final int BLOCK = 1 << 21; // numbers prepared at once: 8 MiB
  private static final int LEAST = 512; // pixels that are worth a sum of their own
  private static final int MOST = 1024; // pixels in a sum, or in a row
  private static final int ROWS = 48; // output channels, or gathered rows of sums, in one chunk: a multiple of a tile's rows
  private static final int TURNED = 32; // output channels that are put in order together, if there are so many for each thread
  private static final int TURNED_NUMBERS = 1 << 13; // of them, that stay in the first cache
  private static final int ORDERED = 1 << 15; // numbers that are worth a chunk of their own to be put in order
  private static final int SEVERAL = 4; // bands that pay for gathering what they see of x
  private static final int WIDTH = VectorTile.WIDTH;

  private final ConvGeometry g;
  private final ConvSettings s;
  private final int in; // channels of one group
  private final int out;
  private final int pixels;
  private final int together; // images in a sum; 1 if an image has several
  private final int split; // sums of an image
  private final int partRows; // output rows in a sum, if an image has several
  private final boolean outAsLanes;
  private final int bandRows; // output channels that are packed together
  private final int bands;
  private final int height; // of the padded image, as far as taps reach
  private final int width;
  private final int pixelStep; // from a pixel to the next: where channels fill vectors, so that pixels do not share lines of the cache
  private final int xSize; // numbers of one group's padded image
  private final int bandSize; // numbers of a packed band of dy, with room at the end
  private final int taps;
  private final int runs; // pieces in which a row of taps lies: 1, or one a tap
  private final int runLength;
  private final int runRows; // of sums, if output channels are the lanes: one too many where tiles want an even number
  private final int sumsOfChannel; // of an output channel: its weights, and what rows have too many
  private final boolean gathered; // what a piece of a run sees of x is copied together for all bands
  private final int pieceLength;
  private final int pieces; // of one run
  private final int[] offsets; // for each output pixel of images that are summed together, where its first tap is

  private VectorWeightGradient(ConvGeometry g) {
    this.g = g;
    s = g.settings();
    in = g.inChannels() / s.groups();
    out = g.outChannels() / s.groups();
    pixels = g.outHeight() * g.outWidth();
    together = Math.clamp(LEAST / Math.max(1, pixels), 1, Math.max(1, g.batch()));
    partRows = Math.clamp(MOST / Math.max(1, g.outWidth()), 1, Math.max(1, g.outHeight()));
    split = together > 1 ? 1 : Math.ceilDiv(g.outHeight(), partRows);
    height =
        (g.outHeight() - 1) * s.strideHeight() + (g.kernelHeight() - 1) * s.dilationHeight() + 1;
    width = (g.outWidth() - 1) * s.strideWidth() + (g.kernelWidth() - 1) * s.dilationWidth() + 1;
    pixelStep = in % WIDTH == 0 ? in + WIDTH / 2 : in;
    xSize = height * width * pixelStep + WIDTH;
    runs = s.dilationWidth() == 1 && pixelStep == in ? 1 : g.kernelWidth();
    runLength = g.kernelWidth() / runs * in;
    outAsLanes = VectorTile.FEW_REGISTERS || (runLength < WIDTH && out > runLength);
    bandRows = outAsLanes ? WIDTH : ROWS;
    bands = Math.ceilDiv(out, bandRows);
    int deepest = split > 1 ? partRows * g.outWidth() : together * pixels;
    bandSize =
        outAsLanes
            ? (deepest + 1) * WIDTH
            : VectorTile.packedSize(Math.min(ROWS, out), deepest);
    taps = g.kernelHeight() * g.kernelWidth();
    gathered = VectorTile.FEW_REGISTERS && bands >= SEVERAL;
    pieceLength = gathered ? ROWS : outAsLanes ? runLength + 1 : WIDTH;
    runRows = VectorTile.FEW_REGISTERS ? Math.ceilDiv(runLength, 2) * 2 : runLength;
    pieces = Math.ceilDiv(runRows, pieceLength);
    sumsOfChannel = g.kernelHeight() * runs * runRows;
    offsets = new int[deepest];
    for (int i = 0; i < offsets.length; i++) {
      int y = i % pixels / g.outWidth() * s.strideHeight();
      int x = i % g.outWidth() * s.strideWidth();
      offsets[i] = i / pixels * s.groups() * xSize + (y * width + x) * pixelStep;
    }
  }

  static void run(ConvGeometry g, float[] x, float[] dy, float[] dw) {
    new VectorWeightGradient(g).run(x, dy, dw);
  }

  private void run(float[] x, float[] dy, float[] dw) {
    if (g.batch() == 0) {
      Arrays.fill(dw, 0f);
      return;
    }
    int size = g.outChannels() * sumsOfChannel;
    float[] byTap = Scratch.LANES.floats(size); // [out][tap][in], or [tap][in][out] in each group
    PartialSums.add(
        Math.ceilDiv(g.batch(), together), byTap, size,
        (first, end, sums, at) -> images(
            x, dy, first * together, Math.min(g.batch(), end * together), sums, at));
    inOrder(byTap, dw);
  }

  /// The sum over the images from `begin` to before `end`.
  private void images(float[] x, float[] dy, int begin, int end, float[] sums, int sumsAt) {
    long perImage = (long) s.groups() * (xSize + (long) bands * bandSize * split / together);
    int most = Math.clamp(BLOCK / perImage, 1, end - begin);
    int images = Math.ceilDiv(most, together) * together;
    float[] xs = Scratch.PIXELS.floats(images * s.groups() * xSize);
    float[] dys =
        Scratch.PACKED_A.floats(images / together * split * s.groups() * bands * bandSize);
    for (int first = begin; first < end; first += images) {
      int start = first;
      int count = Math.min(images, end - first);
      int parts = Math.ceilDiv(count, together) * split;
      int packs = parts * s.groups() * bands;
      Parallel.chunks(
          packs + count * s.groups(),
          chunk -> {
            if (chunk < packs) {
              int sum = chunk / bands / s.groups();
              int image = sum / split * together;
              pack(
                  dy, start + image, Math.min(together, count - image),
                  sum % split * partRows * g.outWidth(), pixelsOf(sum),
                  chunk / bands % s.groups(), chunk % bands * bandRows, dys, chunk * bandSize);
            } else {
              int plane = chunk - packs;
              byPixel(
                  x, (start * s.groups() + plane) * in * g.inHeight() * g.inWidth(), xs,
                  plane * xSize);
            }
          });
      int shares = gathered ? 1 : bands;
      Parallel.chunks(
          s.groups() * shares * g.kernelHeight() * runs * pieces,
          chunk -> {
            int piece = chunk % pieces;
            int run = chunk / pieces % runs;
            int ky = chunk / pieces / runs % g.kernelHeight();
            int band = chunk / pieces / runs / g.kernelHeight() % shares;
            int group = chunk / pieces / runs / g.kernelHeight() / shares;
            for (int sum = 0; sum < parts; sum++) {
              int ofSum = Math.min(together, count - sum / split * together); // images
              product(
                  group, band, band + bands / shares, ky, run, piece, sum, ofSum * pixelsOf(sum),
                  xs, dys, sums, sumsAt, start > begin || sum > 0);
            }
          });
    }
  }

  /// What a piece of a run adds to the gradient of the bands from `band` to before `endBand`.
  private void product(
      int group, int band, int endBand, int ky, int run, int piece, int sum, int depth, float[] xs,
      float[] dys, float[] sums, int sumsAt, boolean add) {
    int first = piece * pieceLength;
    int length = Math.min(pieceLength, runRows - first);
    int image = sum / split * together;
    int row = sum % split * partRows * s.strideHeight() + ky * s.dilationHeight();
    int xAt =
        (image * s.groups() + group) * xSize
            + (row * width + run * s.dilationWidth()) * pixelStep + first;
    int tap = (ky * runs + run) * runRows + first; // the first of the piece, counted tap by tap
    int groupAt = sumsAt + group * out * sumsOfChannel;
    float[] seen = gathered ? Scratch.IMAGE.floats(VectorTile.packedSize(length, depth)) : xs;
    if (gathered) {
      VectorPack.gather(length, depth, xs, xAt, offsets, seen, 0);
    }
    for (; band < endBand; band++) {
      int top = band * bandRows;
      int rows = Math.min(bandRows, out - top);
      int dyAt = ((sum * s.groups() + group) * bands + band) * bandSize;
      if (gathered) {
        VectorTile.packed(
            length, rows, depth, seen, 0, dys, dyAt, sums, groupAt + tap * out + top, out, add);
      } else if (outAsLanes) {
        VectorTile.panel(
            length, rows, depth, xs, xAt, offsets, dys, dyAt, null, sums,
            groupAt + tap * out + top, out, add);
      } else {
        VectorTile.panel(
            rows, length, depth, dys, dyAt, xs, xAt, offsets, sums,
            groupAt + top * taps * in + tap, taps * in, add);
      }
    }
  }

  /// How many pixels of an image the sum takes.
  private int pixelsOf(int sum) {
    return split == 1
        ? pixels
        : Math.min(partRows, g.outHeight() - sum % split * partRows) * g.outWidth();
  }

  /// A band of dy in tiles, as [VectorPack#rows] packs them, or pixel by pixel if the output channels are the lanes: `n` pixels from
  /// each of the images, one after another.
  private void pack(
      float[] dy, int image, int count, int pixel, int n, int group, int top, float[] packed,
      int to) {
    int rows = Math.min(bandRows, out - top);
    for (int i = 0; i < count && outAsLanes; i++) {
      int plane = ((image + i) * s.groups() + group) * out + top;
      VectorPack.panel(
          rows, WIDTH, n, dy, plane * pixels + pixel, 1, pixels, packed, to + i * n * WIDTH);
    }
    if (outAsLanes) {
      return;
    }
    int tile;
    for (int r = 0; r < rows; r += tile) {
      tile = VectorTile.rows(rows - r);
      for (int i = 0; i < count; i++) {
        int plane = ((image + i) * s.groups() + group) * out + top + r;
        VectorPack.rows(
            tile, n, dy, plane * pixels + pixel, pixels, 1, packed,
            to + VectorTile.packedAt(r, count * n) + i * VectorTile.pitch(tile) * n);
      }
    }
  }

  /// One group's planes of one image, `[channel][y][x]`, as `[y][x][channel]` with the zeros around.
  private void byPixel(float[] x, int xAt, float[] to, int toAt) {
    int area = g.inHeight() * g.inWidth();
    boolean direct = g.inWidth() % (WIDTH / 2) == 0; // rows are too short otherwise: the whole image at once first
    float[] whole = direct ? x : Scratch.IMAGE.floats(area * pixelStep);
    if (!direct) {
      VectorTranspose.transpose(in, area, x, xAt, area, whole, 0, pixelStep, false);
    }
    int left = Math.min(s.paddingWidth(), width);
    int seen = Math.max(0, Math.min(width - left, g.inWidth()));
    for (int y = 0; y < height; y++) {
      int at = toAt + y * width * pixelStep;
      int row = y - s.paddingHeight();
      if (row < 0 || row >= g.inHeight()) {
        Arrays.fill(to, at, at + width * pixelStep, 0f);
        continue;
      }
      Arrays.fill(to, at, at + left * pixelStep, 0f);
      if (direct) {
        VectorTranspose.transpose(
            in, seen, x, xAt + row * g.inWidth(), area, to, at + left * pixelStep, pixelStep,
            false);
      } else {
        System.arraycopy(
            whole, row * g.inWidth() * pixelStep, to, at + left * pixelStep, seen * pixelStep);
      }
      Arrays.fill(to, at + (left + seen) * pixelStep, at + width * pixelStep, 0f);
    }
  }

  /// From `[out][tap][in]`, or `[tap][in][out]` in each group, to `[out][in][tap]`. Number by number, 512×256 kernels of 3×3 took a
  /// seventh of the gradient's 2.5 ms (AMD Zen 5, two threads).
  private void inOrder(float[] sums, float[] dw) {
    int size = in * taps;
    int most =
        outAsLanes
            ? Math.min(TURNED, Math.ceilDiv(out, 2 * WIDTH) * (WIDTH / 2))
            : Math.max(1, ORDERED / Math.max(1, size));
    int across = Math.ceilDiv(out, most);
    Parallel.chunks(
        s.groups() * across,
        chunk -> {
          int top = chunk % across * most;
          int rows = Math.min(most, out - top);
          int first = chunk / across * out + top; // counted through all groups
          if (outAsLanes) {
            turn(sums, chunk / across * out * sumsOfChannel + top, rows, dw, first * size);
            return;
          }
          float[] kernel = Scratch.TRANSPOSE.floats(size + WIDTH);
          for (int o = first; o < first + rows; o++) {
            VectorTranspose.transpose(taps, in, sums, o * size, in, kernel, 0, taps, true);
            System.arraycopy(kernel, 0, dw, o * size, size);
          }
        });
  }

  /// `rows` columns of `[tap][in][out]` to as many rows `[in][tap]`, some input channels after others.
  private void turn(float[] sums, int from, int rows, float[] dw, int to) {
    int tapsOfRun = g.kernelWidth() / runs;
    int together = Math.max(1, TURNED_NUMBERS / (taps * rows)); // input channels
    float[] sorted = Scratch.TRANSPOSE.floats(together * taps * rows);
    for (int c = 0; c < in; c += together) {
      int end = Math.min(in, c + together);
      int at = 0;
      for (int i = c; i < end; i++) {
        for (int tap = 0; tap < taps; tap++, at += rows) {
          int row = tap / tapsOfRun * runRows + tap % tapsOfRun * in + i;
          System.arraycopy(sums, from + row * out, sorted, at, rows);
        }
      }
      VectorTranspose.transpose(
          (end - c) * taps, rows, sorted, 0, rows, dw, to + c * taps, in * taps, false);
    }
  }
}
