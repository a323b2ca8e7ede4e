package nn.core.kernel;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sweeps over images that are copied with their zeros ([PaddedImage]): an output pixel is a sum over taps, each at a fixed
/// offset from the pixel's place, `y[o][pixel] = Σ w[o][c][tap] · x[c][pixel's place + tap's offset]`. What is swept together, [SweepPlan]
/// says.
///
/// Output channels are the lanes, or pixels where few channels would not fill a vector (see [VectorTile]). Each output number is one
/// sum in a fixed order.
///
/// Where processors share no cache, what one has written the other reads at the speed of memory, and writes over it slower still.
/// So each thread keeps copies of its own: of its pieces and, if that is little work beside the products, of the packed weights.
/// If there are few pieces, as with a single image, each is copied once for all threads, and they share the output channels.
///
/// Where there are few registers, the pixels of some rows are gathered tile by tile for all blocks of channels, so that tiles have nothing
/// to look up: 128 → 256 channels of 28×28 with a step of 2, 8.4 ms in place of 9.4 (two threads, AMD Zen 3).
final class VectorSweeps {
  private static final int WIDE = ChannelBlocks.WIDE;
  private static final int SEVERAL = 4; // blocks that pay for pixels gathered for all of them
  private static final int TOGETHER = 192; // places of pixels whose results wait for each other
  private static final int COPIED = 1 << 13; // numbers that are worth a thread to copy them
  private static final int OWN = 128; // pixels for each thread that pay for weights of its own
  private static final int MOST_OWN = 1 << 23; // numbers of weights, 32 MiB
  private static final long CHUNK = 1 << 21; // multiplications and additions that are worth a chunk of their own

  private final SweepPlan plan;
  private final ChannelBlocks blocks;
  private final PaddedImage padded;

  VectorSweeps(SweepPlan plan) {
    this.plan = plan;
    blocks = plan.blocks;
    padded = plan.padded;
  }

  /// The kernel's taps in the order of their packed weights ([SweepPlan#taps()]).
  List<int[]> taps() {
    return plan.taps();
  }

  /// The weights of all blocks, in an array of their own.
  float[] pack(ChannelBlocks.Pack pack) {
    return blocks.packAll(pack, new float[blocks.weights()]);
  }

  /// All sweeps, with weights that `pack` writes where they are needed.
  void run(float[] x, ChannelBlocks.Pack pack, float @Nullable [] bias, float[] y) {
    int threads = Parallel.threads();
    boolean once = plan.parts == 1 || plan.pieces <= threads; // else a thread would pack each block for several pieces
    boolean own =
        once && plan.batch * plan.outArea >= OWN * threads && blocks.weights() <= MOST_OWN;
    if (own && plan.chunks() >= SweepPlan.ENOUGH) { // who packs does not change what comes out
      Parallel.chunksByThread(
          plan.chunks(), () -> {
            int size = plan.parts == 1 ? blocks.weights() : WIDE * blocks.depth();
            return new Share(x, pack, Scratch.WEIGHTS.floats(size), bias, y)::run;
          });
      return;
    }
    run(x, blocks.packAll(pack, Scratch.WEIGHTS.floats(blocks.weights())), bias, y);
  }

  /// All sweeps, with packed weights.
  void run(float[] x, float[] packed, float @Nullable [] bias, float[] y) {
    if (plan.chunks() >= SweepPlan.ENOUGH) {
      Parallel.chunksByThread(
          plan.chunks(), () -> new Share(x, null, packed, bias, y)::run);
      return;
    }
    int size = padded.size() + WIDE;
    float[] copies = Scratch.IMAGE.floats(plan.pieces * size);
    int channels = plan.groups * plan.inPerGroup;
    int copiers =
        Math.clamp(
            Math.min(SweepPlan.ENOUGH / Math.max(1, plan.pieces), size / COPIED), 1, channels);
    Parallel.chunks(
        plan.pieces * copiers,
        chunk -> {
          int piece = chunk / copiers;
          int from = channels * (chunk % copiers) / copiers;
          int to = channels * (chunk % copiers + 1) / copiers;
          copy(piece, from, to, x, copies, piece * size);
        });
    long work = 0; // multiplications and additions in a plane of each output channel
    for (SweepPlan.Sweep sweep : plan.sweeps) {
      for (Taps taps : sweep.across()) {
        work += 2L * plan.side * (sweep.end() - sweep.from()) * plan.right.pixels()
            * taps.offsets().length;
      }
    }
    int most =
        VectorTile.FEW_REGISTERS // each share had better have several blocks, if there are chunks enough without more shares
            ? Math.clamp(
                blocks.count() / SEVERAL, Math.ceilDiv(SweepPlan.ENOUGH, Math.max(1, plan.pieces)),
                SweepPlan.ENOUGH)
            : SweepPlan.ENOUGH;
    int shares =
        Math.clamp(
            work * plan.outPerGroup * plan.groups / plan.slabs / CHUNK, 1,
            Math.min(blocks.count(), most));
    Parallel.chunks(
        shares * plan.pieces,
        chunk -> {
          int share = chunk / plan.pieces;
          int piece = chunk % plan.pieces;
          int begin = blocks.count() * share / shares;
          int end = blocks.count() * (share + 1) / shares;
          sweepBlocks(piece, begin, end, copies, piece * size, packed, 0, bias, y);
        });
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
      int piece = chunk / plan.parts;
      if (copied != piece) {
        copy(piece, 0, plan.groups * plan.inPerGroup, x, copy, 0);
        copied = piece;
      }
      int begin = blocks.count() / plan.parts * (chunk % plan.parts);
      int end = begin + blocks.count() / plan.parts;
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
    int image = plan.groups * plan.inPerGroup * plan.inHeight * plan.inWidth;
    padded.copy(
        x, piece / plan.slabs * plan.side * image, image, plan.images(piece), from, to,
        piece % plan.slabs * plan.slabRows * plan.down.step() - plan.down.before(), copy, at);
  }

