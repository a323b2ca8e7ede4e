package nn.core.kernel;

import java.util.ArrayList;
import java.util.List;
import nn.core.ConvSettings;
import nn.core.Shape;
import org.jspecify.annotations.Nullable;

/// Convolution and its input gradient, with output channels as lanes (see [VectorTile]).
///
/// Both are sweeps over an image copied with its zeros ([PaddedImage]): an output pixel is a sum over taps, each at a
/// fixed offset from the pixel's place. The input gradient has one sweep for each pixel phase of the step, with the taps
/// that reach such pixels. Work is cut into images, slabs of rows and groups of channels, by size alone; each output
/// number is one sum in a fixed order.
final class VectorConvolution {
  private static final int WIDE = VectorTile.WIDTH;
  private static final int NARROW = WIDE / 2;
  private static final int SLAB = 3 << 15; // numbers of a padded slab: 384 KiB, a part of the second-level cache
  private static final int TOGETHER = 192; // places of pixels whose results wait for each other
  private static final int ENOUGH = 8; // chunks for the threads
  private static final int WORTH = 2 * WIDE; // output channels that pay for copies of a row for each tap
  private static final long CHUNK = 1 << 21; // multiplications and additions that are worth a chunk of their own

  /// What taps see of a row or column of the image.
  ///
  /// @param pixels output pixels
  /// @param taps how many, `apart` from each other
  /// @param step input pixels from one output pixel to the next
  /// @param before where the first tap is for output pixel 0, counted back from input pixel 0
  private record Axis(int pixels, int taps, int apart, int step, int before) {
    int reach() {
      return (taps - 1) * apart + 1;
    }
  }

  /// Some taps of the kernel, and where they are.
  ///
  /// @param taps of the kernel
  /// @param offsets for each input channel and tap, where it is, seen from the output pixel's place
  /// @param weightsAt where the weights begin: for each group and block of output channels, for each input channel and tap,
  /// the block's weights
  private record Taps(int[] taps, int[] offsets, int weightsAt) {}

  /// One pass over a padded image.
  ///
  /// @param across the taps of neighbouring output pixels, which take turns in a row
  /// @param narrow the weights for [VectorTile], output channels as rows, if they do not fill a vector and pixels do
  /// @param rows output rows, in the whole image
  /// @param start the first output row in its plane
  /// @param outputRow the distance of two output rows in the plane
  private record Sweep(
      List<Taps> across, float @Nullable [] narrow, int rows, int start, int outputRow) {}

  private final int batch;
  private final int groups;
  private final int inPerGroup;
  private final int inHeight;
  private final int inWidth;
  private final int outPerGroup;
  private final int outArea;
  private final int outWidth;
  private final Axis down;
  private final Axis right;
  private final int slabRows;
  private final int slabs;
  private final PaddedImage padded;
  private final float[] weights; // of all sweeps
  private int used; // of the weights
  private final List<Sweep> sweeps = new ArrayList<>();

  private VectorConvolution(
      Shape in, Shape out, int groups, Axis down, Axis right, float[] weights) {
    this.weights = weights;
    this.down = down;
    this.right = right;
    this.groups = groups;
    batch = in.dim(0);
    inPerGroup = in.dim(1) / groups;
    inHeight = in.dim(2);
    inWidth = in.dim(3);
    outPerGroup = out.dim(1) / groups;
    outArea = out.dim(2) * out.dim(3);
    outWidth = out.dim(3);
    int columns = (right.pixels - 1) * right.step + right.reach();
    boolean byTap = outPerGroup >= WORTH && VectorRow.isBrief(right.pixels, inWidth);
    long perRow =
        (long) in.dim(1) * (byTap ? right.taps * right.pixels : columns + right.step - 1);
    int atOnce =
        Math.clamp(
            (SLAB / perRow - down.reach()) / down.step + 1, Math.min(down.pixels, 4), down.pixels);
    slabs = Math.ceilDiv(down.pixels, atOnce);
    slabRows = Math.ceilDiv(down.pixels, slabs);
    int rows = (slabRows - 1) * down.step + down.reach();
    padded =
        byTap
            ? PaddedImage.byTap(
                in.dim(1), rows, right.pixels, right.before, down.step, right.step, right.taps,
                right.apart)
            : PaddedImage.whole(in.dim(1), rows, columns, right.before, down.step, right.step);
  }

