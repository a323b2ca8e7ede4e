package nn.core.kernel;

import nn.core.PoolSettings;
import nn.core.Shape;
import org.jspecify.annotations.Nullable;

/// The contract of the hot loops. Callers have checked every shape and allocated every result; a kernel only computes.
/// Arrays are row-major; `xAt` is where a matrix starts in its array.
///
/// Every implementation must give results that do not depend on the number of threads. [ScalarKernels] is the
/// reference that the others are tested against.
public interface Kernels {
  /// The implementation that this process uses (see [KernelChoice]).
  static Kernels active() {
    return KernelChoice.active();
  }

  /// A short name for logs and reports: `scalar`, `vector-512`.
  String name();

  /// C = A · B for A `[m×k]`, B `[k×n]`, C `[m×n]`.
  void matmul(int m, int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt);

  /// C = A · Bᵀ for A `[m×k]`, B `[n×k]`, C `[m×n]`.
  void matmulTransposed(
      int m, int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt);

  /// C = Aᵀ · B for A `[k×m]`, B `[k×n]`, C `[m×n]`.
  void transposedMatmul(
      int m, int n, int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt);

  /// y = x * w (+ bias per output channel): a cross-correlation, as is the custom in neural networks. Overwrites y.
  /// Padding counts as zeros, so that an infinite or undefined weight may show as NaN where it meets padding.
  void conv2d(ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y);

  /// The same for weights that are not being trained: what it makes of them, it may keep in `packed` and use again.
  default void conv2d(
      ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y,
      PackedForms packed) {
    conv2d(g, x, w, bias, y);
  }

