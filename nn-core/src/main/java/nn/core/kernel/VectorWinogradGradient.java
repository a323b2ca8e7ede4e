package nn.core.kernel;

import nn.core.ConvSettings;

/// The gradient of a 3×3 convolution with respect to its kernel by Winograd's algorithm, with a step of 1 or 2: what [VectorWinograd] does, read
/// backwards. Inputs and output gradients are transformed tile by tile; for each place (36, or 25), the sum over tiles of
/// input times output gradient is a matrix product; the sums are transformed into the 9 weights.
///
/// Tiles come in blocks whose intermediate numbers stay in cache. With many channels the threads share the pairs of channels, and each
/// transforms what it needs for itself; with few, groups of blocks do, each with its own cache, and the groups' sums are added in order.
///
/// Channels come in panels of 2 L, whose places lie next to each other. With panels of L inputs, and place by place, a training step of
/// ResNet-18 spent 59 ms in here, now 52 (one thread, batch of 8, AMD Zen 5): 256 channels of 14×14 took 4.9 ms, now 3.8.
final class VectorWinogradGradient {
  private static final int L = VectorTransforms.lanes();
  private static final int WIDE = 2 * L;
  private static final int TILES = 128; // of a block, about
  private static final int FEWEST = 64; // tiles of a block, if there are few blocks
  private static final int GROUPS = 8; // of blocks
  private static final int FEW = 4; // blocks that are enough to share between threads; fewer are shared within
  private static final int SUMS = 1 << 22; // numbers of all groups' sums, 16 MiB

  private final int in;
  private final int out;
  private final WinogradGradientForm form;
  private final int places; // of sums, for each pair of channels
  private final int columns; // tiles in a row
  private final int rows; // of tiles, in all images
  private final WinogradTiles inputs;
  private final WinogradTiles outputs;
  private final int blocks;
  private final int planeSize; // numbers of one plane of a panel's tiles: WIDE channels, or the last L, of a block's tiles
  private final int inPanels;
  private final int pairs; // of a panel of inputs and one of outputs

  private VectorWinogradGradient(ConvGeometry g) {
    in = g.inChannels();
    out = g.outChannels();
    form =
        VectorWinograd.form(g) == WinogradForm.STEP1
            ? WinogradGradientForm.STEP1
            : WinogradGradientForm.STEP2;
    places = form.forward().places();
    int side = form.forward().outputs();
    columns = Math.ceilDiv(g.outWidth(), side);
    rows = g.batch() * Math.ceilDiv(g.outHeight(), side);
    ConvSettings s = g.settings();
    inputs =
        new WinogradTiles(
            in, g.inHeight(), g.inWidth(), s.paddingHeight(), form.forward().inputs());
    outputs =
        new WinogradTiles(
            out, g.outHeight(), g.outWidth(), 0, form.outputs());
    int tiles = rows * columns;
    int wanted = Math.max(tiles / FEWEST >= FEW ? FEW : 1, Math.round((float) tiles / TILES));
    blocks = Math.min(rows, wanted);
    planeSize = Math.ceilDiv(rows, blocks) * columns * WIDE + L; // an odd number of vectors, so that the planes do not share lines of the cache
    inPanels = Math.ceilDiv(in, WIDE);
    pairs = inPanels * Math.ceilDiv(out, WIDE);
  }

  static void run(ConvGeometry g, float[] x, float[] dy, float[] dw) {
    new VectorWinogradGradient(g).run(x, dy, dw);
  }

