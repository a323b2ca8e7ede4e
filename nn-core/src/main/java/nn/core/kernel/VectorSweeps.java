package nn.core.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import nn.core.Shape;
import org.jspecify.annotations.Nullable;

/// Sweeps over images that are copied with their zeros ([PaddedImage]): an output pixel is a sum over taps, each at a fixed
/// offset from the pixel's place, `y[o][pixel] = Σ w[o][c][tap] · x[c][pixel's place + tap's offset]`.
///
/// Output channels are the lanes, or pixels where few channels would not fill a vector (see [VectorTile]). Work is cut into pieces,
/// slabs of an image's rows, by size alone; each output number is one sum in a fixed order.
///
/// Where processors share no cache, what one has written the other reads at the speed of memory, and writes over it slower still.
/// So each thread keeps copies of its own: of its pieces and, if that is little work beside the products, of the packed weights.
/// If there are few pieces, as with a single image, each is copied once for all threads, and they share the output channels.
final class VectorSweeps {
  private static final int WIDE = VectorTile.WIDTH;
  private static final int NARROW = WIDE / 2;
  private static final int SLAB = 3 << 15; // numbers of a padded slab: 384 KiB, a part of the second-level cache
  private static final int TOGETHER = 192; // places of pixels whose results wait for each other
  private static final int ENOUGH = 8; // chunks for the threads
  private static final int COPIED = 1 << 13; // numbers that are worth a thread to copy them
  private static final int WORTH = 2 * WIDE; // output channels that pay for copies of a row for each tap
  private static final int OWN = 128; // pixels for each thread that pay for weights of its own
  private static final int MOST_OWN = 1 << 23; // numbers of weights, 32 MiB
  private static final long CHUNK = 1 << 21; // multiplications and additions that are worth a chunk of their own

  /// What taps see of a row or column of the image.
  ///
  /// @param pixels output pixels
  /// @param taps how many, `apart` from each other
  /// @param step input pixels from one output pixel to the next
  /// @param before where the first tap is for output pixel 0, counted back from input pixel 0
  record Axis(int pixels, int taps, int apart, int step, int before) {
    int reach() {
      return (taps - 1) * apart + 1;
    }
  }

  /// Some taps of the kernel, and where they are.
  ///
  /// @param taps of the kernel
  /// @param down for each, its row, counted from the first tap's
  /// @param offsets for each input channel and tap, where it is, seen from the output pixel's place
  /// @param weightsAt where the weights begin: for each group and block of output channels, for each input channel and tap,
  /// the block's weights
  /// @param depth how many weights an output channel has there; more than the taps where some see nothing but zeros
  /// @param wide for each input channel and tap, where its weights stand in a block of [#WIDE] channels
  /// @param narrow the same for a block of [#NARROW]
  record Taps(
      int[] taps, int[] down, int[] offsets, int weightsAt, int depth, int[] wide, int[] narrow) {}

  /// Output rows that see the image through the same taps.
  ///
  /// @param across the taps of neighbouring output pixels, which take turns in a row
  /// @param from the first row
  /// @param end behind the last row
  /// @param start where row 0 begins in its plane
  /// @param outputRow the distance of two output rows in the plane
  private record Sweep(List<Taps> across, int from, int end, int start, int outputRow) {}

  /// What is done for a block of output channels: from `channel` on, counted through all groups, `lanes` of them, whose weights
  /// take `width` places.
  @FunctionalInterface
  interface Block {
    void run(int channel, int lanes, int width);
  }

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
  private final int pieces;
  private final PaddedImage padded;
  private int weights; // of all taps
  private final List<Sweep> sweeps = new ArrayList<>();

  VectorSweeps(Shape in, Shape out, int groups, Axis down, Axis right) {
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
    pieces = batch * slabs;
    int rows = (slabRows - 1) * down.step + down.reach();
    padded =
        byTap
            ? PaddedImage.byTap(
                in.dim(1), inHeight, inWidth, rows, right.pixels, right.before, down.step,
                right.step, right.taps, right.apart)
            : PaddedImage.whole(
                in.dim(1), inHeight, inWidth, rows, columns, right.before, down.step, right.step);
  }

