package nn.layers;

import java.util.function.UnaryOperator;
import nn.core.Limits;
import nn.core.Tensor;
import org.jspecify.annotations.Nullable;

/// A function applied to every number by itself (softmax: to every row), without parameters. The
/// functions, by name:
///
/// | | y |
/// | --- | --- |
/// | [#relu] | max(x, 0) |
/// | [#relu6] | min(max(x, 0), 6) |
/// | [#leakyRelu] | x above 0, slope · x below |
/// | [#elu] | x above 0, α · (eˣ − 1) below |
/// | [#gelu], [#geluTanh] | x · Φ(x) |
/// | [#silu] | x · sigmoid(x) |
/// | [#hardSigmoid] | min(max(x + 3, 0), 6) / 6 |
/// | [#hardSwish] | x · hardSigmoid(x) |
/// | [#sigmoid], [#tanh], [#softplus] | 1 / (1 + e⁻ˣ), tanh x, ln(1 + eˣ) |
/// | [#softmax] | eˣ / Σ eˣ over the last axis |
///
/// Each call makes a layer of its own, so that the same function in two places is two layers. One
/// of your own: `Activation.of("Mish", x -> x.times(x.softplus().tanh()))`.
public final class Activation extends Layer {
  private final String description;
  private final UnaryOperator<Tensor> function;
  private final @Nullable Limits limits; // what a rectifier is, and others are not

  private Activation(
      String description, UnaryOperator<Tensor> function, @Nullable Limits limits) {
    super();
    this.description = description;
    this.function = function;
    this.limits = limits;
  }

  private static Activation rectifier(String description, Limits limits) {
    return new Activation(description, x -> x.limited(limits), limits);
  }

  /// Any function of a tensor that has no parameters.
  ///
  /// @param description what [#describe] says, such as `Mish`
  public static Activation of(String description, UnaryOperator<Tensor> function) {
    return new Activation(description, function, null);
  }

  /// max(x, 0), the rectifier: Nair and Hinton, "Rectified Linear Units", 2010.
  public static Activation relu() {
    return rectifier("Relu", Limits.RELU);
  }

  /// min(max(x, 0), 6): the rectifier of MobileNets, bounded for coarse number formats.
  public static Activation relu6() {
    return rectifier("Relu6", Limits.RELU6);
  }

  /// x above zero, slope · x below: Maas et al., "Rectifier Nonlinearities", 2013.
  public static Activation leakyRelu(float slope) {
    return of("LeakyRelu " + slope, x -> x.leakyRelu(slope));
  }

  /// x above zero, α · (eˣ − 1) below: Clevert et al., "Exponential Linear Units", 2015.
  public static Activation elu(float alpha) {
    return of("Elu " + alpha, x -> x.elu(alpha));
  }

  /// x · Φ(x), Φ the normal distribution function: Hendrycks and Gimpel, "Gaussian Error Linear
  /// Units", 2016.
  public static Activation gelu() {
    return of("Gelu", Tensor::gelu);
  }

  /// [#gelu] with Φ(x) ≈ ½ (1 + tanh(√(2/π) (x + 0.044715 x³))), as GPT-2 and some BERTs were
  /// trained with.
  public static Activation geluTanh() {
    return of("GeluTanh", Tensor::geluTanh);
  }

  /// x · sigmoid(x), also called swish: Ramachandran et al., "Searching for Activation Functions",
  /// 2017.
  public static Activation silu() {
    return of("Silu", Tensor::silu);
  }

  /// min(max(x + 3, 0), 6) / 6: a sigmoid of straight lines. Howard et al., "Searching for
  /// MobileNetV3", 2019.
  public static Activation hardSigmoid() {
    return of("HardSigmoid", Tensor::hardSigmoid);
  }

  /// x · hardSigmoid(x): Howard et al., "Searching for MobileNetV3", 2019.
  public static Activation hardSwish() {
    return of("HardSwish", Tensor::hardSwish);
  }

  /// 1 / (1 + e⁻ˣ): a number as a probability.
  public static Activation sigmoid() {
    return of("Sigmoid", Tensor::sigmoid);
  }

  /// The hyperbolic tangent, between −1 and 1.
  public static Activation tanh() {
    return of("Tanh", Tensor::tanh);
  }

  /// ln(1 + eˣ): a smooth rectifier.
  public static Activation softplus() {
    return of("Softplus", Tensor::softplus);
  }

  /// eˣ / Σ eˣ over the last axis: scores as probabilities. Do not train through it: cross entropy
  /// takes the scores.
  public static Activation softmax() {
    return of("Softmax", Tensor::softmax);
  }

  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    return function.apply(x);
  }

  /// The limits between which this keeps numbers, if that is all it does.
  @Nullable
  Limits limits() {
    return limits;
  }

  /// The name of the function, such as `Relu6` or `LeakyRelu 0.1`
  @Override
  public String describe() {
    return description;
  }
}
