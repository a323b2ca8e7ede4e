package nn.core.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import nn.core.Shape;

/// How [VectorSweeps] goes about a convolution: what is copied together, which taps see what, and how the work is cut. All of it follows
/// from sizes alone.
///
/// Images are cut into slabs of rows that fit into a part of the second-level cache. Small images with many weights are taken side by side
/// instead, so that their pixels make whole tiles: 6 rows of 4 images of 7×7 are 14 tiles of 12. If the pieces are then few, the
/// weights are packed block by block, and are still in the second-level cache when they are used. 256 → 512 channels of 14×14
/// with a step of 2, batch of 8: input gradient 2.33 ms in place of 2.6, forward 2.12 in place of 2.36 (two threads, AMD Zen 5).
///
/// Output rows that see the image through the same taps make a sweep. Rows at an edge of the image, where some taps see zeros alone, are
/// a sweep of their own where that is less work.
final class SweepPlan {
  private static final int WIDE = ChannelBlocks.WIDE;
  private static final int NARROW = ChannelBlocks.NARROW;
  private static final int SLAB = 3 << 15; // numbers of one image's padded slab: 384 KiB, a part of the second-level cache
  private static final int WORTH = 2 * WIDE; // output channels that pay for copies of a row for each tap
  private static final int MANY = 1 << 17; // numbers of weights that pay for taking images side by side, 512 KiB
  private static final int SMALL = 64; // output pixels of a phase of images that are taken side by side
  private static final int SIDE = 4; // images at most

  /// Chunks that are enough for the threads.
  static final int ENOUGH = 8;

  /// Output rows that see the image through the same taps.
  ///
  /// @param across the taps of neighbouring output pixels, which take turns in a row
  /// @param from the first row
  /// @param end behind the last row
  /// @param start where row 0 begins in its plane
  /// @param outputRow the distance of two output rows in the plane
  /// @param depth the most products of a sum
  record Sweep(
      List<Taps> across, int from, int end, int start, int outputRow, int depth) {
    Sweep(List<Taps> across, int from, int end, int start, int outputRow) {
      this(
          across, from, end, start, outputRow,
          across.stream().mapToInt(taps -> taps.offsets().length).max().orElse(0));
    }
  }

  final int batch;
  final int groups;
  final int inPerGroup;
  final int inHeight;
  final int inWidth;
  final int outPerGroup;
  final int outArea;
  final int outWidth;
  final Axis down;
  final Axis right;
  final int slabRows;
  final int slabs;
  final int side; // images whose rows lie next to each other
  final int pieces; // slabs of all images, or several images
  final ChannelBlocks blocks; // of output channels
  final int parts; // in which blocks are packed and swept: all at once, or block by block
  final PaddedImage padded;
  private final List<int[]> taps = new ArrayList<>(); // the kernel's, in the order of their packed weights
  final List<Sweep> sweeps = new ArrayList<>();

  /// @param kernel the kernel's taps
  SweepPlan(Shape in, Shape out, int groups, int kernel, Axis down, Axis right) {
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
    boolean line = asLine(rows, side);
    int cost = (line ? 1 : rows) * VectorTile.cost(length(line, rows, side));
    long all = 0;
    for (Taps taps : sweep.across) {
      all += (long) cost * taps.offsets().length;
    }
    return all;
  }

  /// Whether tiles had better take so many rows as one line with what lies between them, and not one by one: where rows are so short that
  /// this gives the better tiles.
  boolean asLine(int rows, int images) {
    return VectorTile.cost(length(true, rows, images)) <= rows
        * VectorTile.cost(length(false, rows, images));
  }

  /// Pixels of the line, or of a row, up to a multiple of 4, as tiles of less take as long; what is too much is not used.
  int length(boolean line, int rows, int images) {
    int pixels = images * right.pixels() + (line ? (rows - 1) * padded.width() : 0);
    return Math.ceilDiv(pixels, 4) * 4;
  }

  /// With few output channels, pixels are the better lanes, if whole rows of them nearly fill wide vectors.
  boolean pixelsAreLanes(Sweep sweep) {
    return outPerGroup <= NARROW && sweep.across.size() == 1
        && outWidth >= 0.8 * WIDE * Math.ceilDiv(outWidth, WIDE);
  }

  /// How many images a piece has.
  int images(int piece) {
    return Math.min(side, batch - piece / slabs * side);
  }

  int chunks() {
    return pieces * parts;
  }
}