  static void forward(
      ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y,
      @Nullable PackedForms forms) {
    ConvSettings s = g.settings();
    int outPerGroup = g.outChannels() / s.groups();
    int kernel = g.kernelHeight() * g.kernelWidth();
    int depth = g.inChannels() / s.groups() * kernel;
    int size = s.groups() * packedSize(outPerGroup, depth);
    float[] weights =
        forms == null || s.groups() > 1
            ? pack(s.groups(), outPerGroup, depth, w, Scratch.WEIGHTS.floats(size))
            : forms.of(
                PackedForms.Kind.DIRECT, () -> pack(1, outPerGroup, depth, w, new float[size]));
    VectorConvolution convolution =
        new VectorConvolution(
            g.inputShape(), g.outputShape(), s.groups(),
            new Axis(
                g.outHeight(), g.kernelHeight(), s.dilationHeight(), s.strideHeight(),
                s.paddingHeight()),
            new Axis(
                g.outWidth(), g.kernelWidth(), s.dilationWidth(), s.strideWidth(),
                s.paddingWidth()),
            weights);
    int[] taps = new int[kernel];
    int[] at = new int[kernel];
    for (int tap = 0; tap < kernel; tap++) {
      taps[tap] = tap;
      at[tap] =
          convolution.padded.at(
              tap / g.kernelWidth() * s.dilationHeight(),
              tap % g.kernelWidth() * s.dilationWidth());
    }
    Taps all = convolution.taps(taps, at);
    convolution.sweeps.add(
        new Sweep(List.of(all), convolution.narrow(all), g.outHeight(), 0, g.outWidth()));
    convolution.run(x, bias, y);
  }

  /// For each group and block of output channels, for each input channel and tap, the block's weights.
  private static float[] pack(
      int groups, int outPerGroup, int depth, float[] w, float[] packed) {
    int blocks = blocks(outPerGroup);
    Parallel.chunks(
        groups * blocks,
        chunk -> {
          int first = chunk % blocks * WIDE;
          int group = chunk / blocks;
          int lanes = Math.min(WIDE, outPerGroup - first);
          VectorPack.panel(
              lanes, width(lanes), depth, w, (group * outPerGroup + first) * depth, 1, depth,
              packed, group * packedSize(outPerGroup, depth) + first * depth);
        });
    return packed;
  }

