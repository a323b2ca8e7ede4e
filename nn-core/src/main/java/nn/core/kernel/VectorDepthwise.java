package nn.core.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import nn.core.ConvSettings;
import org.jspecify.annotations.Nullable;

/// Convolution in which each input channel has its own kernels (as many groups as input channels), with pixels as lanes: the
/// general way.
///
/// An output number is a sum over few taps, so planes are what there is to run along. A plane is copied with its zeros
/// ([PaddedImage]), and where rows are next to each other it is treated as one long row, zeros included, so that narrow
/// images fill the vectors too. 96 channels of 56×56 with 3×3 taps: 15 GF/s on one core forward, 14 and 12 backward (AMD
/// Zen 4; 3 as a general convolution).
final class VectorDepthwise {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int CHUNK = 1 << 14; // pixels that are worth a chunk of their own

  private VectorDepthwise() {}

  /// A grey image, one channel alone, is left to the other ways: its weights' gradient would be computed here by one thread, as threads
  /// share channels. 32 outputs of 5×5, 64 images of 28×28: forward 0.30 ms in place of 0.76, weights 0.46 in place of 2.9; 64 of
  /// 7×7 with a step of 2, 8 images of 224×224: 2.1 and 3.7, 2.8 and 18 (two threads, AMD Zen 5).
  static boolean fits(ConvGeometry g) {
    return g.settings().groups() == g.inChannels() && g.inChannels() > 1;
  }

  static void forward(ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    ConvSettings s = g.settings();
    int taps = g.kernelHeight() * g.kernelWidth();
    int outArea = g.outHeight() * g.outWidth();
    int inArea = g.inHeight() * g.inWidth();
    int multiplier = g.outChannels() / g.inChannels();
    PaddedImage padded = padded(g);
    int[] offsets = offsets(g, padded);
    Parallel.range(
        g.batch() * g.inChannels(),
        Math.max(1, CHUNK / outArea),
        (from, to) -> {
          float[] copy = Scratch.IMAGE.floats(padded.size() + 5 * L);
          float[] line = Scratch.OUTPUT.floats(g.outHeight() * padded.width() + L);
          for (int plane = from; plane < to; plane++) {
            padded.copy(x, plane * inArea, -s.paddingHeight(), copy);
            for (int out = plane * multiplier; out < (plane + 1) * multiplier; out++) {
              int channel = out % g.outChannels();
              sweep(
                  g.outHeight(), g.outWidth(), copy, padded.width(), offsets, w,
                  channel * taps,
                  bias == null ? 0f : bias[channel], line, y, out * outArea, g.outWidth(), 1);
            }
          }
        });
  }