  /// Taps of the kernel, `y` rows and `x` columns from the first one. Their weights follow those of the taps before.
  Taps taps(int[] taps, int[] y, int[] x) {
    int[] offsets = new int[inPerGroup * taps.length];
    for (int i = 0; i < offsets.length; i++) {
      int tap = i % taps.length;
      offsets[i] = i / taps.length * padded.plane() + padded.at(y[tap], x[tap]);
    }
    int weightsAt = weights;
    int depth = offsets.length;
    weights += groups * packedSize(depth);
    return new Taps(
        taps, y, offsets, weightsAt, depth, VectorPack.steps(depth, WIDE),
        VectorPack.steps(depth, NARROW));
  }

  /// Output rows that begin in their plane at `start` and are `outputRow` apart; neighbouring pixels take turns.
  void add(List<Taps> across, int rows, int start, int outputRow) {
    if (rows == 0) {
      return;
    }
    Sweep all = new Sweep(across, 0, rows, start, outputRow);
    if (pixelsAreLanes(all)) {
      sweeps.add(all);
      return;
    }
    List<Sweep> sections = new ArrayList<>();
    long cost = 0;
    int from = 0;
    for (int row = 1; row <= rows; row++) {
      if (row == rows || !seeTheSame(across, row, from)) {
        List<Taps> seeing = new ArrayList<>();
        for (Taps taps : across) {
          seeing.add(only(taps, from));
        }
        Sweep section = new Sweep(seeing, from, row, start, outputRow);
        sections.add(section);
        cost += cost(section);
        from = row;
      }
    }
    sweeps.addAll(cost < cost(all) ? sections : List.of(all));
  }

  /// Whether the same taps see rows of the image from two output rows; the others see zeros.
  private boolean seeTheSame(List<Taps> across, int row, int other) {
    for (Taps taps : across) {
      for (int y : taps.down) {
        if (sees(y, row) != sees(y, other)) {
          return false;
        }
      }
    }
    return true;
  }

  /// Whether the tap `y` rows from the first one sees a row of the image.
  private boolean sees(int y, int row) {
    int at = row * down.step - down.before + y;
    return at >= 0 && at < inHeight;
  }

  /// The taps that see rows of the image from an output row.
  private Taps only(Taps taps, int row) {
    int n = taps.taps.length;
    int[] kept = new int[taps.depth];
    int count = 0;
    for (int p = 0; p < taps.depth; p++) {
      if (sees(taps.down[p % n], row)) {
        kept[count++] = p;
      }
    }
    int[] offsets = new int[count];
    int[] wide = new int[count];
    int[] narrow = new int[count];
    for (int i = 0; i < count; i++) {
      offsets[i] = taps.offsets[kept[i]];
      wide[i] = kept[i] * WIDE;
      narrow[i] = kept[i] * NARROW;
    }
    return new Taps(taps.taps, taps.down, offsets, taps.weightsAt, taps.depth, wide, narrow);
  }

  private long cost(Sweep sweep) {
    int rows = sweep.end - sweep.from;
    int line = VectorTile.cost(fours((rows - 1) * padded.width() + right.pixels));
    int cost = Math.min(line, rows * VectorTile.cost(fours(right.pixels)));
    long all = 0;
    for (Taps taps : sweep.across) {
      all += (long) cost * taps.offsets.length;
    }
    return all;
  }

  /// How many numbers the packed weights of all taps take.
  int weights() {
    return weights;
  }

  /// Where a block's weights stand, seen from those of its taps.
  ///
  /// @param start where the taps' weights begin
  /// @param channel the block's first output channel, of all groups
  /// @param depth the taps' weights for an output channel
  int weightsAt(int start, int channel, int depth) {
    return start + channel / outPerGroup * packedSize(depth) + channel % outPerGroup * depth;
  }