  static void inputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
    ConvSettings s = g.settings();
    Phases down = new Phases(
        g.inHeight(), g.kernelHeight(), s.strideHeight(), s.paddingHeight(), s.dilationHeight());
    Phases right = new Phases(
        g.inWidth(), g.kernelWidth(), s.strideWidth(), s.paddingWidth(), s.dilationWidth());
    int kernel = g.kernelHeight() * g.kernelWidth();
    VectorConvolution convolution =
        new VectorConvolution(
            g.outputShape(), g.inputShape(), s.groups(),
            new Axis(down.pixels(0), down.reach(), 1, 1, -down.first),
            new Axis(right.pixels(0), right.reach(), 1, 1, -right.first),
            Scratch.WEIGHTS.floats(
                s.groups()
                    * packedSize(
                        g.inChannels() / s.groups(), g.outChannels() / s.groups() * kernel)));
    List<Taps> all = new ArrayList<>();
    for (int fy = 0; fy < s.strideHeight(); fy++) {
      for (int fx = 0; fx < s.strideWidth(); fx++) {
        all.add(convolution.phase(g, down, fy, right, fx));
      }
    }
    convolution.pack(g, w, all);
    for (int fy = 0; fy < s.strideHeight(); fy++) {
      List<Taps> across = all.subList(fy * s.strideWidth(), (fy + 1) * s.strideWidth());
      convolution.sweeps.add(
          new Sweep(
              across, across.size() == 1 ? convolution.narrow(across.getFirst()) : null,
              down.pixels(fy), fy * g.inWidth(), s.strideHeight() * g.inWidth()));
    }
    convolution.run(dy, null, dx);
  }

  /// The input pixels (i · stride + fy, j · stride + fx), all of which get gradients through the same taps.
  private Taps phase(ConvGeometry g, Phases down, int fy, Phases right, int fx) {
    int[] tapsY = down.taps(fy);
    int[] tapsX = right.taps(fx);
    int[] taps = new int[tapsY.length * tapsX.length];
    int[] at = new int[taps.length];
    for (int p = 0; p < taps.length; p++) {
      int ky = tapsY[p / tapsX.length];
      int kx = tapsX[p % tapsX.length];
      taps[p] = ky * g.kernelWidth() + kx;
      at[p] = padded.at(down.shift(fy, ky) - down.first, right.shift(fx, kx) - right.first);
    }
    return taps(taps, at);
  }

  /// Taps of the kernel, the first input channel's at these places of the padded image.
  private Taps taps(int[] taps, int[] at) {
    int[] offsets = new int[inPerGroup * taps.length];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = i / taps.length * padded.plane() + at[i % taps.length];
    }
    int weightsAt = used;
    used += groups * packedSize(outPerGroup, offsets.length);
    return new Taps(taps, offsets, weightsAt);
  }

  /// The weights of all phases: each kernel is taken apart once.
  private void pack(ConvGeometry g, float[] w, List<Taps> phases) {
    int kernel = g.kernelHeight() * g.kernelWidth();
    int blocks = blocks(outPerGroup);
    Parallel.chunks(
        groups * blocks,
        chunk -> {
          int group = chunk / blocks;
          int first = chunk % blocks * WIDE;
          int lanes = Math.min(WIDE, outPerGroup - first);
          float[] byTap = Scratch.LANES.floats((kernel + WIDE) * lanes);
          for (int c = 0; c < inPerGroup; c++) {
            VectorPack.byTap(
                lanes, kernel, w, ((group * inPerGroup + c) * outPerGroup + first) * kernel, byTap);
            for (Taps phase : phases) {
              int at = weightsAt(phase, group, first) + c * phase.taps.length * width(lanes);
              for (int tap : phase.taps) {
                System.arraycopy(byTap, tap * lanes, weights, at, lanes);
                at += width(lanes);
              }
            }
          }
        });
  }

  /// Where the weights of the block that begins with the group's output channel `first` stand.
  private int weightsAt(Taps taps, int group, int first) {
    int depth = taps.offsets.length;
    return taps.weightsAt + group * packedSize(outPerGroup, depth) + first * depth;
  }

  /// With few output channels, pixels are the better lanes, if whole rows of them nearly fill wide vectors.
  private float @Nullable [] narrow(Taps taps) {
    if (outPerGroup > NARROW || outWidth < 0.8 * WIDE * Math.ceilDiv(outWidth, WIDE)) {
      return null;
    }
    int depth = taps.offsets.length;
    float[] rows = new float[groups * outPerGroup * depth + WIDE];
    for (int group = 0; group < groups; group++) {
      VectorPack.rows(
          outPerGroup, depth, weights, weightsAt(taps, group, 0), 1, NARROW, rows,
          group * outPerGroup * depth);
    }
    return rows;
  }

  /// Pixels up to a multiple of 4, as tiles of less take as long; what is too much is not used.
  private static int whole(int pixels) {
    return Math.ceilDiv(pixels, 4) * 4;
  }

  private static int blocks(int channels) {
    return Math.ceilDiv(channels, WIDE);
  }

  private static int width(int lanes) {
    return lanes > NARROW ? WIDE : NARROW;
  }

  private static int packedSize(int channels, int depth) {
    int last = channels - (blocks(channels) - 1) * WIDE;
    return ((blocks(channels) - 1) * WIDE + width(last)) * depth;
  }

  private void run(float[] x, float @Nullable [] bias, float[] y) {
    int blocks = groups * blocks(outPerGroup);
    long work = 0;
    for (Sweep sweep : sweeps) {
      for (Taps taps : sweep.across) {
        work += 2L * sweep.rows * right.pixels * taps.offsets.length * outPerGroup * groups;
      }
    }
    int pieces = batch * slabs;
    if (pieces >= ENOUGH && used <= (long) batch * slabs * padded.size()) {
      Parallel.chunks(
          pieces,
          piece -> {
            float[] copy = Scratch.IMAGE.floats(padded.size() + WIDE);
            copy(piece, 0, groups * inPerGroup, x, copy, 0);
            blocks(piece, 0, blocks, copy, 0, bias, y);
          });
      return;
    }
    int size = padded.size() + WIDE;
    float[] copies = Scratch.IMAGE.floats(pieces * size);
    int copiers = Math.clamp(ENOUGH / Math.max(1, pieces), 1, groups * inPerGroup);
    Parallel.chunks(pieces * copiers, chunk -> {
      int piece = chunk / copiers;
      int from = groups * inPerGroup * (chunk % copiers) / copiers;
      int to = groups * inPerGroup * (chunk % copiers + 1) / copiers;
      copy(piece, from, to, x, copies, piece * size);
    });
    int parts = Math.clamp(work / Math.max(1, pieces) / CHUNK, 1, Math.min(blocks, ENOUGH));
    Parallel.chunks(
        parts * pieces,
        chunk -> {
          int part = chunk / pieces;
          int piece = chunk % pieces;
          blocks(
              piece, blocks * part / parts, blocks * (part + 1) / parts, copies, piece * size, bias,
              y);
        });
  }

  /// The channels from `from` to before `to` of one slab of one image.
  private void copy(int piece, int from, int to, float[] x, float[] copy, int at) {
    padded.copy(
        x, piece / slabs * groups * inPerGroup * inHeight * inWidth, from, to, inHeight, inWidth,
        piece % slabs * slabRows * down.step - down.before, copy, at);
  }

  private void blocks(
      int piece, int first, int end, float[] copy, int copyAt, float @Nullable [] bias, float[] y) {
    for (int block = first; block < end; block++) {
      for (Sweep sweep : sweeps) {
        sweep(
            sweep, piece % slabs * slabRows, copy, copyAt, bias, y,
            piece / slabs * groups * outPerGroup, block);
      }
    }
  }

  /// One slab of one block of channels.
  private void sweep(
      Sweep sweep, int firstRow, float[] copy, int copyAt, float @Nullable [] bias, float[] y,
      int firstPlane, int block) {
    int perGroup = blocks(outPerGroup);
    int group = block / perGroup;
    int firstChannel = block % perGroup * WIDE;
    int lanes = Math.min(WIDE, outPerGroup - firstChannel);
    int groupAt = copyAt + group * inPerGroup * padded.plane();
    int channel = group * outPerGroup + firstChannel;
    int yAt = (firstPlane + channel) * outArea + sweep.start;
    int end = Math.min(sweep.rows, firstRow + slabRows);
    int rowsAtOnce = Math.max(1, TOGETHER / (padded.width() * sweep.across.size()));
    for (int row = firstRow; row < end; row += rowsAtOnce) {
      int rows = Math.min(rowsAtOnce, end - row);
      int to = yAt + row * sweep.outputRow;
      int from = groupAt + (row - firstRow) * padded.width();
      if (sweep.narrow != null) {
        pixelsAsLanes(sweep, sweep.narrow, rows, lanes, group, copy, from, y, to);
      } else {
        channelsAsLanes(sweep, rows, lanes, group, firstChannel, copy, from, y, to);
      }
      if (bias != null) {
        for (int lane = 0; lane < lanes; lane++) {
          float add = bias[channel + lane];
          int at = to + lane * outArea;
          for (int i = at; i < at + rows * outWidth; i++) {
            y[i] += add;
          }
        }
      }
    }
  }

  private void pixelsAsLanes(
      Sweep sweep, float[] weights, int rows, int lanes, int group, float[] copy, int from,
      float[] y, int to) {
    int[] offsets = sweep.across.getFirst().offsets;
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < outWidth; i += WIDE) {
        VectorTile.panel(
            lanes, Math.min(WIDE, outWidth - i), offsets.length, weights,
            group * outPerGroup * offsets.length, copy, from + r * padded.width() + i, offsets, y,
            to + r * sweep.outputRow + i, outArea, false);
      }
    }
  }

  /// Some rows of one block of channels, one after the other, or as one line with what lies between them, where rows are so short that
  /// this gives the better tiles.
  private void channelsAsLanes(
      Sweep sweep, int rows, int lanes, int group, int firstChannel, float[] copy, int from,
      float[] y, int to) {
    int width = width(lanes);
    int step = sweep.across.size();
    int line = whole((rows - 1) * padded.width() + right.pixels);
    int single = whole(right.pixels);
    boolean asLine = VectorTile.cost(line) <= rows * VectorTile.cost(single);
    int run = asLine ? line : single;
    int places = (asLine ? line : rows * run) * step;
    float[] tile = Scratch.OUTPUT.floats(places * width);
    for (int i = 0; i < step; i++) {
      Taps taps = sweep.across.get(i);
      int depth = taps.offsets.length;
      for (int r = 0; r < (asLine ? 1 : rows); r++) {
        VectorTile.panel(
            run, width, depth, copy, from + r * padded.width(), taps.offsets, weights,
            weightsAt(taps, group, firstChannel), VectorPack.steps(depth, width), tile,
            (r * run * step + i) * width, step * width, false);
      }
    }
    int pitch = (asLine ? padded.width() : run) * step; // from row to row
    if (pitch == outWidth && sweep.outputRow == outWidth) {
      VectorTranspose.transpose(rows * pitch, lanes, tile, 0, width, y, to, outArea, false);
      return;
    }
    float[] planes = Scratch.PLANES.floats(lanes * places);
    VectorTranspose.transpose(places, lanes, tile, 0, width, planes, 0, places, false);
    for (int lane = 0; lane < lanes; lane++) {
      for (int r = 0; r < rows; r++) {
        System.arraycopy(
            planes, lane * places + r * pitch, y, to + lane * outArea + r * sweep.outputRow,
            outWidth);
      }
    }
  }
}
