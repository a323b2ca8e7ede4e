package nn.layers;

import java.util.random.RandomGenerator;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import org.jspecify.annotations.Nullable;

/// y = x · Wᵀ + b: every output is a weighted sum of all inputs.
///
/// | | shape |
/// | --- | --- |
/// | x | `[batch × in]`, or more leading axes |
/// | `weight` | `[out × in]` |
/// | `bias` | `[out]`, absent after [#withoutBias] |
/// | y | `[batch × out]` |
public final class Linear extends Layer implements Head {
  private final Parameter weight; // [out×in]
  private final @Nullable Parameter bias; // [out]

  /// A layer with a bias. The weights are drawn for rectifiers ([Init#kaiming]), the bias is zero.
  ///
  /// @throws IllegalArgumentException if `in` or `out` is below 1
  public Linear(int in, int out, RandomGenerator random) {
    checkExtents(in, out);
    this(Init.kaiming(Shape.of(out, in), random), NdArray.zeros(Shape.of(out)));
  }

  private Linear(NdArray weight, @Nullable NdArray bias) {
    super();
    this.weight = parameter("weight", weight);
    this.bias = bias == null ? null : parameter("bias", bias);
  }

  /// A layer that only multiplies: y = x · Wᵀ.
  ///
  /// @throws IllegalArgumentException if `in` or `out` is below 1
  public static Linear withoutBias(int in, int out, RandomGenerator random) {
    checkExtents(in, out);
    return new Linear(Init.kaiming(Shape.of(out, in), random), null);
  }

  private static void checkExtents(int in, int out) {
    if (in < 1 || out < 1) {
      throw new IllegalArgumentException("in and out must be positive, got " + in + " and " + out);
    }
  }

  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    Tensor w = weight.in(pass);
    return bias == null ? x.affine(w) : x.affine(w, bias.in(pass));
  }

  /// A new head for the same features. No rectifier follows it, so its weights are drawn within
  /// ±1/√in: the first losses are then near ln(outputs), the loss of not knowing.
  ///
  /// @throws IllegalArgumentException if `outputs` is below 1
  @Override
  public Linear withOutputs(int outputs, RandomGenerator random) {
    int in = weight.shape().dim(1);
    checkExtents(in, outputs);
    return new Linear(
        Init.uniformFanIn(Shape.of(outputs, in), in, random),
        bias == null ? null : NdArray.zeros(Shape.of(outputs)));
  }

  /// `Linear 64→10`
  @Override
  public String describe() {
    return "Linear "
        + weight.shape().dim(1)
        + "→"
        + weight.shape().dim(0)
        + (bias == null ? ", no bias" : "");
  }
}
