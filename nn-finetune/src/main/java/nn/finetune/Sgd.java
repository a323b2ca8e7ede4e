package nn.finetune;

import java.util.List;
import nn.core.NdArray;
import nn.core.kernel.Parallel;
import nn.layers.Parameter;

/// Stochastic gradient descent, with momentum if asked for, by PyTorch's rule:
///
/// ```text
/// g = ∂L/∂w + decay · w
/// v = momentum · v + g
/// w = w − rate · v                    or, with Nesterov,  w = w − rate · (g + momentum · v)
/// ```
///
/// The velocity v starts at zero. Momentum: Polyak, "Some methods of speeding up the convergence of
/// iteration methods", 1964. Nesterov's form: Sutskever et al., "On the importance of
/// initialization and momentum in deep learning", 2013.
public final class Sgd extends Optimizer {
  private double momentum;
  private boolean nesterov;

  public Sgd(ParameterGroup... groups) {
    this(List.of(groups));
  }

  public Sgd(List<ParameterGroup> groups) {
    super(groups, 0);
  }

  /// Keeps a velocity: 0.9 is usual.
  ///
  /// @return this optimizer
  public Sgd withMomentum(double momentum) {
    checkFraction("the momentum", momentum);
    this.momentum = momentum;
    this.nesterov = false;
    return this;
  }

  /// Keeps a velocity and looks one step ahead with it.
  ///
  /// @return this optimizer
  public Sgd withNesterovMomentum(double momentum) {
    withMomentum(momentum);
    nesterov = momentum > 0;
    return this;
  }

  /// The weight decay of the groups that do not say their own; 0 unless said.
  ///
  /// @return this optimizer
  public Sgd withDecay(double decay) {
    setDecay(decay);
    return this;
  }

  @Override
  protected void update(Parameter parameter, NdArray gradient, ParameterState state, Rates rates) {
    float[] w = parameter.value().writable();
    float[] dw = gradient.array();
    float rate = (float) rates.rate();
    float decay = (float) rates.decay();
    float scale = (float) rates.gradientScale();
    if (momentum == 0) {
      Parallel.range(w.length, GRAIN, (from, to) -> plain(w, dw, rate, decay, scale, from, to));
      return;
    }
    float[] v = state.array("momentum").writable();
    float m = (float) momentum;
    if (nesterov) {
      Parallel.range(
          w.length, GRAIN, (from, to) -> nesterov(w, dw, v, rate, decay, m, scale, from, to));
    } else {
      Parallel.range(
          w.length, GRAIN, (from, to) -> heavyBall(w, dw, v, rate, decay, m, scale, from, to));
    }
  }

  private static void plain(
      float[] w, float[] dw, float rate, float decay, float scale, int from, int to) {
    for (int i = from; i < to; i++) {
      float g = dw[i] * scale + decay * w[i];
      w[i] -= rate * g;
    }
  }

  private static void heavyBall(
      float[] w,
      float[] dw,
      float[] v,
      float rate,
      float decay,
      float momentum,
      float scale,
      int from,
      int to) {
    for (int i = from; i < to; i++) {
      float g = dw[i] * scale + decay * w[i];
      float velocity = momentum * v[i] + g;
      v[i] = velocity;
      w[i] -= rate * velocity;
    }
  }

  private static void nesterov(
      float[] w,
      float[] dw,
      float[] v,
      float rate,
      float decay,
      float momentum,
      float scale,
      int from,
      int to) {
    for (int i = from; i < to; i++) {
      float g = dw[i] * scale + decay * w[i];
      float velocity = momentum * v[i] + g;
      v[i] = velocity;
      w[i] -= rate * (g + momentum * velocity);
    }
  }
}