  /// dx = the gradient of [#conv2d] with respect to x. Overwrites dx.
  void conv2dInputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx);

  /// dw = the gradient of [#conv2d] with respect to w. Overwrites dw.
  void conv2dWeightGradient(ConvGeometry g, float[] x, float[] dy, float[] dw);

  /// `y[i] = exp(x[i])` for `from` ≤ i < `to`. x and y may be the same array.
  void exp(float[] x, float[] y, int from, int to);

  /// `y[i] = tanh(x[i])` for `from` ≤ i < `to`. x and y may be the same array.
  void tanh(float[] x, float[] y, int from, int to);

  /// `y[i] = 1 / (1 + exp(−x[i]))` for `from` ≤ i < `to`. x and y may be the same array.
  void sigmoid(float[] x, float[] y, int from, int to);

  /// `y[i] = x[i] · Φ(x[i])`, Φ the normal distribution function, for `from` ≤ i < `to`. x and y may be the same array.
  void gelu(float[] x, float[] y, int from, int to);

  /// `dx[i] = dy[i] · (Φ(x[i]) + x[i] · Φ′(x[i]))` for `from` ≤ i < `to`: the gradient of [#gelu]. dy and dx may be
  /// the same array.
  void geluGradient(float[] dy, float[] x, float[] dx, int from, int to);

  /// `y[at + i] = min(high, max(low, x[at + i] · scale + shift))` for i < n; NaN stays NaN. A channel of batch norm, and of
  /// the rectifier behind it: without one, the limits are −∞ and ∞. x and y may be the same array.
  void affine(
      float[] x, float[] y, int at, int n, float scale, float shift, float low, float high);

  /// `dx[at + i] = dy[at + i] · scale` for i < n where low < `y[at + i]` < high, else 0: the gradient of [#affine], from
  /// its result. dy and dx may be the same array.
  void limitedGradient(
      float[] dy, float[] y, float[] dx, int at, int n, float scale, float low, float high);

  /// Adds Σ d to `sums[sumsAt]` and Σ d · (`x[i]` − centre) to the place behind it, where d is `dy[i]` if
  /// low < `x[i]` · scale + shift < high, else 0: what the gradients of batch norm in training need of a channel. Over `rows` rows of n numbers,
  /// the first at `at`, `step` apart: the channel in all images of a batch.
  void batchNormSums(
      float[] x, float[] dy, int at, int n, int rows, int step, float scale, float shift, float low,
      float high, float centre, double[] sums, int sumsAt);

  /// `dx[at + i] = scale · (d − base − x[at + i] · slope)` for i < n, with d as in [#batchNormSums]. dy and dx may be the
  /// same array.
  void batchNormGradient(
      float[] x, float[] dy, float[] dx, int at, int n, float scale, float shift, float low,
      float high, float base, float slope);

  // Rows of n numbers, one after another: of row r, the numbers from r · n on. What is done to a row is done to those with
  // first ≤ r < end.

  /// Layer norm: `y[i] = (x[i] − mean[r]) · inverseDeviation[r] · gamma[i] + beta[i]`, with the mean and 1/√(variance + epsilon) of the
  /// row, which are written too.
  void layerNorm(
      float[] x, float[] gamma, float[] beta, float[] y, int first, int end, int n, float epsilon,
      float[] mean, float[] inverseDeviation);

  /// The gradient of [#layerNorm] with respect to x: `dx[i] = inverseDeviation[r] · (g − mean of g − x̂ · mean of g·x̂)`, with
  /// g = `dy[i] · gamma[i]` and x̂ = (`x[i]` − `mean[r]`) · `inverseDeviation[r]`. dy and dx may be the same array.
  void layerNormGradient(
      float[] dy, float[] x, float[] gamma, float[] dx, int first, int end, int n, float[] mean,
      float[] inverseDeviation);

  /// The gradients of [#layerNorm] with respect to beta and gamma: over the rows, `sums[at + i] = Σ dy[i]` and, behind them,
  /// `sums[at + n + i] = Σ dy[i] · x̂`. In single precision: for some hundred rows at once.
  void layerNormWeightGradients(
      float[] dy, float[] x, int first, int end, int n, float[] mean, float[] inverseDeviation,
      float[] sums, int at);

  /// Softmax: `y[i] = exp(x[i] − max) / Σ exp(x[j] − max)`, with the largest number of the row as max. Results below 1e-38 may
  /// be 0.
  void softmax(float[] x, float[] y, int first, int end, int n);

  /// The gradient of [#softmax], from its result: `dx[i] = y[i] · (dy[i] − Σ dy[j] · y[j])`. dy and dx may be the same array.
  void softmaxGradient(float[] dy, float[] y, float[] dx, int first, int end, int n);

  /// Max pooling of one plane, that is one channel of one image: y = the largest number in each window. Padding never wins, the
  /// first of equals does (row by row), and NaN always.
  ///
  /// @param in the shape of the images
  /// @param out the shape of y
  /// @param plane which plane, counted over all images
  /// @param winners where in its plane each winner is, as a whole number in the bits of a float
  void maxPool2d(
      PoolSettings s, Shape in, Shape out, int plane, float[] x, float[] y, float[] winners);

  /// `Σ x[at + i]` for i < n, with an error that grows slower than n.
  float sum(float[] x, int at, int n);

  /// The same over `rows` rows of n numbers, `step` apart.
  default float sum(float[] x, int at, int n, int rows, int step) {
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      sum += sum(x, at + row * step, n);
    }
    return (float) sum;
  }

  /// `Σ (x[at + i] − centre)²` for i < n, and over `rows` such rows, `step` apart.
  default float squares(float[] x, int at, float centre, int n, int rows, int step) {
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      int first = at + row * step;
      sum += centredDot(x, first, centre, x, first, centre, n);
    }
    return (float) sum;
  }

  /// `Σ x[xAt + i] · y[yAt + i]` for i < n.
  float dot(float[] x, int xAt, float[] y, int yAt, int n);

  /// `Σ (x[xAt + i] − xCentre) · (y[yAt + i] − yCentre)` for i < n: with x = y and the mean, n times the variance.
  float centredDot(float[] x, int xAt, float xCentre, float[] y, int yAt, float yCentre, int n);

  /// The largest `x[at + i]` for i < n; NaN if one is NaN, −∞ if n is 0.
  float max(float[] x, int at, int n);

  /// Multiplies and adds in registers alone, at least `operations` times: to measure what the processor can do at most.
  ///
  /// @return a number that comes of them, so that they are not left out
  float multiplyAdds(long operations);
}
