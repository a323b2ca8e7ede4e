package nn.finetune;

import java.util.List;
import nn.core.NdArray;
import nn.core.kernel.Parallel;
import nn.layers.Parameter;

/// Adam: a step of about the same length for every number, from running means of its gradient and
/// of the gradient's square:
///
/// ```text
/// g = ∂L/∂w + decay · w
/// m = β₁ · m + (1 − β₁) · g
/// s = β₂ · s + (1 − β₂) · g²
/// w = w − rate · m/(1 − β₁ᵗ) / (√(s/(1 − β₂ᵗ)) + ε)
/// ```
///
/// t counts the updates of this parameter; while it is frozen, t, m and s stay. Kingma and Ba,
/// "Adam: A Method for Stochastic Optimization", 2015. With weight decay, [AdamW] is usually the
/// better choice.
public sealed class Adam extends Optimizer permits AdamW {
  private double beta1 = 0.9;
  private double beta2 = 0.999;
  private double epsilon = 1e-8;

  public Adam(ParameterGroup... groups) {
    this(List.of(groups));
  }

  public Adam(List<ParameterGroup> groups) {
    this(groups, 0);
  }

  Adam(List<ParameterGroup> groups, double decay) {
    super(groups, decay);
  }

  /// How much of the running means is kept in each update: 0.9 and 0.999 unless said.
  ///
  /// @return this optimizer
  public Adam withBetas(double beta1, double beta2) {
    checkFraction("β₁", beta1);
    checkFraction("β₂", beta2);
    this.beta1 = beta1;
    this.beta2 = beta2;
    return this;
  }

  /// What is added to the root, against division by zero: 1e-8 unless said.
  ///
  /// @return this optimizer
  public Adam withEpsilon(double epsilon) {
    ParameterGroup.checkNotNegative("ε", epsilon);
    this.epsilon = epsilon;
    return this;
  }

  /// The weight decay of the groups that do not say their own.
  ///
  /// @return this optimizer
  public Adam withDecay(double decay) {
    setDecay(decay);
    return this;
  }

  /// What the weight is multiplied by before the update.
  double shrink(Rates rates) {
    return 1;
  }

  /// How much of the weight is added to the gradient.
  double pull(Rates rates) {
    return rates.decay();
  }

  @Override
  protected final void update(
      Parameter parameter, NdArray gradient, ParameterState state, Rates rates) {
    double correction1 = 1 - StrictMath.pow(beta1, (double) state.updates());
    double correction2 = 1 - StrictMath.pow(beta2, (double) state.updates());
    Step step =
        new Step(
            (float) shrink(rates),
            (float) pull(rates),
            (float) rates.gradientScale(),
            (float) beta1,
            (float) (1 - beta1),
            (float) beta2,
            (float) (1 - beta2),
            (float) (rates.rate() / correction1),
            (float) (1 / Math.sqrt(correction2)),
            (float) epsilon);
    float[] w = parameter.value().writable();
    float[] dw = gradient.array();
    float[] m = state.array("mean").writable();
    float[] s = state.array("square").writable();
    Parallel.range(w.length, GRAIN, (from, to) -> step.run(w, dw, m, s, from, to));
  }

  /// The numbers of one update, and its loop.
  private record Step(
      float shrink,
      float pull,
      float scale,
      float keep1,
      float take1,
      float keep2,
      float take2,
      float rate,
      float rootScale,
      float epsilon) {
    void run(float[] w, float[] dw, float[] m, float[] s, int from, int to) {
      for (int i = from; i < to; i++) {
        float g = dw[i] * scale + pull * w[i];
        float mean = keep1 * m[i] + take1 * g;
        float square = keep2 * s[i] + take2 * g * g;
        m[i] = mean;
        s[i] = square;
        w[i] = shrink * w[i] - rate * mean / ((float) Math.sqrt(square) * rootScale + epsilon);
      }
    }
  }
}
