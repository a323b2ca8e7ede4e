package nn.core.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
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
///
/// Small images with many weights are taken side by side, so that their pixels make whole tiles: 6 rows of 4 images of 7×7 are 14 tiles
/// of 12. If the pieces are then few, the weights are packed block by block, and are still in the second-level cache when they
/// are used. 256 → 512 channels of 14×14 with a step of 2, batch of 8: input gradient 2.33 ms in place of 2.6, forward 2.12 in
/// place of 2.36 (two threads, AMD Zen 5).
///
/// Where there are few registers, the pixels of some rows are gathered tile by tile for all blocks of channels, so that tiles have nothing
/// to look up: 128 → 256 channels of 28×28 with a step of 2, 8.4 ms in place of 9.4 (two threads, AMD Zen 3).
final class VectorSweeps {
  private static final int WIDE = ChannelBlocks.WIDE;
  private static final int NARROW = ChannelBlocks.NARROW;
  private static final int SLAB = 3 << 15; // numbers of one image's padded slab: 384 KiB, a part of the second-level cache
  private static final int SEVERAL = 4; // blocks that pay for pixels gathered for all of them
  private static final int TOGETHER = 192; // places of pixels whose results wait for each other
  private static final int ENOUGH = 8; // chunks for the threads
  private static final int COPIED = 1 << 13; // numbers that are worth a thread to copy them
  private static final int WORTH = 2 * WIDE; // output channels that pay for copies of a row for each tap
  private static final int OWN = 128; // pixels for each thread that pay for weights of its own
  private static final int MOST_OWN = 1 << 23; // numbers of weights, 32 MiB
  private static final int MANY = 1 << 17; // numbers of weights that pay for taking images side by side, 512 KiB
  private static final int SMALL = 64; // output pixels of a phase of images that are taken side by side
  private static final int SIDE = 4; // images at most
  private static final long CHUNK = 1 << 21; // multiplications and additions that are worth a chunk of their own

  /// Output rows that see the image through the same taps.
  ///
  /// @param across the taps of neighbouring output pixels, which take turns in a row
  /// @param from the first row
  /// @param end behind the last row
  /// @param start where row 0 begins in its plane
  /// @param outputRow the distance of two output rows in the plane
  /// @param depth the most products of a sum
  private record Sweep(
      List<Taps> across, int from, int end, int start, int outputRow, int depth) {
    Sweep(List<Taps> across, int from, int end, int start, int outputRow) {
      this(
          across, from, end, start, outputRow,
          across.stream().mapToInt(taps -> taps.offsets().length).max().orElse(0));
    }
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
  private final int side; // images whose rows lie next to each other
  private final int pieces; // slabs of all images, or several images
  private final ChannelBlocks blocks; // of output channels
  private final int parts; // in which blocks are packed and swept: all at once, or block by block
  private final PaddedImage padded;
  private final List<int[]> taps = new ArrayList<>(); // the kernel's, in the order of their packed weights
  private final List<Sweep> sweeps = new ArrayList<>();

  /// @param kernel the kernel's taps
  VectorSweeps(Shape in, Shape out, int groups, int kernel, Axis down, Axis right) {
    this.down = down;
    this.right = right;
    this.groups = groups;
    batch = in.dim(0);
    inPerGroup = in.dim(1) / groups;
    inHeight = in.dim(2);
    inWidth = in.dim(3);
    outPerGroup = out.dim(1) / groups;
    blocks = new ChannelBlocks(groups, outPerGroup, inPerGroup * kernel);
    outArea = out.dim(2) * out.dim(3);
    outWidth = out.dim(3);
    int columns = (right.pixels() - 1) * right.step() + right.reach();
    boolean byTap = outPerGroup >= WORTH && VectorRow.isBrief(right.pixels(), inWidth);
    long perRow =
        (long) in.dim(1) * (byTap ? right.taps() * right.pixels() : columns + right.step() - 1);
    int atOnce =
        Math.clamp(
            (SLAB / perRow - down.reach()) / down.step() + 1, Math.min(down.pixels(), 4),
            down.pixels());
    slabs = Math.ceilDiv(down.pixels(), atOnce);
    slabRows = Math.ceilDiv(down.pixels(), slabs);
    boolean sideBySide =
        byTap && slabs == 1 && batch >= ENOUGH && down.pixels() * right.pixels() <= SMALL
            && blocks.weights() > MANY;
    side = sideBySide ? Math.ceilDiv(batch, Math.ceilDiv(batch, SIDE)) : 1;
    pieces = Math.ceilDiv(batch, side) * slabs;
    parts = !VectorTile.FEW_REGISTERS && sideBySide && pieces < ENOUGH ? blocks.count() : 1;
    int rows = (slabRows - 1) * down.step() + down.reach();
    padded =
        byTap
            ? PaddedImage.byTap(
                in.dim(1), inHeight, inWidth, rows, right.pixels(), right.before(), down.step(),
                right.step(), right.taps(), right.apart(), side)
            : PaddedImage.whole(
                in.dim(1), inHeight, inWidth, rows, columns, right.before(), down.step(),
                right.step());
  }

  /// Taps of the kernel, `y` rows and `x` columns from the first one. Their packed weights are for each input channel and tap those of a
  /// block, behind those of the taps before.
  Taps taps(int[] ofKernel, int[] y, int[] x) {
    int n = ofKernel.length;
    int first = taps.stream().mapToInt(before -> before.length).sum() * inPerGroup;
    taps.add(ofKernel);
    int[] offsets = new int[inPerGroup * n];
    int[] wide = new int[offsets.length];
    int[] narrow = new int[offsets.length];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = i / n * padded.plane() + padded.at(y[i % n], x[i % n]);
      wide[i] = (first + i) * WIDE;
      narrow[i] = (first + i) * NARROW;
    }
    return new Taps(y, offsets, wide, narrow);
  }

