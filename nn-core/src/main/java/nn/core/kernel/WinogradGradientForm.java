package nn.core.kernel;

/// [WinogradForm] read backwards, for the gradients of the weights: along each dimension the tiles of the inputs and of the outputs' gradients
/// become one number each for each of some points, and from the sums of their products over all tiles come the gradients of the three
/// weights. Used by [VectorWinogradGradient].
///
/// @param forward the form whose inputs and points these are
/// @param outputs the side of the outputs' gradients
/// @param map from the points' sums to the three gradients
record WinogradGradientForm(WinogradForm forward, WinogradSide outputs, WinogradSide.Map map) {
  static final WinogradGradientForm STEP1 =
      new WinogradGradientForm(
          WinogradForm.STEP1,
          WinogradSide.of(4, 4, VectorTransforms::outputGradient, 6, 0, 1, 2, 3, 4, 5),
          VectorTransforms::weightGradient);

  static final WinogradGradientForm STEP2 =
      new WinogradGradientForm(
          WinogradForm.STEP2,
          WinogradSide.of(2, 2, VectorTransformsStep2::outputGradient, 3, 0, 0, 1, 2, 2),
          VectorTransformsStep2::weightGradient);
}
