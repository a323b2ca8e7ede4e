package nn.core.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import nn.core.ConvSettings;
import org.jspecify.annotations.Nullable;

/// Depthwise convolution of small images with any kernel, with channels as lanes: rows of 7 or 14 pixels fill no vectors, but there
/// are hundreds of channels. Kernels of 3×3 have a faster way ([VectorDepthwise3x3]).
///
/// The planes of as many channels as a vector has lanes are copied pixel by pixel, with the zeros around them; each output
/// pixel is then a sum over taps of whole vectors.
final class VectorDepthwiseSmall {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int WIDEST = 28; // rows from which pixels are the better lanes

  private final ConvSettings s;
  private final int channels;
  private final int height; // of the image with its zeros
  private final int width;
  private final int inHeight;
  private final int inWidth;
  private final int outHeight;
  private final int outWidth;
  private final int taps;
  private final int[] offsets; // of the taps, seen from an output pixel's place

  private VectorDepthwiseSmall(ConvGeometry g) {
    s = g.settings();
    channels = g.inChannels();
    inHeight = g.inHeight();
    inWidth = g.inWidth();
    outHeight = g.outHeight();
    outWidth = g.outWidth();
    height = inHeight + 2 * s.paddingHeight();
    width = inWidth + 2 * s.paddingWidth();
    taps = g.kernelHeight() * g.kernelWidth();
    offsets = new int[taps];
    for (int tap = 0; tap < taps; tap++) {
      offsets[tap] =
          (tap / g.kernelWidth() * s.dilationHeight() * width
              + tap % g.kernelWidth() * s.dilationWidth()) * L;
    }
  }

  static boolean fits(ConvGeometry g) {
    return g.settings().groups() == g.inChannels() && g.outChannels() == g.inChannels()
        && g.inChannels() % L == 0 && g.inWidth() < WIDEST;
  }

  static void forward(ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    VectorDepthwiseSmall d = new VectorDepthwiseSmall(g);
    float[] weights = d.byTap(w);
    float[] shifts = bias == null ? new float[d.channels] : bias;
    Parallel.chunks(
        g.batch() * d.channels / L,
        block -> d.forward(x, weights, shifts, y, block));
  }

  static void inputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
    VectorDepthwiseSmall d = new VectorDepthwiseSmall(g);
    float[] weights = d.byTap(w);
    Parallel.chunks(
        g.batch() * d.channels / L,
        block -> d.inputGradient(dy, weights, dx, block));
  }

  static void weightGradient(ConvGeometry g, float[] x, float[] dy, float[] dw) {
    VectorDepthwiseSmall d = new VectorDepthwiseSmall(g);
    Parallel.chunks(
        d.channels / L,
        channel -> d.weightGradient(g.batch(), x, dy, dw, channel * L));
  }

  /// `[channels / L][tap][L]`
  private float[] byTap(float[] w) {
    float[] weights = Scratch.WEIGHTS.floats(w.length);
    for (int first = 0; first < channels; first += L) {
      VectorTranspose.transpose(
          L, taps, w, first * taps, taps, weights, first * taps, L, false);
    }
    return weights;
  }

  private int place(int oy, int ox) {
    return (oy * s.strideHeight() * width + ox * s.strideWidth()) * L;
  }

  private void forward(float[] x, float[] weights, float[] bias, float[] y, int block) {
    float[] image = padded(x, block);
    float[] result = Scratch.OUTPUT.floats(outHeight * outWidth * L);
    int channel = block * L % channels;
    FloatVector shift = FloatVector.fromArray(S, bias, channel);
    for (int oy = 0; oy < outHeight; oy++) {
      for (int ox = 0; ox < outWidth; ox++) {
        int from = place(oy, ox);
        FloatVector sum = shift;
        for (int tap = 0; tap < taps; tap++) {
          sum =
              FloatVector.fromArray(S, image, from + offsets[tap])
                  .fma(FloatVector.fromArray(S, weights, channel * taps + tap * L), sum);
        }
        sum.intoArray(result, (oy * outWidth + ox) * L);
      }
    }
    int area = outHeight * outWidth;
    VectorTranspose.transpose(area, L, result, 0, L, y, block * L * area, area, false);
  }

  /// Each output pixel's gradient goes back to the pixels that its taps saw.
  private void inputGradient(float[] dy, float[] weights, float[] dx, int block) {
    int area = outHeight * outWidth;
    float[] arrived = Scratch.OUTPUT.floats(area * L);
    VectorTranspose.transpose(L, area, dy, block * L * area, area, arrived, 0, L, false);
    float[] image = Scratch.IMAGE.floats(height * width * L);
    Arrays.fill(image, 0, height * width * L, 0f);
    int channel = block * L % channels;
    for (int tap = 0; tap < taps; tap++) {
      FloatVector weight = FloatVector.fromArray(S, weights, channel * taps + tap * L);
      for (int oy = 0; oy < outHeight; oy++) {
        for (int ox = 0; ox < outWidth; ox++) {
          int to = place(oy, ox) + offsets[tap];
          FloatVector.fromArray(S, arrived, (oy * outWidth + ox) * L)
              .fma(weight, FloatVector.fromArray(S, image, to))
              .intoArray(image, to);
        }
      }
    }
    float[] inside = Scratch.PIXELS.floats(inHeight * inWidth * L);
    for (int y = 0; y < inHeight; y++) {
      System.arraycopy(
          image, ((y + s.paddingHeight()) * width + s.paddingWidth()) * L, inside,
          y * inWidth * L, inWidth * L);
    }
    int inArea = inHeight * inWidth;
    VectorTranspose.transpose(inArea, L, inside, 0, L, dx, block * L * inArea, inArea, false);
  }

  private void weightGradient(int batch, float[] x, float[] dy, float[] dw, int channel) {
    int area = outHeight * outWidth;
    float[] sums = Scratch.GRADIENT.floats(taps * L);
    Arrays.fill(sums, 0, taps * L, 0f);
    for (int n = 0; n < batch; n++) {
      int block = (n * channels + channel) / L;
      float[] image = padded(x, block);
      float[] arrived = Scratch.OUTPUT.floats(area * L);
      VectorTranspose.transpose(L, area, dy, block * L * area, area, arrived, 0, L, false);
      for (int tap = 0; tap < taps; tap++) {
        FloatVector sum = FloatVector.fromArray(S, sums, tap * L);
        for (int oy = 0; oy < outHeight; oy++) {
          for (int ox = 0; ox < outWidth; ox++) {
            sum =
                FloatVector.fromArray(S, image, place(oy, ox) + offsets[tap])
                    .fma(FloatVector.fromArray(S, arrived, (oy * outWidth + ox) * L), sum);
          }
        }
        sum.intoArray(sums, tap * L);
      }
    }
    VectorTranspose.transpose(taps, L, sums, 0, L, dw, channel * taps, taps, false);
  }

  /// L planes, pixel by pixel, with the zeros around them.
  private float[] padded(float[] x, int block) {
    int area = inHeight * inWidth;
    float[] inside = Scratch.PIXELS.floats(area * L);
    VectorTranspose.transpose(L, area, x, block * L * area, area, inside, 0, L, false);
    float[] image = Scratch.IMAGE.floats(height * width * L);
    Arrays.fill(image, 0, height * width * L, 0f);
    for (int y = 0; y < inHeight; y++) {
      System.arraycopy(
          inside, y * inWidth * L, image,
          ((y + s.paddingHeight()) * width + s.paddingWidth()) * L, inWidth * L);
    }
    return image;
  }
}