  /// The kernel's taps in the order of their packed weights: those of one array after those of another, and of an array, for each input
  /// channel its taps.
  List<int[]> taps() {
    return taps;
  }

  /// Output rows that begin in their plane at `start` and are `outputRow` apart; neighbouring pixels take turns.
  void add(List<Taps> across, int rows, int start, int outputRow) {
    if (rows == 0) {
      return;
    }
    Sweep all = new Sweep(across, 0, rows, start, outputRow);
    if (pixelsAreLanes(all) || VectorTile.FEW_REGISTERS) { // weights had better lie in a row there
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
      for (int y : taps.down()) {
        if (sees(y, row) != sees(y, other)) {
          return false;
        }
      }
    }
    return true;
  }

  /// Whether the tap `y` rows from the first one sees a row of the image.
  private boolean sees(int y, int row) {
    int at = row * down.step() - down.before() + y;
    return at >= 0 && at < inHeight;
  }

  /// The taps that see rows of the image from an output row.
  private Taps only(Taps taps, int row) {
    int n = taps.down().length;
    int[] kept =
        IntStream.range(0, taps.offsets().length).filter(p -> sees(taps.down()[p % n], row))
            .toArray();
    return taps.only(kept);
  }

  private long cost(Sweep sweep) {
    int rows = sweep.end - sweep.from;
    int line = VectorTile.cost(fours((rows - 1) * padded.width() + side * right.pixels()));
    int cost = Math.min(line, rows * VectorTile.cost(fours(side * right.pixels())));
    long all = 0;
    for (Taps taps : sweep.across) {
      all += (long) cost * taps.offsets().length;
    }
    return all;
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

  /// The weights of all blocks, in an array of their own.
  float[] pack(ChannelBlocks.Pack pack) {
    return blocks.packAll(pack, new float[blocks.weights()]);
  }

  /// All sweeps, with weights that `pack` writes where they are needed.
  void run(float[] x, ChannelBlocks.Pack pack, float @Nullable [] bias, float[] y) {
    int threads = Parallel.threads();
    boolean once = parts == 1 || pieces <= threads; // else a thread would pack each block for several pieces
    boolean own = once && batch * outArea >= OWN * threads && blocks.weights() <= MOST_OWN;
    if (own && chunks() >= ENOUGH) { // who packs does not change what comes out
      Parallel.chunksByThread(
          chunks(), () -> {
            int size = parts == 1 ? blocks.weights() : WIDE * blocks.depth();
            return new Share(x, pack, Scratch.WEIGHTS.floats(size), bias, y)::run;
          });
      return;
    }
    run(x, blocks.packAll(pack, Scratch.WEIGHTS.floats(blocks.weights())), bias, y);
  }

  /// All sweeps, with packed weights.
  void run(float[] x, float[] packed, float @Nullable [] bias, float[] y) {
    if (chunks() >= ENOUGH) {
      Parallel.chunksByThread(
          chunks(), () -> new Share(x, null, packed, bias, y)::run);
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
    long work = 0; // multiplications and additions in a plane of each output channel
    for (Sweep sweep : sweeps) {
      for (Taps taps : sweep.across) {
        work += 2L * side * (sweep.end - sweep.from) * right.pixels() * taps.offsets().length;
      }
    }
    int most = Math.min(blocks.count(), Math.ceilDiv(ENOUGH, Math.max(1, pieces)));
    int shares = Math.clamp(work * outPerGroup * groups / slabs / CHUNK, 1, most);
    Parallel.chunks(
        shares * pieces,
        chunk -> {
          int share = chunk / pieces;
          int piece = chunk % pieces;
          int begin = blocks.count() * share / shares;
          int end = blocks.count() * (share + 1) / shares;
          sweepBlocks(piece, begin, end, copies, piece * size, packed, 0, bias, y);
        });
  }

  private int chunks() {
    return pieces * parts;
  }

  /// What one thread does: a piece and a part of the blocks at a time, of which it keeps what it has copied and packed.
  private final class Share {
    private final float[] x;
    private final ChannelBlocks.@Nullable Pack pack; // null if `packed` has all weights
    private final float[] packed;
    private final float @Nullable [] bias;
    private final float[] y;
    private final float[] copy = Scratch.IMAGE.floats(padded.size() + WIDE);
    private int copied = -1; // the piece
    private int packedFrom = -1; // the first block

    Share(
        float[] x, ChannelBlocks.@Nullable Pack pack, float[] packed, float @Nullable [] bias,
        float[] y) {
      this.x = x;
      this.pack = pack;
      this.packed = packed;
      this.bias = bias;
      this.y = y;
    }

    void run(int chunk) {
      int piece = chunk / parts;
      if (copied != piece) {
        copy(piece, 0, groups * inPerGroup, x, copy, 0);
        copied = piece;
      }
      int begin = blocks.count() / parts * (chunk % parts);
      int end = begin + blocks.count() / parts;
      int packedAt = pack == null ? 0 : blocks.weightsAt(begin);
      if (pack != null && packedFrom != begin) {
        for (int block = begin; block < end; block++) {
          blocks.pack(pack, block, packed, blocks.weightsAt(block) - packedAt);
        }
        packedFrom = begin;
      }
      sweepBlocks(piece, begin, end, copy, 0, packed, packedAt, bias, y);
    }
  }

  /// The channels from `from` to before `to` of one piece.
  private void copy(int piece, int from, int to, float[] x, float[] copy, int at) {
    int image = groups * inPerGroup * inHeight * inWidth;
    padded.copy(
        x, piece / slabs * side * image, image, images(piece), from, to,
        piece % slabs * slabRows * down.step() - down.before(), copy, at);
  }

  private int images(int piece) {
    return Math.min(side, batch - piece / slabs * side);
  }

  /// @param packedAt what comes before the packed weights of the first block
  private void sweepBlocks(
      int piece, int begin, int end, float[] copy, int copyAt, float[] packed, int packedAt,
      float @Nullable [] bias, float[] y) {
    int together = VectorTile.FEW_REGISTERS && end - begin >= SEVERAL ? end - begin : 1;
    for (int first = begin; first < end; first += together) {
      for (Sweep sweep : sweeps) {
        sweep(sweep, piece, first, first + together, copy, copyAt, packed, packedAt, bias, y);
      }
    }
  }

  private void sweep(
      Sweep sweep, int piece, int begin, int end, float[] copy, int copyAt, float[] packed,
      int packedAt, float @Nullable [] bias, float[] y) {
    int firstRow = piece % slabs * slabRows;
    int endRow = Math.min(sweep.end, firstRow + slabRows);
    int rowsAtOnce = Math.max(1, TOGETHER / (padded.width() * sweep.across.size()));
    for (int row = Math.max(sweep.from, firstRow); row < endRow; row += rowsAtOnce) {
      int rows = Math.min(rowsAtOnce, endRow - row);
      // Tiles take the rows one by one, or as one line with what lies between them, where rows are so short that this gives the better tiles.
      int single = fours(images(piece) * right.pixels());
      int line = fours((rows - 1) * padded.width() + images(piece) * right.pixels());
      int runs = VectorTile.cost(line) <= rows * VectorTile.cost(single) ? 1 : rows;
      int length = runs == 1 ? line : single;
      float @Nullable [] gathered = null;
      for (int block = begin; block < end; block++) {
        int channel = blocks.channel(block);
        int plane = piece / slabs * side * groups * outPerGroup + channel;
        int to = plane * outArea + sweep.start + row * sweep.outputRow;
        int from =
            copyAt + blocks.group(block) * inPerGroup * padded.plane()
                + (row - firstRow) * padded.width();
        int weights = blocks.weightsAt(block) - packedAt;
        if (pixelsAreLanes(sweep)) {
          pixelsAsLanes(sweep, rows, blocks.lanes(block), copy, from, packed, weights, y, to);
        } else {
          boolean fresh = block == begin || blocks.group(block) != blocks.group(block - 1);
          if (end - begin > 1 && fresh) {
            gathered = gather(sweep, runs, length, copy, from);
          }
          channelsAsLanes(
              sweep, rows, runs, length, block, images(piece), copy, from, gathered, packed,
              weights, y, to);
        }
        for (int image = 0; image < images(piece) && bias != null; image++) {
          int at = to + image * groups * outPerGroup * outArea;
          addBias(bias, channel, blocks.lanes(block), y, at, rows * outWidth);
        }
      }
    }
  }

  private void addBias(float[] bias, int channel, int lanes, float[] y, int at, int pixels) {
    for (int lane = 0; lane < lanes; lane++, at += outArea) {
      float add = bias[channel + lane];
      for (int i = at; i < at + pixels; i++) {
        y[i] += add;
      }
    }
  }

  private void pixelsAsLanes(
      Sweep sweep, int rows, int lanes, float[] copy, int from, float[] packed, int packedAt,
      float[] y, int to) {
    Taps taps = sweep.across.getFirst();
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < outWidth; i += WIDE) {
        VectorTile.panel(
            lanes, Math.min(WIDE, outWidth - i), taps.offsets().length, packed, packedAt,
            taps.narrow(), copy,
            from + r * padded.width() + i, taps.offsets(), y, to + r * sweep.outputRow + i, outArea,
            false);
      }
    }
  }

