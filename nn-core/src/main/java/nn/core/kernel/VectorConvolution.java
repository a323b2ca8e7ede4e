package nn.core.kernel;

import java.util.ArrayList;
import java.util.List;
import nn.core.ConvSettings;
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
  private static final int SLAB = 1 << 16; // numbers of a padded slab: 256 KiB, a part of the second-level cache
  private static final int TOGETHER = 192; // places of pixels whose results wait for each other
  private static final long CHUNK = 1 << 21; // multiplications and additions that are worth a chunk of their own

  /// One pass over a padded image.
  ///
  /// @param offsets for each tap and input channel, where it is, seen from the output pixel's place
  /// @param weightsAt where the weights begin: for each group and block of output channels, for each tap and input channel,
  /// the block's weights
  /// @param narrow the same weights for [VectorTile], output channels as rows, if they do not fill a vector and pixels do
  /// @param rows output rows, in the whole image
  /// @param pixels output pixels in a row
  /// @param start the first output pixel in its plane
  /// @param outputRow the distance of two output rows in the plane
  /// @param outputStep the distance of two output pixels in a row
  private record Sweep(
      int[] offsets, int weightsAt, float @Nullable [] narrow, int rows, int pixels,
      int start, int outputRow, int outputStep) {}

  private final int batch;
  private final int groups;
  private final int inPerGroup;
  private final int inHeight;
  private final int inWidth;
  private final int outPerGroup;
  private final int outArea;
  private final int slabRows;
  private final int slabs;
  private final int inputStep; // input rows between two slab rows
  private final int top; // the input row of the padded image's first row, for slab row 0
  private final PaddedImage padded;
  private final float[] weights; // of all sweeps
  private int used; // of the weights
  private final List<Sweep> sweeps = new ArrayList<>();

  private VectorConvolution(
      int batch, int groups, int inPerGroup, int inHeight, int inWidth, int outPerGroup,
      int outArea,
      int rows, int reach, int inputStep, int top, int width, int left, int step,
      float[] weights) {
    this.weights = weights;
    this.batch = batch;
    this.groups = groups;
    this.inPerGroup = inPerGroup;
    this.inHeight = inHeight;
    this.inWidth = inWidth;
    this.outPerGroup = outPerGroup;
    this.outArea = outArea;
    this.inputStep = inputStep;
    this.top = top;
    int subWidth = Math.ceilDiv(width, step);
    long perRow = (long) groups * inPerGroup * subWidth * step;
    int atOnce = Math.clamp((SLAB / perRow - reach) / inputStep + 1, Math.min(rows, 4), rows);
    slabs = Math.ceilDiv(rows, atOnce);
    slabRows = Math.ceilDiv(rows, slabs);
    padded =
        new PaddedImage(
            Math.ceilDiv((slabRows - 1) * inputStep + reach, inputStep), subWidth, left, inputStep,
            step);
  }

  static void forward(
      ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y,
      @Nullable PackedForms forms) {
    ConvSettings s = g.settings();
    int inPerGroup = g.inChannels() / s.groups();
    int outPerGroup = g.outChannels() / s.groups();
    int reachY = (g.kernelHeight() - 1) * s.dilationHeight() + 1;
    int reachX = (g.kernelWidth() - 1) * s.dilationWidth() + 1;
    int depth = inPerGroup * g.kernelHeight() * g.kernelWidth();
    int size = s.groups() * packedSize(outPerGroup, depth);
    float[] weights =
        forms == null || s.groups() > 1
            ? pack(s.groups(), outPerGroup, depth, w, Scratch.WEIGHTS.floats(size))
            : forms.of(
                PackedForms.Kind.DIRECT, () -> pack(1, outPerGroup, depth, w, new float[size]));
    VectorConvolution convolution =
        new VectorConvolution(
            g.batch(), s.groups(), inPerGroup, g.inHeight(), g.inWidth(), outPerGroup,
            g.outHeight() * g.outWidth(), g.outHeight(), reachY, s.strideHeight(),
            -s.paddingHeight(),
            (g.outWidth() - 1) * s.strideWidth() + reachX, s.paddingWidth(), s.strideWidth(),
            weights);
    PaddedImage padded = convolution.padded;
    int[] offsets = new int[depth];
    int p = 0;
    for (int c = 0; c < inPerGroup; c++) {
      for (int ky = 0; ky < g.kernelHeight(); ky++) {
        for (int kx = 0; kx < g.kernelWidth(); kx++) {
          offsets[p++] =
              c * padded.plane() + padded.at(ky * s.dilationHeight(), kx * s.dilationWidth());
        }
      }
    }
    convolution.sweeps.add(
        new Sweep(
            offsets, 0, convolution.narrow(0, depth, g.outWidth(), 1), g.outHeight(),
            g.outWidth(), 0, g.outWidth(), 1));
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
    VectorConvolution convolution =
        new VectorConvolution(
            g.batch(), s.groups(), g.outChannels() / s.groups(), g.outHeight(), g.outWidth(),
            g.inChannels() / s.groups(), g.inHeight() * g.inWidth(), down.pixels(0), down.reach(),
            1, down.first,
            right.pixels(0) + right.reach() - 1, -right.first, 1,
            Scratch.WEIGHTS.floats(
                s.groups()
                    * packedSize(
                        g.inChannels() / s.groups(),
                        g.outChannels() / s.groups() * g.kernelHeight() * g.kernelWidth())));
    List<Phase> phases = new ArrayList<>();
    for (int fy = 0; fy < s.strideHeight(); fy++) {
      for (int fx = 0; fx < s.strideWidth(); fx++) {
        if (down.pixels(fy) > 0 && right.pixels(fx) > 0) {
          phases.add(convolution.phase(g, down, fy, right, fx));
        }
      }
    }
    convolution.pack(g, w, phases);
    for (Phase phase : phases) {
      convolution.addSweep(g, phase);
    }
    convolution.run(dy, null, dx);
  }

  /// The input pixels (i · stride + fy, j · stride + fx), all of which get gradients through the same taps.
  ///
  /// @param taps of the kernel
  /// @param offsets and weightsAt as in [Sweep]
  private record Phase(
      int rows, int pixels, int[] taps, int[] offsets, int weightsAt, int start) {}

  private Phase phase(ConvGeometry g, Phases down, int fy, Phases right, int fx) {
    int[] tapsY = down.taps(fy);
    int[] tapsX = right.taps(fx);
    int[] taps = new int[tapsY.length * tapsX.length];
    int[] offsets = new int[inPerGroup * taps.length];
    int p = 0;
    for (int c = 0; c < inPerGroup; c++) {
      for (int ky : tapsY) {
        for (int kx : tapsX) {
          taps[p % taps.length] = ky * g.kernelWidth() + kx;
          offsets[p++] =
              c * padded.plane()
                  + padded.at(down.shift(fy, ky) - down.first, right.shift(fx, kx) - right.first);
        }
      }
    }
    int weightsAt = used;
    used += groups * packedSize(outPerGroup, offsets.length);
    return new Phase(
        down.pixels(fy), right.pixels(fx), taps, offsets, weightsAt, fy * g.inWidth() + fx);
  }

  /// The weights of all phases: each kernel is taken apart once.
  private void pack(ConvGeometry g, float[] w, List<Phase> phases) {
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
            for (Phase phase : phases) {
              int depth = phase.offsets.length;
              int at =
                  phase.weightsAt + group * packedSize(outPerGroup, depth) + first * depth
                      + c * phase.taps.length * width(lanes);
              for (int tap : phase.taps) {
                System.arraycopy(byTap, tap * lanes, weights, at, lanes);
                at += width(lanes);
              }
            }
          }
        });
  }

  private void addSweep(ConvGeometry g, Phase phase) {
    ConvSettings s = g.settings();
    sweeps.add(
        new Sweep(
            phase.offsets, phase.weightsAt,
            narrow(phase.weightsAt, phase.offsets.length, phase.pixels, s.strideWidth()),
            phase.rows, phase.pixels, phase.start, s.strideHeight() * g.inWidth(),
            s.strideWidth()));
  }

  /// With few output channels, pixels are the better lanes, if whole rows of them nearly fill wide vectors.
  private float @Nullable [] narrow(int start, int depth, int pixels, int outputStep) {
    if (outPerGroup > NARROW || outputStep != 1
        || pixels < 0.8 * WIDE * Math.ceilDiv(pixels, WIDE)) {
      return null;
    }
    float[] rows = new float[groups * outPerGroup * depth + WIDE];
    for (int group = 0; group < groups; group++) {
      VectorPack.rows(
          outPerGroup, depth, weights,
          start + group * packedSize(outPerGroup, depth), 1, NARROW,
          rows,
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
      work += 2L * sweep.rows * sweep.pixels * sweep.offsets.length * outPerGroup * groups;
    }
    int parts =
        Math.clamp(Math.min(work / slabs / CHUNK, 8 / Math.max(1, batch * slabs)), 1, blocks);
    Parallel.chunks(
        batch * slabs * parts,
        chunk -> {
          int part = chunk % parts;
          int slab = chunk / parts % slabs;
          int image = chunk / parts / slabs;
          float[] copy = Scratch.IMAGE.floats(groups * inPerGroup * padded.plane() + WIDE);
          padded.copy(
              x, image * groups * inPerGroup * inHeight * inWidth, groups * inPerGroup, inHeight,
              inWidth,
              top + slab * slabRows * inputStep, copy, 0);
          for (int block = blocks * part / parts; block < blocks * (part + 1) / parts; block++) {
            for (Sweep sweep : sweeps) {
              sweep(sweep, slab * slabRows, copy, bias, y, image * groups * outPerGroup, block);
            }
          }
        });
  }

  /// One slab of one block of channels.
  private void sweep(
      Sweep sweep, int firstRow, float[] copy, float @Nullable [] bias, float[] y, int firstPlane,
      int block) {
    int perGroup = blocks(outPerGroup);
    int group = block / perGroup;
    int firstChannel = block % perGroup * WIDE;
    int lanes = Math.min(WIDE, outPerGroup - firstChannel);
    int width = width(lanes);
    int depth = sweep.offsets.length;
    int weightsAt =
        sweep.weightsAt + group * packedSize(outPerGroup, depth) + firstChannel * depth;
    int copyAt = group * inPerGroup * padded.plane();
    int channel = group * outPerGroup + firstChannel;
    int yAt = (firstPlane + channel) * outArea + sweep.start;
    int end = Math.min(sweep.rows, firstRow + slabRows);
    int pitch = padded.width();
    int rowsAtOnce = Math.max(1, TOGETHER / pitch);
    float[] narrow = sweep.narrow;
    for (int row = firstRow; row < end; row += rowsAtOnce) {
      int rows = Math.min(rowsAtOnce, end - row);
      int to = yAt + row * sweep.outputRow;
      int from = copyAt + (row - firstRow) * pitch;
      if (narrow == null) {
        pixels(sweep, rows, lanes, width, copy, from, weightsAt, y, to);
      } else {
        for (int r = 0; r < rows; r++) {
          for (int i = 0; i < sweep.pixels; i += WIDE) {
            VectorTile.panel(
                lanes, Math.min(WIDE, sweep.pixels - i), depth, narrow,
                group * outPerGroup * depth,
                copy, from + r * pitch + i, sweep.offsets, y, to + r * sweep.outputRow + i, outArea,
                false);
          }
        }
      }
      if (bias != null) {
        for (int lane = 0; lane < lanes; lane++) {
          float add = bias[channel + lane];
          int at = to + lane * outArea;
          for (int i = at; i < at + rows * sweep.pixels; i++) {
            y[i] += add;
          }
        }
      }
    }
  }

  /// Some rows of one block of channels, one after the other, or as one line with what lies between them, where rows are so short that
  /// this gives the better tiles.
  private void pixels(
      Sweep sweep, int rows, int lanes, int width, float[] copy, int from, int weightsAt,
      float[] y, int to) {
    int depth = sweep.offsets.length;
    int line = whole((rows - 1) * padded.width() + sweep.pixels);
    int single = whole(sweep.pixels);
    boolean asLine = VectorTile.cost(line) <= rows * VectorTile.cost(single);
    int run = asLine ? line : single;
    int pitch = asLine ? padded.width() : run; // of the rows in the result
    int places = asLine ? line : rows * run;
    float[] tile = Scratch.OUTPUT.floats(places * width);
    for (int r = 0; r < (asLine ? 1 : rows); r++) {
      VectorTile.panel(
          run, width, depth, copy, from + r * padded.width(), sweep.offsets, weights, weightsAt,
          VectorPack.steps(depth, width), tile, r * run * width, width, false);
    }
    if (sweep.outputStep == 1 && sweep.outputRow == pitch) {
      VectorTranspose.transpose(rows * pitch, lanes, tile, 0, width, y, to, outArea, false);
      return;
    }
    float[] planes = Scratch.PLANES.floats(lanes * places);
    VectorTranspose.transpose(places, lanes, tile, 0, width, planes, 0, places, false);
    for (int lane = 0; lane < lanes; lane++) {
      for (int r = 0; r < rows; r++) {
        int at = lane * places + r * pitch;
        int row = to + lane * outArea + r * sweep.outputRow;
        if (sweep.outputStep == 1) {
          System.arraycopy(planes, at, y, row, sweep.pixels);
        } else {
          for (int i = 0; i < sweep.pixels; i++) {
            y[row + i * sweep.outputStep] = planes[at + i];
          }
        }
      }
    }
  }
}