  private int packedSize(int depth) {
    int last = outPerGroup - (blocks() - 1) * WIDE;
    return ((blocks() - 1) * WIDE + width(last)) * depth;
  }

  /// The blocks of output channels of a group.
  private int blocks() {
    return Math.ceilDiv(outPerGroup, WIDE);
  }

  private static int width(int lanes) {
    return lanes > NARROW ? WIDE : NARROW;
  }

  /// Pixels up to a multiple of 4, as tiles of less take as long; what is too much is not used.
  private static int fours(int pixels) {
    return Math.ceilDiv(pixels, 4) * 4;
  }

  /// With few output channels, pixels are the better lanes, if whole rows of them nearly fill wide vectors.
  private boolean pixelsAreLanes(Sweep sweep) {
    return outPerGroup <= NARROW && sweep.across.size() == 1
        && outWidth >= 0.8 * WIDE * Math.ceilDiv(outWidth, WIDE);
  }

  /// Something for each block of output channels of all groups, on all threads.
  void eachBlock(Block body) {
    int blocks = blocks();
    Parallel.chunks(groups * blocks, chunk -> block(chunk, body));
  }

  private void block(int block, Block body) {
    int first = block % blocks() * WIDE;
    int lanes = Math.min(WIDE, outPerGroup - first);
    body.run(block / blocks() * outPerGroup + first, lanes, width(lanes));
  }

  /// All sweeps, with weights that `pack` writes where they are needed.
  void run(float[] x, Consumer<float[]> pack, float @Nullable [] bias, float[] y) {
    boolean own = batch * outArea >= OWN * Parallel.threads() && weights <= MOST_OWN;
    if (pieces >= ENOUGH && own) { // who packs does not change what comes out
      Parallel.chunksByThread(
          pieces,
          () -> {
            float[] packed = Scratch.WEIGHTS.floats(weights);
            pack.accept(packed);
            return piece -> copyAndSweep(piece, x, packed, bias, y);
          });
      return;
    }
    float[] packed = Scratch.WEIGHTS.floats(weights);
    pack.accept(packed);
    run(x, packed, bias, y);
  }

  /// All sweeps, with packed weights.
  void run(float[] x, float[] packed, float @Nullable [] bias, float[] y) {
    if (pieces >= ENOUGH) {
      Parallel.chunks(pieces, piece -> copyAndSweep(piece, x, packed, bias, y));
      return;
    }
    int size = padded.size() + WIDE;
    float[] copies = Scratch.IMAGE.floats(pieces * size);
    int channels = groups * inPerGroup;
    int copiers =
        Math.clamp(Math.min(ENOUGH / Math.max(1, pieces), size / COPIED), 1, channels);
    Parallel.chunks(
        pieces * copiers,
        chunk -> {
          int piece = chunk / copiers;
          int from = channels * (chunk % copiers) / copiers;
          int to = channels * (chunk % copiers + 1) / copiers;
          copy(piece, from, to, x, copies, piece * size);
        });
    int blocks = groups * blocks();
    long work = 0; // multiplications and additions in a plane of each output channel
    for (Sweep sweep : sweeps) {
      for (Taps taps : sweep.across) {
        work += 2L * (sweep.end - sweep.from) * right.pixels * taps.offsets.length;
      }
    }
    int parts =
        Math.clamp(work * outPerGroup * groups / slabs / CHUNK, 1, Math.min(blocks, ENOUGH));
    Parallel.chunks(
        parts * pieces,
        chunk -> {
          int part = chunk / pieces;
          int piece = chunk % pieces;
          for (int block = blocks * part / parts; block < blocks * (part + 1) / parts; block++) {
            sweeps(piece, block, copies, piece * size, packed, bias, y);
          }
        });
  }

