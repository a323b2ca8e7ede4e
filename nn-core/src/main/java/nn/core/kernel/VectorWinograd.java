package nn.core.kernel;

import nn.core.ConvSettings;
import org.jspecify.annotations.Nullable;

/// Convolutions of 3×3 with a step of 1 or 2, and their input gradients, by Winograd's algorithm: with a step of 1 a tile of 4×4 outputs needs
/// 36 multiplications for each pair of channels instead of 144 ([VectorTransforms]), with a step of 2 one of 2×2 needs 25 instead of 36
/// ([VectorTransformsStep2]). What differs is in [WinogradForm].
///
/// 1. Tiles of inputs, which overlap, are transformed, channels as lanes.
/// 2. For each place of a transformed tile (36, or 25), a matrix product: tiles × channels by channels × outputs, with the transformed weights.
///    Tiles at an image's edge of which not all outputs are wanted are left out where they can be ([TileOrder]).
/// 3. The products are transformed back into tiles of outputs.
///
/// Where input channels are many, all of this is done for a piece of them at a time, whose numbers and weights stay in the second cache, and
/// products are added up: 512 channels of 7×7 take 3.9 ms in place of 4.7, their input gradient 4.3 in place of 5.1, 256 → 512 of 14×14
/// with a step of 2 3.5 in place of 4.1 and 3.7 in place of 4.4 (two cores, Intel Xeon). 128 channels or fewer take longer in pieces.
///
/// The work is cut into blocks of tile rows, as many as a block's intermediate numbers stay in cache; each block transforms
/// the weights anew, unless they are kept, a vector of outputs or two at a time, which costs one part in as many as the block has tiles and
/// needs no memory that lasts. Blocks run side by side, each in its own cache, or, if they are too few for the threads, the channels
/// within a block do: the result is the same.
///
/// In operations of the direct form, one core (512 bit, AMD Zen 4), batch of 8, forward / input gradient, beside
/// [VectorConvolution]: 64 channels of 56×56 246 / 234 GF/s against 99 / 95; 128 of 28×28 287 / 286 against 103 / 104; before there were pieces
/// 256 of 14×14 233 / 221 against 97 / 95, 512 of 7×7 182 / 149 against 77 / 70. With a step of 2, on two threads, see docs/decisions.md. The
/// largest error is 4e-6 of the largest output. A number that is not finite makes NaN of its whole tile.
///
/// `-Dnn.convolution=direct` leaves it out, for those who want the last digit.
final class VectorWinograd {
  private static final int L = VectorTransforms.lanes();
  private static final int WIDE = 2 * L;
  private static final int TILES = 192; // of a block, about
  private static final int MOST_KEPT = 1 << 16; // pairs of channels: 256 · 256, whose transformed weights take 9 MiB, or 4 with a step of 2
  private static final int TOGETHER = 16; // input channels whose kernels are worth a chunk of their own to be put in order
  private static final int FEWEST_IN = 32; // channels, forward with a step of 2
  private static final int FEWEST = 48; // tiles of a block, if there are few blocks
  private static final int PIECE = 128; // input channels of a piece, at most

  /// Whether convolutions may share products between outputs.
  static final boolean WANTED = wanted(System.getProperty("nn.convolution", "auto"));

  private final int in;
  private final int out;
  private final int outHeight;
  private final int outWidth;
  private final float[] w;
  private final WinogradForm form;
  private final boolean gradient; // the input's: in and out exchanged, kernels turned by 180°
  private final float @Nullable [] byTap; // all its weights, see #allByTap; null: panel by panel
  private final float[] bias;
  private final @Nullable PackedForms packed;

  private final WinogradTiles inputs;
  private final int rows; // of tiles, in all images
  private final int blocks;
  private final int most; // tiles of a block, a multiple of 4
  private final int pieces; // of the input channels
  private final int planeSize; // numbers of one plane of a block's transformed input
  private final int[] offsets; // of a piece's channels in such a plane

