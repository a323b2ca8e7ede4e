package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import nn.core.PoolSettings;
import nn.core.Shape;
import org.jspecify.annotations.Nullable;

/// Kernels on the JDK's Vector API, for the vector width that the processor prefers.
public final class VectorKernels implements Kernels {
  /// How many bits a vector has on this processor.
  static int bits() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize();
  }

  @Override
  public String name() {
    return "vector-" + bits();
  }

  @Override
  public void matmul(
      int m, int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    if (m <= 2) {
      for (int i = 0; i < m; i++) {
        VectorVector.rowTimes(n, k, a, aAt + i * k, 1, b, bAt, c, cAt + i * n);
      }
    } else if (n == 1) {
      VectorVector.rowTimesTransposed(m, k, b, bAt, a, aAt, c, cAt);
    } else {
      VectorMatmul.multiply(m, n, k, a, aAt, k, 1, b, bAt, n, 1, c, cAt);
    }
  }

  @Override
  public void matmulTransposed(
      int m, int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    if (n == 1) {
      VectorVector.rowTimesTransposed(m, k, b, bAt, a, aAt, c, cAt);
    } else if (m <= 2) {
      for (int i = 0; i < m; i++) {
        VectorVector.rowTimesTransposed(n, k, a, aAt + i * k, b, bAt, c, cAt + i * n);
      }
    } else if (n < VectorVector.FEW) {
      VectorVector.rowsTimesTransposed(m, n, k, a, aAt, b, bAt, c, cAt);
    } else if (VectorFewRows.fits(m, n, k)) {
      VectorFewRows.timesTransposed(m, n, k, a, aAt, b, bAt, c, cAt);
    } else {
      VectorMatmul.multiply(m, n, k, a, aAt, k, 1, b, bAt, 1, k, c, cAt);
    }
  }

  @Override
  public void transposedMatmul(
      int m, int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    if (m <= 2) {
      for (int i = 0; i < m; i++) {
        VectorVector.rowTimes(n, k, a, aAt + i, m, b, bAt, c, cAt + i * n);
      }
    } else if (n == 1) {
      VectorVector.rowTimes(m, k, b, bAt, 1, a, aAt, c, cAt);
    } else {
      VectorMatmul.multiply(m, n, k, a, aAt, 1, m, b, bAt, n, 1, c, cAt);
    }
  }

  @Override
  public void conv2d(ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    convolve(g, x, w, bias, y, null);
  }

  @Override
  public void conv2d(
      ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y,
      PackedForms packed) {
    convolve(g, x, w, bias, y, packed);
  }

  private static void convolve(
      ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y,
      @Nullable PackedForms packed) {
    if (VectorDepthwise3x3.fits(g)) {
      VectorDepthwise3x3.forward(g, x, w, bias, y);
    } else if (VectorDepthwiseSmall.fits(g)) {
      VectorDepthwiseSmall.forward(g, x, w, bias, y);
    } else if (VectorDepthwise.fits(g)) {
      VectorDepthwise.forward(g, x, w, bias, y);
    } else if (VectorWinograd.fitsForward(g)) {
      VectorWinograd.forward(g, x, w, bias, y, packed);
    } else if (VectorPointwise.fits(g)) {
      VectorPointwise.forward(g, x, w, bias, y, packed);
    } else if (VectorSubsampled.fits(g)) {
      VectorSubsampled.forward(g, x, w, bias, y, packed);
    } else if (VectorFirstLayer.fits(g)) {
      VectorFirstLayer.forward(g, x, w, bias, y);
    } else {
      VectorConvolution.forward(g, x, w, bias, y, packed);
    }
  }

  @Override
  public void conv2dInputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
    if (g.inputShape().size() == 0) {
      return;
    }
    if (VectorDepthwise3x3.fits(g)) {
      VectorDepthwise3x3.inputGradient(g, dy, w, dx);
    } else if (VectorDepthwiseSmall.fits(g)) {
      VectorDepthwiseSmall.inputGradient(g, dy, w, dx);
    } else if (VectorDepthwise.fits(g)) {
      VectorDepthwise.inputGradient(g, dy, w, dx);
    } else if (VectorWinograd.fits(g)) {
      VectorWinograd.inputGradient(g, dy, w, dx);
    } else if (VectorPointwise.fits(g)) {
      VectorPointwise.inputGradient(g, dy, w, dx);
    } else if (VectorSubsampled.fits(g)) {
      VectorSubsampled.inputGradient(g, dy, w, dx);
    } else {
      VectorConvolution.inputGradient(g, dy, w, dx);
    }
  }

  @Override
  public void conv2dWeightGradient(ConvGeometry g, float[] x, float[] dy, float[] dw) {
    if (VectorDepthwise3x3.fits(g)) {
      VectorDepthwise3x3.weightGradient(g, x, dy, dw);
    } else if (VectorDepthwiseSmall.fits(g)) {
      VectorDepthwiseSmall.weightGradient(g, x, dy, dw);
    } else if (VectorDepthwise.fits(g)) {
      VectorDepthwise.weightGradient(g, x, dy, dw);
    } else if (VectorWinograd.fits(g)) {
      VectorWinogradGradient.run(g, x, dy, dw);
    } else if (VectorPointwise.fits(g)) {
      VectorPointwise.weightGradient(g, x, dy, dw);
    } else if (VectorSubsampled.fits(g)) {
      VectorSubsampled.weightGradient(g, x, dy, dw);
    } else if (VectorFirstLayerGradient.fits(g)) {
      VectorFirstLayerGradient.run(g, x, dy, dw);
    } else {
      VectorWeightGradient.run(g, x, dy, dw);
    }
  }

  @Override
  public void exp(float[] x, float[] y, int from, int to) {
    VectorMaps.exp(x, y, from, to);
  }

  @Override
  public void tanh(float[] x, float[] y, int from, int to) {
    VectorMaps.tanh(x, y, from, to);
  }

  @Override
  public void sigmoid(float[] x, float[] y, int from, int to) {
    VectorMaps.sigmoid(x, y, from, to);
  }

  @Override
  public void gelu(float[] x, float[] y, int from, int to) {
    VectorMaps.gelu(x, y, from, to);
  }

  @Override
  public void geluGradient(float[] dy, float[] x, float[] dx, int from, int to) {
    VectorMaps.geluGradient(dy, x, dx, from, to);
  }

  @Override
  public void affine(
      float[] x, float[] y, int at, int n, float scale, float shift, float low, float high) {
    VectorBatchNorm.affine(x, y, at, n, scale, shift, low, high);
  }

  @Override
  public void limitedGradient(
      float[] dy, float[] y, float[] dx, int at, int n, float scale, float low, float high) {
    VectorBatchNorm.limitedGradient(dy, y, dx, at, n, scale, low, high);
  }

  @Override
  public void batchNormSums(
      float[] x, float[] dy, int at, int n, int rows, int step, float scale, float shift, float low,
      float high, float centre, double[] sums, int sumsAt) {
    VectorBatchNorm.batchNormSums(
        x, dy, at, n, rows, step, scale, shift, low, high, centre, sums, sumsAt);
  }

  @Override
  public void batchNormGradient(
      float[] x, float[] dy, float[] dx, int at, int n, float scale, float shift, float low,
      float high, float base, float slope) {
    VectorBatchNorm.batchNormGradient(x, dy, dx, at, n, scale, shift, low, high, base, slope);
  }

  @Override
  public void layerNorm(
      float[] x, float[] gamma, float[] beta, float[] y, int first, int end, int n, float epsilon,
      float[] mean, float[] inverseDeviation) {
    VectorLayerNorm.layerNorm(x, gamma, beta, y, first, end, n, epsilon, mean, inverseDeviation);
  }

  @Override
  public void layerNormGradient(
      float[] dy, float[] x, float[] gamma, float[] dx, int first, int end, int n, float[] mean,
      float[] inverseDeviation) {
    VectorLayerNorm.gradient(dy, x, gamma, dx, first, end, n, mean, inverseDeviation);
  }

  @Override
  public void layerNormWeightGradients(
      float[] dy, float[] x, int first, int end, int n, float[] mean, float[] inverseDeviation,
      float[] sums, int at) {
    VectorLayerNorm.weightGradients(dy, x, first, end, n, mean, inverseDeviation, sums, at);
  }

  @Override
  public void softmax(float[] x, float[] y, int first, int end, int n) {
    VectorSoftmax.softmax(x, y, first, end, n);
  }

  @Override
  public void softmaxGradient(float[] dy, float[] y, float[] dx, int first, int end, int n) {
    VectorSoftmax.gradient(dy, y, dx, first, end, n);
  }

  @Override
  public void maxPool2d(
      PoolSettings s, Shape in, Shape out, int plane, float[] x, float[] y, float[] winners) {
    VectorMaxPool.plane(s, in, out, plane, x, y, winners);
  }

  @Override
  public float sum(float[] x, int at, int n) {
    return VectorReduction.sum(x, at, n);
  }

  @Override
  public float sum(float[] x, int at, int n, int rows, int step) {
    return VectorReduction.sum(x, at, n, rows, step);
  }

  @Override
  public float squares(float[] x, int at, float centre, int n, int rows, int step) {
    return VectorReduction.squares(x, at, centre, n, rows, step);
  }

  @Override
  public float dot(float[] x, int xAt, float[] y, int yAt, int n) {
    return VectorReduction.centredDot(x, xAt, 0f, y, yAt, 0f, n);
  }

  @Override
  public float centredDot(
      float[] x, int xAt, float xCentre, float[] y, int yAt, float yCentre, int n) {
    return VectorReduction.centredDot(x, xAt, xCentre, y, yAt, yCentre, n);
  }

  @Override
  public float max(float[] x, int at, int n) {
    return VectorReduction.max(x, at, n);
  }

  @Override
  public float multiplyAdds(long operations) {
    return VectorPeak.multiplyAdds(operations);
  }
}
