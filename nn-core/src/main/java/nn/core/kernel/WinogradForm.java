package nn.core.kernel;

/// Ways to convolve with fewer products than outputs times taps, for kernels of 3×3: along each dimension a tile of the image becomes one
/// number for each of some points, so do the three weights, and from their products come the tile's outputs. Used by [VectorWinograd].
///
/// @param inputs the image's side of it
/// @param weights the kernel's
/// @param weightPlanes what a kernel becomes, in two dimensions
/// @param weightOf which of those each place takes; a place is a pair of points
/// @param map from the products to the outputs
/// @param outputs of a tile, along a dimension
/// @param first for each point, the first of these outputs that it is needed for
record WinogradForm(
    WinogradSide inputs, WinogradSide.Map weights, int weightPlanes, int[] weightOf, Outputs map,
    int outputs, int[] first) {

  /// F(4, 3), 4 outputs by 6 products in place of 12: [VectorTransforms].
  static final WinogradForm STEP1 =
      new WinogradForm(
          WinogradSide.of(6, 4, VectorTransforms::input, 6, 0, 1, 2, 3, 4, 5),
          VectorTransforms::kernel, 36, WinogradSide.places(6, 0, 1, 2, 3, 4, 5),
          VectorTransforms::output, 4, new int[] {0, 0, 0, 0, 0, 3});

  /// A step of 2, 2 outputs by 5 products in place of 6: [VectorTransformsStep2].
  static final WinogradForm STEP2 =
      new WinogradForm(
          WinogradSide.of(5, 4, VectorTransformsStep2::input, 5, 0, 1, 2, 3, 4),
          VectorTransformsStep2::kernel, 16, WinogradSide.places(4, 0, 1, 2, 1, 3),
          VectorTransformsStep2::output, 2, new int[] {0, 0, 0, 1, 1});

  /// The input gradient of a step of 2 with a padding of 1, 4 of its numbers by 5 products in place of 6.
  static final WinogradForm STEP2_GRADIENT =
      new WinogradForm(
          WinogradSide.of(3, 2, VectorTransformsStep2::gradient, 4, 0, 1, 2, 2, 3),
          VectorTransformsStep2::kernel, 16, WinogradSide.places(4, 0, 1, 2, 1, 3),
          VectorTransformsStep2::inputGradient, 4, new int[] {1, 0, 1, 2, 3});

  /// Points along a dimension.
  int points() {
    return first.length;
  }

  /// Pairs of points, for each of which there is a product.
  int places() {
    return points() * points();
  }

  /// Whether tiles of which only the first `wanted` outputs are wanted need a point's products.
  boolean needs(int point, int wanted) {
    return first[point] < wanted;
  }

  /// As [WinogradSide.Map], to a square whose rows lie `yRowStep` apart, and the vectors of a row side by side. A vector at `biasAt` is added to all of
  /// them.
  @FunctionalInterface
  interface Outputs {
    void map(
        float[] m, int at, int step, int rowStep, float[] half, float[] bias, int biasAt,
        float[] y, int yAt, int yRowStep);
  }
}
