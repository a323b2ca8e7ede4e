package nn.core.kernel;

import nn.core.ConvSettings;

/// The gradient of a 3×3 convolution with respect to its kernel by Winograd's F(4×4, 3×3): what [VectorWinograd] does, read
/// backwards. Inputs and output gradients are transformed tile by tile; for each of the 36 places, the sum over tiles of
/// input times output gradient is a matrix product; the sums are transformed into the 9 weights.
///
/// Tiles come in blocks whose intermediate numbers stay in cache. With many channels the pairs of channels share the
/// threads; with few, groups of blocks do, each with its own cache, and the groups' sums are added in order.
final class VectorWinogradGradient {
  private static final int L = VectorTransforms.lanes();
  private static final int WIDE = 2 * L;
  private static final int TILES = 128; // of a block, about
  private static final int FEWEST = 64; // tiles of a block, if there are few blocks
  private static final int GROUPS = 8; // of blocks
  private static final int FEW = 4; // blocks that share threads within rather than between them
  private static final int SUMS = 1 << 22; // numbers of all groups' sums, 16 MiB

  private final int in;
  private final int out;
  private final int columns; // tiles in a row
  private final int rows; // of tiles, in all images
  private final WinogradTiles inputs;
  private final WinogradTiles outputs;
  private final int blockRows;
  private final int blocks;
  private final int most; // tiles of a block
  private final int inPlace; // numbers of one place of a block's inputs
  private final int outPlace;
  private final int pairs; // of L input channels and WIDE, or L, output channels

  private VectorWinogradGradient(ConvGeometry g) {
    in = g.inChannels();
    out = g.outChannels();
    int tileRows = Math.ceilDiv(g.outHeight(), 4);
    columns = Math.ceilDiv(g.outWidth(), 4);
    rows = g.batch() * tileRows;
    ConvSettings s = g.settings();
    inputs =
        new WinogradTiles(
            in, g.inHeight(), g.inWidth(), s.paddingHeight(), 6, tileRows, columns);
    outputs = new WinogradTiles(out, g.outHeight(), g.outWidth(), 0, 4, tileRows, columns);
    int tiles = rows * columns;
    int wanted = Math.max(tiles / FEWEST >= FEW ? FEW : 1, Math.round((float) tiles / TILES));
    blockRows = Math.ceilDiv(rows, wanted);
    blocks = Math.ceilDiv(rows, blockRows);
    most = blockRows * columns;
    inPlace = most * in + 5 * L; // an odd number of vectors, so that the places do not share lines of the cache
    outPlace = most * out + 5 * L;
    pairs = in / L * Math.ceilDiv(out, WIDE);
  }

  static void run(ConvGeometry g, float[] x, float[] dy, float[] dw) {
    new VectorWinogradGradient(g).run(x, dy, dw);
  }

  private void run(float[] x, float[] dy, float[] dw) {
    if (blocks == 1) {
      Block block = new Block(x, dy, 0, rows);
      Parallel.chunks(
          pairs,
          pair -> {
            float[] sums = Scratch.GRADIENT.floats(36 * L * width(pair));
            block.products(pair, sums, 0, true);
            transformSums(sums, 0, pair, dw);
          });
      return;
    }
    int size = 36 * in * out;
    int wanted = Math.min(GROUPS, blocks);
    int groups = wanted >= FEW && (long) wanted * size <= SUMS ? wanted : 1;
    float[] sums = Scratch.GRADIENT.floats(groups * size);
    Parallel.chunks(
        groups,
        group -> {
          int first = blocks * group / groups;
          int end = blocks * (group + 1) / groups;
          for (int i = first; i < end; i++) {
            boolean fresh = i == first;
            Block block = new Block(x, dy, i * blockRows, Math.min(rows, (i + 1) * blockRows));
            Parallel.chunks(
                pairs,
                pair -> block.products(pair, sums, group * size + 36 * pairAt(pair), fresh));
          }
        });
    Parallel.chunks(
        pairs,
        pair -> {
          int at = 36 * pairAt(pair);
          for (int group = 1; group < groups; group++) {
            VectorTile.add(sums, group * size + at, sums, at, 36 * L * width(pair));
          }
          transformSums(sums, at, pair, dw);
        });
  }

  /// The transformed tiles of some rows.
  private final class Block {
    private final int tiles;
    private final float[] left = Scratch.PIXELS.floats(36 * inPlace);
    private final float[] right = Scratch.PACKED_B.floats(36 * outPlace);

    Block(float[] x, float[] dy, int first, int end) {
      tiles = (end - first) * columns;
      Parallel.chunks(
          (in + out) / L,
          block -> {
            if (block < in / L) {
              inputs.transform(x, first, end, block, left, block * most * L, L, inPlace);
            } else {
              int channel = (block - in / L) * L;
              int panel = channel / WIDE * WIDE;
              int width = Math.min(WIDE, out - panel);
              outputs.transform(
                  dy, first, end, channel / L, right, panel * most + channel - panel, width,
                  outPlace);
            }
          });
    }

    /// For each place, the sums over tiles for one pair of blocks of channels, `[place][in][width]`: added to what is there,
    /// unless it is fresh.
    void products(int pair, float[] sums, int at, boolean fresh) {
      int width = width(pair);
      for (int i = 0; i < 36; i++) {
        int to = at + i * L * width;
        VectorTile.panel(
            L, width, tiles, left, i * inPlace + pair % (in / L) * most * L,
            VectorPack.steps(tiles, L),
            right, i * outPlace + pair / (in / L) * WIDE * most, VectorPack.steps(tiles, width),
            sums, to,
            width, !fresh);
      }
    }
  }

  /// The weights of a pair: from `[place][in][width]` to `[out][in][tap]`.
  private void transformSums(float[] sums, int at, int pair, float[] dw) {
    int width = width(pair);
    float[] half = Scratch.TILE.floats(18 * L);
    float[] taps = Scratch.OUTPUT.floats(9 * L * width); // [in][tap][width]
    for (int c = 0; c < L; c++) {
      for (int lane = 0; lane < width; lane += L) {
        VectorTransforms.weightGradient(
            6, sums, at + c * width + lane, L * width, 6 * L * width, half, 0, L, 6 * L);
        VectorTransforms.weightGradient(
            3, half, 0, 6 * L, L, taps, c * 9 * width + lane, 3 * width, width);
      }
    }
    VectorTranspose.transpose(
        9 * L, width, taps, 0, width, dw,
        (pair / (in / L) * WIDE * in + pair % (in / L) * L) * 9, in * 9, false);
  }

  private int width(int pair) {
    return Math.min(WIDE, out - pair / (in / L) * WIDE);
  }

  /// How many pairs of single channels come before this pair of blocks.
  private int pairAt(int pair) {
    int panel = pair / (in / L);
    return panel * WIDE * in + pair % (in / L) * L * width(pair);
  }
}