  /// One slab of one image, copied and swept.
  private void copyAndSweep(
      int piece, float[] x, float[] packed, float @Nullable [] bias, float[] y) {
    float[] copy = Scratch.IMAGE.floats(padded.size() + WIDE);
    copy(piece, 0, groups * inPerGroup, x, copy, 0);
    for (int block = 0; block < groups * blocks(); block++) {
      sweeps(piece, block, copy, 0, packed, bias, y);
    }
  }

  /// The channels from `from` to before `to` of one slab of one image.
  private void copy(int piece, int from, int to, float[] x, float[] copy, int at) {
    padded.copy(
        x, piece / slabs * groups * inPerGroup * inHeight * inWidth, from, to,
        piece % slabs * slabRows * down.step - down.before, copy, at);
  }

  private void sweeps(
      int piece, int block, float[] copy, int copyAt, float[] packed, float @Nullable [] bias,
      float[] y) {
    int firstRow = piece % slabs * slabRows;
    int plane = piece / slabs * groups * outPerGroup;
    block(
        block,
        (channel, lanes, width) -> {
          int groupAt = copyAt + channel / outPerGroup * inPerGroup * padded.plane();
          for (Sweep sweep : sweeps) {
            int end = Math.min(sweep.end, firstRow + slabRows);
            int rowsAtOnce = Math.max(1, TOGETHER / (padded.width() * sweep.across.size()));
            for (int row = Math.max(sweep.from, firstRow); row < end; row += rowsAtOnce) {
              int rows = Math.min(rowsAtOnce, end - row);
              int to = (plane + channel) * outArea + sweep.start + row * sweep.outputRow;
              int from = groupAt + (row - firstRow) * padded.width();
              if (pixelsAreLanes(sweep)) {
                pixelsAsLanes(sweep, rows, lanes, channel, copy, from, packed, y, to);
              } else {
                channelsAsLanes(sweep, rows, lanes, channel, copy, from, packed, y, to);
              }
              for (int lane = 0; lane < lanes && bias != null; lane++) {
                float add = bias[channel + lane];
                int at = to + lane * outArea;
                for (int i = at; i < at + rows * outWidth; i++) {
                  y[i] += add;
                }
              }
            }
          }
        });
  }

  private void pixelsAsLanes(
      Sweep sweep, int rows, int lanes, int channel, float[] copy, int from, float[] packed,
      float[] y, int to) {
    Taps taps = sweep.across.getFirst();
    int weightsAt = weightsAt(taps.weightsAt, channel, taps.depth);
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < outWidth; i += WIDE) {
        VectorTile.panel(
            lanes, Math.min(WIDE, outWidth - i), taps.offsets.length, packed, weightsAt,
            taps.narrow, copy,
            from + r * padded.width() + i, taps.offsets, y, to + r * sweep.outputRow + i, outArea,
            false);
      }
    }
  }

  /// Some rows of one block of channels, one after the other, or as one line with what lies between them, where rows are so short that
  /// this gives the better tiles.
  private void channelsAsLanes(
      Sweep sweep, int rows, int lanes, int channel, float[] copy, int from, float[] packed,
      float[] y, int to) {
    int width = width(lanes);
    int step = sweep.across.size();
    int line = fours((rows - 1) * padded.width() + right.pixels);
    int single = fours(right.pixels);
    boolean asLine = VectorTile.cost(line) <= rows * VectorTile.cost(single);
    int run = asLine ? line : single;
    int places = (asLine ? line : rows * run) * step;
    float[] tile = Scratch.OUTPUT.floats(places * width);
    for (int i = 0; i < step; i++) {
      Taps taps = sweep.across.get(i);
      int weightsAt = weightsAt(taps.weightsAt, channel, taps.depth);
      for (int r = 0; r < (asLine ? 1 : rows); r++) {
        VectorTile.panel(
            run, width, taps.offsets.length, copy, from + r * padded.width(), taps.offsets, packed,
            weightsAt, width == WIDE ? taps.wide : taps.narrow, tile, (r * run * step + i) * width,
            step * width, false);
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