  private VectorWinograd(
      WinogradForm form, int batch, int in, int inHeight, int inWidth, int out, int outHeight,
      int outWidth, int padding, float[] w, boolean gradient, float @Nullable [] bias,
      @Nullable PackedForms packed) {
    this.form = form;
    this.in = in;
    this.out = out;
    this.outHeight = outHeight;
    this.outWidth = outWidth;
    this.w = w;
    this.gradient = gradient;
    byTap = gradient && VectorTile.FEW_REGISTERS ? allByTap(in, out, w) : null;
    this.bias = bias == null ? new float[out] : bias;
    this.packed = packed != null && in * out <= MOST_KEPT ? packed : null;
    int tileRows = Math.ceilDiv(outHeight, form.outputs()); // of an image
    int tileColumns = Math.ceilDiv(outWidth, form.outputs());
    inputs = new WinogradTiles(in, inHeight, inWidth, padding, form.inputs());
    rows = batch * tileRows;
    int tiles = rows * tileColumns;
    int wanted = Math.max(Math.clamp(tiles / FEWEST, 1, 4), Math.round((float) tiles / TILES));
    blocks = Math.min(rows, wanted);
    most = Math.ceilDiv(Math.ceilDiv(rows, blocks) * tileColumns, 4) * 4;
    pieces = Math.ceilDiv(in, PIECE);
    int depth = Math.ceilDiv(in / L, pieces) * L;
    planeSize = most * depth + 5 * L; // an odd number of vectors, so that the planes do not share lines of the cache
    offsets = new int[depth];
    for (int c = 0; c < depth; c++) {
      offsets[c] = c / L * most * L + c % L;
    }
  }

  /// Whether this way is open, and the better one.
  static boolean fits(ConvGeometry g) {
    ConvSettings s = g.settings();
    int step = s.strideHeight();
    int side = form(g).outputs();
    return WANTED && g.inHeight() > 0 && g.inWidth() > 0 && g.kernelHeight() == 3
        && g.kernelWidth() == 3 && s.groups() == 1
        && step == s.strideWidth() && step <= 2 && s.dilationHeight() == 1 && s.dilationWidth() == 1
        && s.paddingHeight() == s.paddingWidth()
        && (step == 1 ? s.paddingHeight() <= 2 : s.paddingHeight() == 1)
        && g.inChannels() % L == 0 && g.outChannels() % L == 0
        && g.batch() * Math.ceilDiv(g.outHeight(), side) * Math.ceilDiv(g.outWidth(), side) >= 12;
  }

  /// The same for forward: with a step of 2, the sums of fewer channels are no quicker made than they are transformed back (16 → 32
  /// channels of 32×32 take as long as the direct form with 512 bit, and 12 % longer with 256).
  static boolean fitsForward(ConvGeometry g) {
    return fits(g) && (g.settings().strideHeight() == 1 || g.inChannels() >= FEWEST_IN);
  }

  /// How a forward pass is computed.
  static WinogradForm form(ConvGeometry g) {
    return g.settings().strideHeight() == 1 ? WinogradForm.STEP1 : WinogradForm.STEP2;
  }

  private static boolean wanted(String choice) {
    return switch (choice) {
      case "auto" -> true;
      case "direct" -> false;
      default -> throw new IllegalArgumentException(
          "-Dnn.convolution is auto (fewer products where that fits) or direct, got \"" + choice
              + "\"");
    };
  }

  static void forward(
      ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y,
      @Nullable PackedForms packed) {
    new VectorWinograd(
        form(g), g.batch(), g.inChannels(), g.inHeight(), g.inWidth(), g.outChannels(),
        g.outHeight(), g.outWidth(), g.settings().paddingHeight(), w, false, bias, packed)
        .run(x, y);
  }