  private void run(float[] x, float[] dy, float[] dw) {
    if (blocks == 1) {
      Parallel.chunksByThread(
          pairs,
          () -> {
            Block block = new Block(x, dy, 0, rows);
            return pair -> {
              float[] sums = Scratch.GRADIENT.floats(places * sumsPlace(pair));
              block.products(pair, sums, 0, true);
              transformSums(sums, 0, pair, dw);
            };
          });
      return;
    }
    int size = places * (in * out + pairs * L);
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
            int from = WinogradTiles.start(rows, i, blocks);
            int to = WinogradTiles.start(rows, i + 1, blocks);
            Parallel.chunksByThread(
                pairs,
                () -> {
                  Block block = new Block(x, dy, from, to);
                  return pair -> block.products(pair, sums, group * size + sumsAt(pair), fresh);
                });
          }
        });
    Parallel.chunks(
        pairs,
        pair -> {
          int at = sumsAt(pair);
          for (int group = 1; group < groups; group++) {
            VectorTile.add(sums, group * size + at, sums, at, places * sumsPlace(pair));
          }
          transformSums(sums, at, pair, dw);
        });
  }

  /// The transformed tiles of some rows, as one thread sees them: of all inputs, and of one panel of outputs after another.
  private final class Block {
    private final float[] dy;
    private final TileOrder order;
    private final int leftPanel = form.forward().inputs().planes() * planeSize;
    private final float[] left = Scratch.PIXELS.floats(inPanels * leftPanel);
    private final float[] right = Scratch.PACKED_B.floats(form.outputs().planes() * planeSize);
    private int panel = -1; // that `right` has

    Block(float[] x, float[] dy, int first, int end) {
      this.dy = dy;
      order = new TileOrder(form.forward(), outputs.height(), outputs.width(), first, end);
      for (int i = 0; i < inPanels; i++) {
        transform(inputs, x, i, left, i * leftPanel);
      }
    }

    /// A panel's tiles, `[plane][tile][width]`.
    private void transform(WinogradTiles tiles, float[] from, int panel, float[] to, int at) {
      int width = width(tiles.channels(), panel);
      for (int lane = 0; lane < width; lane += L) {
        tiles.transform(
            from, order, (panel * WIDE + lane) / L, to, at + lane, width, planeSize);
      }
    }

    /// For each place, the sums over tiles for one pair of panels, `[place][in][out]`: added to what is there, unless it is
    /// fresh.
    void products(int pair, float[] sums, int at, boolean fresh) {
      if (panel != pair / inPanels) {
        panel = pair / inPanels;
        transform(outputs, dy, panel, right, 0);
      }
      int inWidth = inWidth(pair);
      int outWidth = outWidth(pair);
      int[] channels = VectorPack.steps(order.tiles(), inWidth);
      int[] outputs = outWidth == WIDE ? null : VectorPack.steps(order.tiles(), outWidth);
      for (int i = 0; i < places; i++) {
        int from = order.start(i);
        VectorTile.panel(
            inWidth, outWidth, order.end(i) - from, left,
            pair % inPanels * leftPanel + form.forward().inputs().ofPlace()[i] * planeSize
                + from * inWidth,
            channels, right, form.outputs().ofPlace()[i] * planeSize + from * outWidth, outputs,
            sums,
            at + i * sumsPlace(pair), outWidth, !fresh);
      }
    }
  }

  /// The weights of a pair: from `[place][in][out]` to `[out][in][tap]`.
  private void transformSums(float[] sums, int at, int pair, float[] dw) {
    int inWidth = inWidth(pair);
    int width = outWidth(pair);
    int size = sumsPlace(pair);
    int points = form.forward().points();
    float[] half = Scratch.TILE.floats(3 * points * L);
    float[] taps = Scratch.OUTPUT.floats(9 * inWidth * L); // [in][tap][out]
    for (int lane = 0; lane < width; lane += L) {
      for (int c = 0; c < inWidth; c++) {
        form.map().map(
            sums, at + c * width + lane, size, points * size, half, taps, c * 9 * L, L);
      }
      VectorTranspose.transpose(
          9 * inWidth, L, taps, 0, L, dw,
          ((pair / inPanels * WIDE + lane) * in + pair % inPanels * WIDE) * 9, in * 9, false);
    }
  }

  private static int width(int channels, int panel) {
    return Math.min(WIDE, channels - panel * WIDE);
  }

  private int inWidth(int pair) {
    return width(in, pair % inPanels);
  }

  private int outWidth(int pair) {
    return width(out, pair / inPanels);
  }

  /// Numbers of one place of a pair's sums: an odd number of vectors, as of the tiles' planes.
  private int sumsPlace(int pair) {
    return inWidth(pair) * outWidth(pair) + L;
  }

  /// Where a pair's sums begin.
  private int sumsAt(int pair) {
    int before = pair / inPanels * WIDE * in + pair % inPanels * WIDE * outWidth(pair); // pairs of single channels
    return places * (before + pair * L);
  }
}
