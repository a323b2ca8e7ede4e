package nn.finetune;

import java.util.List;

/// [Adam] whose weight decay is apart from the gradient, so that it is not divided by the root of
/// the gradient's square:
///
/// ```text
/// w = (1 − rate · decay) · w, then Adam's update with decay 0
/// ```
///
/// Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019. The decay is 0.01 unless
/// said.
public final class AdamW extends Adam {
  public AdamW(ParameterGroup... groups) {
    this(List.of(groups));
  }

  public AdamW(List<ParameterGroup> groups) {
    super(groups, 0.01);
  }

  @Override
  public AdamW withBetas(double beta1, double beta2) {
    super.withBetas(beta1, beta2);
    return this;
  }

  @Override
  public AdamW withEpsilon(double epsilon) {
    super.withEpsilon(epsilon);
    return this;
  }

  @Override
  public AdamW withDecay(double decay) {
    super.withDecay(decay);
    return this;
  }

  @Override
  double shrink(Rates rates) {
    return 1 - rates.rate() * rates.decay();
  }

  @Override
  double pull(Rates rates) {
    return 0;
  }
}