  static void inputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
    boolean step1 = g.settings().strideHeight() == 1;
    new VectorWinograd(
        step1 ? WinogradForm.STEP1 : WinogradForm.STEP2_GRADIENT, g.batch(), g.outChannels(),
        g.outHeight(), g.outWidth(), g.inChannels(), g.inHeight(), g.inWidth(),
        step1 ? 2 - g.settings().paddingHeight() : 0, w, true, null, null).run(dy, dx);
  }

  private void run(float[] x, float[] y) {
    PackedForms.Kind kind =
        form == WinogradForm.STEP1 ? PackedForms.Kind.WINOGRAD : PackedForms.Kind.WINOGRAD_STEP2;
    float[] kept =
        packed == null ? null : packed.of(kind, out, in, 3, 3, this::transformAllWeights);
    if (blocks % Parallel.threads() != 0 && blocks < 2 * Parallel.threads()) {
      for (int i = 0; i < blocks; i++) {
        block(
            x, kept, y, WinogradTiles.start(rows, i, blocks),
            WinogradTiles.start(rows, i + 1, blocks));
      }
    } else {
      Parallel.chunks(
          blocks,
          i -> block(
              x, kept, y, WinogradTiles.start(rows, i, blocks),
              WinogradTiles.start(rows, i + 1, blocks)));
    }
  }

  /// The transformed weights of all panels, one after the other.
  private float[] transformAllWeights() {
    int panels = Math.ceilDiv(out, WIDE);
    float[] all = new float[keptAt(panels)];
    Parallel.chunks(
        panels,
        panel -> transformWeights(
            panel * WIDE, Math.min(WIDE, out - panel * WIDE), 0, in, all, keptAt(panel)));
    return all;
  }

  /// The first input channel of a piece, and behind the last of the one before.
  private int firstIn(int piece) {
    return WinogradTiles.start(in / L, piece, pieces) * L;
  }

  /// Numbers of one place of a panel's products.
  private int productsPlace(int width) {
    return (most + 4) * width + L;
  }

  private int productsSize() {
    return form.places() * productsPlace(WIDE);
  }

  /// Where the transformed weights of a panel begin, if they are kept.
  private int keptAt(int panel) {
    return panel * form.weightPlanes() * weightsPlace(in, WIDE);
  }

  /// Numbers of one plane of a panel's transformed weights: an odd number of vectors, so that the planes do not share
  /// lines of the cache (512 channels of 7×7 take 2.0 ms in place of 4.4, AMD Zen 5).
  private static int weightsPlace(int depth, int width) {
    return depth * width + L;
  }

  /// All of it for the tile rows from `first` to before `end`, counted through all images.
  ///
  /// @param kept the transformed weights, if they are kept
  private void block(
      float[] x, float @Nullable [] kept, float[] y, int first, int end) {
    TileOrder order = new TileOrder(form, outHeight, outWidth, first, end);
    float[] transformed = Scratch.PIXELS.floats(form.inputs().planes() * planeSize);
    int panels = Math.ceilDiv(out, WIDE);
    float[] sums = pieces == 1 ? null : Scratch.WEIGHTS.floats(panels * productsSize());
    for (int i = 0; i < pieces; i++) {
      int piece = i;
      int from = firstIn(piece);
      Parallel.chunks(
          (firstIn(piece + 1) - from) / L,
          channels -> inputs.transform(
              x, order, from / L + channels, transformed, channels * most * L, L, planeSize));
      Parallel.chunks(
          panels, panel -> multiply(piece, panel, order, transformed, kept, sums, y));
    }
  }

  /// What the channels of a piece add to the products of a panel of outputs; with the last piece the outputs follow.
  ///
  /// @param sums of the pieces before, panel by panel; null if there is one piece only
  private void multiply(
      int piece, int panel, TileOrder order, float[] transformed, float @Nullable [] kept,
      float @Nullable [] sums, float[] y) {
    boolean wide = out - panel * WIDE >= WIDE;
    int width = wide ? WIDE : L;
    int from = firstIn(piece);
    int depth = firstIn(piece + 1) - from;
    int weightsPlace = weightsPlace(kept == null ? depth : in, width);
    float[] weights =
        kept != null ? kept : Scratch.PACKED_B.floats(form.weightPlanes() * weightsPlace);
    int weightsAt = kept != null ? keptAt(panel) + from * width : 0;
    if (kept == null) {
      transformWeights(panel * WIDE, width, from, depth, weights, 0);
    }
    float[] total = sums != null ? sums : Scratch.OUTPUT.floats(productsSize());
    int totalAt = sums != null ? panel * productsSize() : 0;
    int place = productsPlace(width);
    float[] part = piece == 0 ? total : Scratch.OUTPUT.floats(place);
    for (int i = 0; i < form.places(); i++) {
      int start = order.start(i);
      int tiles = Math.ceilDiv(order.end(i) - start, 4) * 4;
      int to = totalAt + i * place + start * width;
      VectorRows.run(
          tiles, wide, depth, transformed, form.inputs().ofPlace()[i] * planeSize + start * L,
          offsets, weights, weightsAt + form.weightOf()[i] * weightsPlace, part,
          piece == 0 ? to : 0);
      if (piece > 0) {
        VectorTile.add(part, 0, total, to, tiles * width);
      }
    }
    if (piece == pieces - 1) {
      for (int lane = 0; lane < width; lane += L) {
        transformOutput(
            total, totalAt + lane, place, width, order, panel * WIDE + lane, y);
      }
    }
  }

  /// The weights of `width` output channels and `depth` input channels, `[plane][depth][width]`.
  private void transformWeights(
      int first, int width, int firstIn, int depth, float[] to, int at) {
    float[] half = Scratch.TILE.floats(18 * L);
    if (!gradient) {
      float[] taps = Scratch.GRADIENT.floats(depth * 9 * width);
      VectorPack.panel(width, width, depth * 9, w, (first * in + firstIn) * 9, 1, in * 9, taps, 0);
      for (int c = 0; c < depth; c++) {
        transformKernels(taps, c * 9 * width, width, width, depth, half, to, at + c * width);
      }
      return;
    }
    float[] taps = byTap == null ? Scratch.LANES.floats((9 + L) * width) : byTap;
    for (int c = 0; c < depth; c++) {
      int from = 0;
      if (byTap == null) {
        VectorPack.byTap(width, 9, w, ((firstIn + c) * out + first) * 9, taps, 0);
      } else {
        from = (first * in + (firstIn + c) * width) * 9;
      }
      transformKernels( // turned
          taps, from + 8 * width, -width, width, depth, half, to, at + c * width);
    }
  }

  /// The kernels of `width` output channels and one input channel, whose taps lie `step` apart.
  private void transformKernels(
      float[] taps, int from, int step, int width, int depth, float[] half, float[] to, int at) {
    for (int lane = 0; lane < width; lane += L) {
      form.weights().map(
          taps, from + lane, step, 3 * step, half, to, at + lane, weightsPlace(depth, width));
    }
  }

  /// All weights of an input gradient, for each panel of outputs `[in][tap][width]`. Panel by panel they are read in short
  /// pieces, a page or more apart; all at once they go to memory and back. Where pieces are 576 bytes all at once is better: 512
  /// channels of 7×7 15 to 16 ms in place of 15 to 19 (AMD Zen 3, two threads). Where they are twice as long it is not: 7.1 in place of
  /// 6.2, 256 of 14×14 4.8 in place of 4.1 (AMD Zen 4).
  private static float[] allByTap(int in, int out, float[] w) {
    float[] byTap = Scratch.GRADIENT.floats(in * 9 * out);
    Parallel.chunks(
        Math.ceilDiv(in, TOGETHER),
        chunk -> {
          for (int c = chunk * TOGETHER; c < Math.min(in, (chunk + 1) * TOGETHER); c++) {
            for (int first = 0; first < out; first += WIDE) {
              int width = Math.min(WIDE, out - first);
              VectorPack.byTap(
                  width, 9, w, (c * out + first) * 9, byTap, (first * in + c * width) * 9);
            }
          }
        });
    return byTap;
  }

  /// L output channels of the tile rows.
  private void transformOutput(
      float[] products, int lane, int size, int width, TileOrder order, int channel, float[] y) {
    int points = form.points();
    int outputs = form.outputs();
    float[] half = Scratch.TILE.floats(points * outputs * L);
    float[] edge = Scratch.LANES.floats(outputs * outputs * L);
    int row = order.first;
    while (row < order.end) {
      int image = row / order.rows;
      int next = Math.min(order.end, (image + 1) * order.rows);
      int top = row % order.rows * outputs;
      int bottom = Math.min(outHeight, ((next - 1) % order.rows + 1) * outputs);
      float[] byPixel = Scratch.IMAGE.floats((bottom - top) * outWidth * L);
      for (; row < next; row++) {
        int oy = row % order.rows * outputs;
        int n = order.row(row);
        for (int column = 0; column < order.columns; column++, n++) {
          n = column == order.columns - 1 ? order.last(row) : n;
          int ox = column * outputs;
          int from = lane + n * width;
          int to = ((oy - top) * outWidth + ox) * L;
          if (oy + outputs <= outHeight && ox + outputs <= outWidth) {
            form.map().map(
                products, from, size, points * size, half, bias, channel, byPixel, to,
                outWidth * L);
          } else {
            form.map().map(
                products, from, size, points * size, half, bias, channel, edge, 0, outputs * L);
            for (int i = 0; i < Math.min(outputs, outHeight - oy); i++) {
              System.arraycopy(
                  edge, i * outputs * L, byPixel, to + i * outWidth * L,
                  Math.min(outputs, outWidth - ox) * L);
            }
          }
        }
      }
      int area = outHeight * outWidth;
      VectorTranspose.transpose(
          (bottom - top) * outWidth, L, byPixel, 0, L, y,
          (image * out + channel) * area + top * outWidth, area, false);
    }
  }
}
