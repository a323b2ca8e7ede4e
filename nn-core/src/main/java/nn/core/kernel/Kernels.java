package nn.core.kernel;

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

  /// `y[i] = erf(x[i])`, the error function, with an error below 1e-6, for `from` ≤ i < `to`. x and y may be the same array.
  void erf(float[] x, float[] y, int from, int to);

  /// `Σ x[at + i]` for i < n, with an error that grows slower than n.
  float sum(float[] x, int at, int n);

  /// `Σ x[xAt + i] · y[yAt + i]` for i < n.
  float dot(float[] x, int xAt, float[] y, int yAt, int n);

  /// `Σ (x[xAt + i] − xCentre) · (y[yAt + i] − yCentre)` for i < n: with x = y and the mean, n times the variance.
  float centredDot(float[] x, int xAt, float xCentre, float[] y, int yAt, float yCentre, int n);

  /// The largest `x[at + i]` for i < n; NaN if one is NaN, −∞ if n is 0.
  float max(float[] x, int at, int n);

  /// Multiplies and adds in registers alone, at least `operations` times: to measure what the processor can do at most.
  ///
  /// @return a number that depends on all of them
  float multiplyAdds(long operations);
}