  /// @param packedAt what comes before the packed weights of the first block
  private void sweepBlocks(
      int piece, int begin, int end, float[] copy, int copyAt, float[] packed, int packedAt,
      float @Nullable [] bias, float[] y) {
    int together = VectorTile.FEW_REGISTERS && end - begin >= SEVERAL ? end - begin : 1;
    for (int first = begin; first < end; first += together) {
      for (SweepPlan.Sweep sweep : plan.sweeps) {
        sweep(sweep, piece, first, first + together, copy, copyAt, packed, packedAt, bias, y);
      }
    }
  }

  private void sweep(
      SweepPlan.Sweep sweep, int piece, int begin, int end, float[] copy, int copyAt,
      float[] packed,
      int packedAt, float @Nullable [] bias, float[] y) {
    int firstRow = piece % plan.slabs * plan.slabRows;
    int endRow = Math.min(sweep.end(), firstRow + plan.slabRows);
    int rowsAtOnce = Math.max(1, TOGETHER / (padded.width() * sweep.across().size()));
    for (int row = Math.max(sweep.from(), firstRow); row < endRow; row += rowsAtOnce) {
      int rows = Math.min(rowsAtOnce, endRow - row);
      boolean line = plan.asLine(rows, plan.images(piece));
      int runs = line ? 1 : rows;
      int length = plan.length(line, rows, plan.images(piece));
      float @Nullable [] gathered = null;
      for (int block = begin; block < end; block++) {
        int channel = blocks.channel(block);
        int plane = piece / plan.slabs * plan.side * plan.groups * plan.outPerGroup + channel;
        int to = plane * plan.outArea + sweep.start() + row * sweep.outputRow();
        int from =
            copyAt + blocks.group(block) * plan.inPerGroup * padded.plane()
                + (row - firstRow) * padded.width();
        int weights = blocks.weightsAt(block) - packedAt;
        if (plan.pixelsAreLanes(sweep)) {
          pixelsAsLanes(sweep, rows, blocks.lanes(block), copy, from, packed, weights, y, to);
        } else {
          boolean fresh = block == begin || blocks.group(block) != blocks.group(block - 1);
          if (end - begin > 1 && fresh) {
            gathered = gather(sweep, runs, length, copy, from);
          }
          channelsAsLanes(
              sweep, rows, runs, length, block, plan.images(piece), copy, from, gathered, packed,
              weights, y, to);
        }
        for (int image = 0; image < plan.images(piece) && bias != null; image++) {
          int at = to + image * plan.groups * plan.outPerGroup * plan.outArea;
          addBias(bias, channel, blocks.lanes(block), y, at, rows * plan.outWidth);
        }
      }
    }
  }

  private void addBias(float[] bias, int channel, int lanes, float[] y, int at, int pixels) {
    for (int lane = 0; lane < lanes; lane++, at += plan.outArea) {
      float add = bias[channel + lane];
      for (int i = at; i < at + pixels; i++) {
        y[i] += add;
      }
    }
  }

  private void pixelsAsLanes(
      SweepPlan.Sweep sweep, int rows, int lanes, float[] copy, int from, float[] packed,
      int packedAt,
      float[] y, int to) {
    Taps taps = sweep.across().getFirst();
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < plan.outWidth; i += WIDE) {
        VectorTile.panel(
            lanes, Math.min(WIDE, plan.outWidth - i), taps.offsets().length, packed, packedAt,
            taps.narrow(), copy,
            from + r * padded.width() + i, taps.offsets(), y, to + r * sweep.outputRow() + i,
            plan.outArea,
            false);
      }
    }
  }

  /// What the taps see of some rows, run by run, packed as tiles read it: for several blocks of channels.
  private float[] gather(SweepPlan.Sweep sweep, int runs, int length, float[] copy, int from) {
    int size = VectorTile.packedSize(length, sweep.depth());
    float[] gathered = Scratch.PIXELS.floats(sweep.across().size() * runs * size);
    int at = 0;
    for (Taps taps : sweep.across()) {
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
      SweepPlan.Sweep sweep, int rows, int runs, int length, int block, int images, float[] copy,
      int from, float @Nullable [] gathered, float[] packed, int packedAt, float[] y, int to) {
    int lanes = blocks.lanes(block);
    int width = blocks.width(block);
    int step = sweep.across().size();
    int places = runs * length * step;
    float[] tile = Scratch.OUTPUT.floats(places * width);
    int gatheredAt = 0;
    for (int i = 0; i < step; i++) {
      Taps taps = sweep.across().get(i);
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
          gatheredAt += VectorTile.packedSize(length, sweep.depth());
        }
      }
    }
    int pitch = (runs == 1 ? padded.width() : length) * step; // from row to row
    boolean gapless = pitch == plan.outWidth && sweep.outputRow() == plan.outWidth;
    if (gapless || rows == 1 && images == 1) {
      VectorTranspose
          .transpose(rows * plan.outWidth, lanes, tile, 0, width, y, to, plan.outArea, false);
      return;
    }
    float[] planes = Scratch.PLANES.floats(lanes * places + WIDE);
    VectorTranspose.transpose(places, lanes, tile, 0, width, planes, 0, places, false);
    for (int image = 0; image < images; image++) {
      for (int lane = 0; lane < lanes; lane++) {
        VectorRow.copyRows(
            rows, plan.outWidth, planes, lane * places + image * plan.right.pixels() * step, pitch,
            y, to + (image * plan.groups * plan.outPerGroup + lane) * plan.outArea,
            sweep.outputRow());
      }
    }
  }
}