  /// What the taps see of some rows, run by run, packed as tiles read it: for several blocks of channels.
  private float[] gather(Sweep sweep, int runs, int length, float[] copy, int from) {
    int size = sweep.depth * length + WIDE;
    float[] gathered = Scratch.PIXELS.floats(sweep.across.size() * runs * size);
    int at = 0;
    for (Taps taps : sweep.across) {
      for (int r = 0; r < runs; r++, at += size) {
        VectorPack.gather(
            length, taps.offsets().length, copy, from + r * padded.width(), taps.offsets(),
            gathered, at);
      }
    }
    return gathered;
  }

  /// Some rows of one block of channels, in `runs` of `length` pixels.
  ///
  /// @param gathered what [#gather] makes of them; null if they are read from the copy
  private void channelsAsLanes(
      Sweep sweep, int rows, int runs, int length, int block, int images, float[] copy,
      int from, float @Nullable [] gathered, float[] packed, int packedAt, float[] y, int to) {
    int lanes = blocks.lanes(block);
    int width = blocks.width(block);
    int step = sweep.across.size();
    int places = runs * length * step;
    float[] tile = Scratch.OUTPUT.floats(places * width);
    int gatheredAt = 0;
    for (int i = 0; i < step; i++) {
      Taps taps = sweep.across.get(i);
      int depth = taps.offsets().length;
      boolean asPanel = width == WIDE && taps.inARow();
      int weightsAt = packedAt + (asPanel && depth > 0 ? taps.wide()[0] : 0);
      int[] weights = asPanel ? null : width == WIDE ? taps.wide() : taps.narrow();
      for (int r = 0; r < runs; r++) {
        int tileAt = (r * length * step + i) * width;
        if (gathered == null) {
          VectorTile.panel(
              length, width, depth, copy, from + r * padded.width(), taps.offsets(), packed,
              weightsAt, weights, tile, tileAt, step * width, false);
        } else {
          VectorTile.panel(
              length, width, depth, gathered, gatheredAt, packed, weightsAt, weights, tile,
              tileAt, step * width, false);
          gatheredAt += sweep.depth * length + WIDE;
        }
      }
    }
    int pitch = (runs == 1 ? padded.width() : length) * step; // from row to row
    boolean gapless = pitch == outWidth && sweep.outputRow == outWidth;
    if (gapless || rows == 1 && images == 1) {
      VectorTranspose.transpose(rows * outWidth, lanes, tile, 0, width, y, to, outArea, false);
      return;
    }
    float[] planes = Scratch.PLANES.floats(lanes * places + WIDE);
    VectorTranspose.transpose(places, lanes, tile, 0, width, planes, 0, places, false);
    for (int image = 0; image < images; image++) {
      for (int lane = 0; lane < lanes; lane++) {
        VectorRow.copyRows(
            rows, outWidth, planes, lane * places + image * right.pixels() * step, pitch,
            y, to + (image * groups * outPerGroup + lane) * outArea, sweep.outputRow);
      }
    }
  }
}
