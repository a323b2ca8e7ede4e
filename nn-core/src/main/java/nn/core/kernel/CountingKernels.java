package nn.core.kernel;

import java.util.concurrent.atomic.LongAdder;
import nn.core.PoolSettings;
import nn.core.Shape;
import org.jspecify.annotations.Nullable;

/// Kernels that count the multiplications and additions of matrix products and convolutions before others do the work.
///
/// Counted is what the definition asks for, whatever the kernels save (Winograd's tiles need fewer): two operations for each
/// product that is summed, padding included. Everything else is small beside it and not counted.
public final class CountingKernels implements Kernels {
  private final Kernels kernels;
  private final LongAdder operations = new LongAdder();

  /// @param kernels who does the work
  public CountingKernels(Kernels kernels) {
    this.kernels = kernels;
  }

  /// How many operations there have been.
  public long operations() {
    return operations.sum();
  }

  private void product(long m, long n, long k) {
    operations.add(2 * m * n * k);
  }

  private void convolution(ConvGeometry g) {
    product(
        (long) g.batch() * g.outHeight() * g.outWidth(), g.outChannels(),
        (long) g.inChannels() / g.settings().groups() * g.kernelHeight() * g.kernelWidth());
  }

  @Override
  public String name() {
    return kernels.name();
  }

  @Override
  public void matmul(
      int m, int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    product(m, n, k);
    kernels.matmul(m, n, k, a, aAt, b, bAt, c, cAt);
  }

  @Override
  public void matmulTransposed(
      int m, int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    product(m, n, k);
    kernels.matmulTransposed(m, n, k, a, aAt, b, bAt, c, cAt);
  }

  @Override
  public void transposedMatmul(
      int m, int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    product(m, n, k);
    kernels.transposedMatmul(m, n, k, a, aAt, b, bAt, c, cAt);
  }

  @Override
  public void conv2d(ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    convolution(g);
    kernels.conv2d(g, x, w, bias, y);
  }

  @Override
  public void conv2d(
      ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y,
      PackedForms packed) {
    convolution(g);
    kernels.conv2d(g, x, w, bias, y, packed);
  }

  @Override
  public void conv2dInputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
    convolution(g);
    kernels.conv2dInputGradient(g, dy, w, dx);
  }

  @Override
  public void conv2dWeightGradient(ConvGeometry g, float[] x, float[] dy, float[] dw) {
    convolution(g);
    kernels.conv2dWeightGradient(g, x, dy, dw);
  }

  @Override
  public void exp(float[] x, float[] y, int from, int to) {
    kernels.exp(x, y, from, to);
  }

  @Override
  public void tanh(float[] x, float[] y, int from, int to) {
    kernels.tanh(x, y, from, to);
  }

  @Override
  public void sigmoid(float[] x, float[] y, int from, int to) {
    kernels.sigmoid(x, y, from, to);
  }

  @Override
  public void gelu(float[] x, float[] y, int from, int to) {
    kernels.gelu(x, y, from, to);
  }

  @Override
  public void geluGradient(float[] dy, float[] x, float[] dx, int from, int to) {
    kernels.geluGradient(dy, x, dx, from, to);
  }

  @Override
  public void affine(
      float[] x, float[] y, int at, int n, float scale, float shift, float low, float high) {
    kernels.affine(x, y, at, n, scale, shift, low, high);
  }

  @Override
  public void limitedGradient(
      float[] dy, float[] y, float[] dx, int at, int n, float scale, float low, float high) {
    kernels.limitedGradient(dy, y, dx, at, n, scale, low, high);
  }

  @Override
  public void batchNormSums(
      float[] x, float[] dy, int at, int n, int rows, int step, float scale, float shift, float low,
      float high, float centre, double[] sums, int sumsAt) {
    kernels.batchNormSums(
        x, dy, at, n, rows, step, scale, shift, low, high, centre, sums, sumsAt);
  }

  @Override
  public void batchNormGradient(
      float[] x, float[] dy, float[] dx, int at, int n, float scale, float shift, float low,
      float high, float base, float slope) {
    kernels.batchNormGradient(x, dy, dx, at, n, scale, shift, low, high, base, slope);
  }

  @Override
  public void layerNorm(
      float[] x, float[] gamma, float[] beta, float[] y, int first, int end, int n, float epsilon,
      float[] mean, float[] inverseDeviation) {
    kernels.layerNorm(x, gamma, beta, y, first, end, n, epsilon, mean, inverseDeviation);
  }

  @Override
  public void layerNormGradient(
      float[] dy, float[] x, float[] gamma, float[] dx, int first, int end, int n, float[] mean,
      float[] inverseDeviation) {
    kernels.layerNormGradient(dy, x, gamma, dx, first, end, n, mean, inverseDeviation);
  }

  @Override
  public void layerNormWeightGradients(
      float[] dy, float[] x, int first, int end, int n, float[] mean, float[] inverseDeviation,
      float[] sums, int at) {
    kernels.layerNormWeightGradients(dy, x, first, end, n, mean, inverseDeviation, sums, at);
  }

  @Override
  public void softmax(float[] x, float[] y, int first, int end, int n) {
    kernels.softmax(x, y, first, end, n);
  }

  @Override
  public void softmaxGradient(float[] dy, float[] y, float[] dx, int first, int end, int n) {
    kernels.softmaxGradient(dy, y, dx, first, end, n);
  }

  @Override
  public void maxPool2d(
      PoolSettings s, Shape in, Shape out, int plane, float[] x, float[] y, float[] winners) {
    kernels.maxPool2d(s, in, out, plane, x, y, winners);
  }

  @Override
  public float sum(float[] x, int at, int n) {
    return kernels.sum(x, at, n);
  }

  @Override
  public float sum(float[] x, int at, int n, int rows, int step) {
    return kernels.sum(x, at, n, rows, step);
  }

  @Override
  public float squares(float[] x, int at, float centre, int n, int rows, int step) {
    return kernels.squares(x, at, centre, n, rows, step);
  }

  @Override
  public float dot(float[] x, int xAt, float[] y, int yAt, int n) {
    return kernels.dot(x, xAt, y, yAt, n);
  }

  @Override
  public float centredDot(
      float[] x, int xAt, float xCentre, float[] y, int yAt, float yCentre, int n) {
    return kernels.centredDot(x, xAt, xCentre, y, yAt, yCentre, n);
  }

  @Override
  public float max(float[] x, int at, int n) {
    return kernels.max(x, at, n);
  }

  @Override
  public float multiplyAdds(long operations) {
    return kernels.multiplyAdds(operations);
  }
}