  static void inputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
    ConvSettings s = g.settings();
    Phases down = new Phases(
        g.inHeight(), g.kernelHeight(), s.strideHeight(), s.paddingHeight(), s.dilationHeight());
    Phases right = new Phases(
        g.inWidth(), g.kernelWidth(), s.strideWidth(), s.paddingWidth(), s.dilationWidth());
    int multiplier = g.outChannels() / g.inChannels();
    PaddedImage padded =
        PaddedImage.whole(
            multiplier, g.outHeight(), g.outWidth(), down.pixels(0) + down.reach() - 1,
            right.pixels(0) + right.reach() - 1,
            -right.first, 1, 1);
    int taps = g.kernelHeight() * g.kernelWidth();
    int outArea = g.outHeight() * g.outWidth();
    int inArea = g.inHeight() * g.inWidth();
    List<Phase> phases = phases(g, down, right, padded, multiplier);
    Parallel.range(
        g.batch() * g.inChannels(),
        Math.max(1, CHUNK / inArea),
        (from, to) -> {
          float[] copy = Scratch.IMAGE.floats(padded.size() + 5 * L);
          float[] weights = Scratch.WEIGHTS.floats(multiplier * taps);
          float[] line = Scratch.OUTPUT.floats(down.pixels(0) * padded.width() + L);
          for (int plane = from; plane < to; plane++) {
            padded.copy(dy, plane * multiplier * outArea, down.first, copy);
            int wAt = plane % g.inChannels() * multiplier * taps;
            for (Phase phase : phases) {
              for (int p = 0; p < phase.taps.length; p++) {
                weights[p] = w[wAt + phase.taps[p]];
              }
              sweep(
                  phase.rows, phase.pixels, copy, padded.width(), phase.offsets,
                  weights, 0, 0f, line, dx, plane * inArea + phase.start,
                  s.strideHeight() * g.inWidth(), s.strideWidth());
            }
          }
        });
  }

  /// The input pixels (i · stride + fy, j · stride + fx) of a plane.
  ///
  /// @param taps which of a channel's weights reach them
  /// @param offsets for each of these, where the padded gradient is that it multiplies
  /// @param start the first of the pixels
  private record Phase(int rows, int pixels, int[] taps, int[] offsets, int start) {}

  private static List<Phase> phases(
      ConvGeometry g, Phases down, Phases right, PaddedImage padded, int multiplier) {
    List<Phase> phases = new ArrayList<>();
    for (int fy = 0; fy < g.settings().strideHeight(); fy++) {
      for (int fx = 0; fx < g.settings().strideWidth(); fx++) {
        int[] tapsY = down.taps(fy);
        int[] tapsX = right.taps(fx);
        int[] taps = new int[multiplier * tapsY.length * tapsX.length];
        int[] offsets = new int[taps.length];
        int p = 0;
        for (int m = 0; m < multiplier; m++) {
          for (int ky : tapsY) {
            for (int kx : tapsX) {
              offsets[p] =
                  m * padded.plane()
                      + padded.at(
                          down.shift(fy, ky) - down.first, right.shift(fx, kx) - right.first);
              taps[p++] = (m * g.kernelHeight() + ky) * g.kernelWidth() + kx;
            }
          }
        }
        phases.add(
            new Phase(
                down.pixels(fy), right.pixels(fx), taps, offsets, fy * g.inWidth() + fx));
      }
    }
    return phases;
  }

  static void weightGradient(ConvGeometry g, float[] x, float[] dy, float[] dw) {
    ConvSettings s = g.settings();
    int taps = g.kernelHeight() * g.kernelWidth();
    int outArea = g.outHeight() * g.outWidth();
    int inArea = g.inHeight() * g.inWidth();
    int multiplier = g.outChannels() / g.inChannels();
    PaddedImage padded = padded(g);
    int[] offsets = offsets(g, padded);
    int inputRow = padded.width();
    int length = Math.ceilDiv((g.outHeight() - 1) * inputRow + g.outWidth(), L) * L;
    Parallel.chunks(
        g.inChannels(),
        in -> {
          float[] copy = Scratch.IMAGE.floats(padded.size() + 5 * L);
          float[] spread = Scratch.OUTPUT.floats(length); // dy where its pixels' places are, and zeros between
          int dwAt = in * multiplier * taps;
          Arrays.fill(dw, dwAt, dwAt + multiplier * taps, 0f);
          for (int image = 0; image < g.batch(); image++) {
            padded.copy(
                x, (image * g.inChannels() + in) * inArea, -s.paddingHeight(), copy);
            for (int m = 0; m < multiplier; m++) {
              int from = (image * g.outChannels() + in * multiplier + m) * outArea;
              Arrays.fill(spread, 0, length, 0f);
              for (int row = 0; row < g.outHeight(); row++) {
                System
                    .arraycopy(dy, from + row * g.outWidth(), spread, row * inputRow, g.outWidth());
              }
              for (int tap = 0; tap < taps; tap++) {
                dw[dwAt + m * taps + tap] +=
                    VectorVector.dot(spread, 0, copy, offsets[tap], length);
              }
            }
          }
        });
  }

  private static PaddedImage padded(ConvGeometry g) {
    ConvSettings s = g.settings();
    int height =
        (g.outHeight() - 1) * s.strideHeight() + (g.kernelHeight() - 1) * s.dilationHeight() + 1;
    int width =
        (g.outWidth() - 1) * s.strideWidth() + (g.kernelWidth() - 1) * s.dilationWidth() + 1;
    return PaddedImage.whole(
        1, g.inHeight(), g.inWidth(), height, width, s.paddingWidth(), s.strideHeight(),
        s.strideWidth());
  }

  private static int[] offsets(ConvGeometry g, PaddedImage padded) {
    int[] offsets = new int[g.kernelHeight() * g.kernelWidth()];
    for (int tap = 0; tap < offsets.length; tap++) {
      offsets[tap] =
          padded.at(
              tap / g.kernelWidth() * g.settings().dilationHeight(),
              tap % g.kernelWidth() * g.settings().dilationWidth());
    }
    return offsets;
  }

  /// One output plane, or one phase of it, as one line.
  private static void sweep(
      int rows, int pixels, float[] copy, int inputRow, int[] offsets, float[] w, int wAt,
      float bias, float[] line, float[] y, int yAt, int outputRow, int outputStep) {
    line((rows - 1) * inputRow + pixels, copy, offsets, w, wAt, bias, line);
    for (int row = 0; row < rows; row++) {
      int from = row * inputRow;
      int to = yAt + row * outputRow;
      if (outputStep == 1) {
        System.arraycopy(line, from, y, to, pixels);
      } else {
        for (int i = 0; i < pixels; i++) {
          y[to + i * outputStep] = line[from + i];
        }
      }
    }
  }

  /// `y[i] = bias + Σ w[wAt + p] · x[offsets[p] + i]` for i < n, and up to a vector more.
  private static void line(
      int n, float[] x, int[] offsets, float[] w, int wAt, float bias, float[] y) {
    int i = 0;
    for (; i + 4 * L <= n; i += 4 * L) {
      FloatVector c0 = FloatVector.broadcast(S, bias);
      FloatVector c1 = c0;
      FloatVector c2 = c0;
      FloatVector c3 = c0;
      for (int p = 0; p < offsets.length; p++) {
        FloatVector f = FloatVector.broadcast(S, w[wAt + p]);
        int at = offsets[p] + i;
        c0 = f.fma(FloatVector.fromArray(S, x, at), c0);
        c1 = f.fma(FloatVector.fromArray(S, x, at + L), c1);
        c2 = f.fma(FloatVector.fromArray(S, x, at + 2 * L), c2);
        c3 = f.fma(FloatVector.fromArray(S, x, at + 3 * L), c3);
      }
      c0.intoArray(y, i);
      c1.intoArray(y, i + L);
      c2.intoArray(y, i + 2 * L);
      c3.intoArray(y, i + 3 * L);
    }
    for (; i < n; i += L) {
      FloatVector c0 = FloatVector.broadcast(S, bias);
      for (int p = 0; p < offsets.length; p++) {
        FloatVector f = FloatVector.broadcast(S, w[wAt + p]);
        c0 = f.fma(FloatVector.fromArray(S, x, offsets[p] + i), c0);
      }
      c0.intoArray(y, i);
    }
  }
}
