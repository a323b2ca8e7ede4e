package nn.finetune;

import java.util.Arrays;

/// How the learning rate goes through a run: for each step the factor that every group's rate is
/// multiplied by. A function of the step alone, so that a run that goes on from a checkpoint has
/// the same rates.
///
/// ```java
/// Schedule.cosine().withWarmUp(500)
/// ```
@FunctionalInterface
public interface Schedule {
  /// The factor at a step.
  ///
  /// @param step the steps done before, from 0 up
  /// @param steps how many the whole run has
  double factor(long step, long steps);

  /// Always 1.
  static Schedule constant() {
    return (_, _) -> 1;
  }

  /// From 1 along half a cosine towards 0: ½ (1 + cos(π · step/steps)). Loshchilov and Hutter,
  /// "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017.
  static Schedule cosine() {
    return cosine(0);
  }

  /// From 1 along half a cosine towards `end`.
  static Schedule cosine(double end) {
    Optimizer.checkFraction("the factor at the end", end);
    return (step, steps) -> end
        + (1 - end) * 0.5 * (1 + StrictMath.cos(Math.PI * progress(step, steps)));
  }

  /// From 1 in a straight line towards 0.
  static Schedule linear() {
    return (step, steps) -> 1 - progress(step, steps);
  }

  /// 1 at first, multiplied by `factor` at each of these parts of the run: `stepDecay(0.1, 0.5,
  /// 0.75)` divides by ten after a half and again after three quarters.
  ///
  /// @param factor what to multiply by
  /// @param parts when: between 0 and 1, growing
  static Schedule stepDecay(double factor, double... parts) {
    ParameterGroup.checkNotNegative("the factor", factor);
    double[] when = parts.clone();
    for (int i = 0; i < when.length; i++) {
      if (!(when[i] > 0 && when[i] < 1) || i > 0 && when[i] <= when[i - 1]) {
        throw new IllegalArgumentException(
            "the parts of the run must lie between 0 and 1 and grow: " + Arrays.toString(when));
      }
    }
    return (step, steps) -> {
      double product = 1;
      for (double part : when) {
        if (step >= part * steps) {
          product *= factor;
        }
      }
      return product;
    };
  }

  /// This schedule after a warm-up: over the first `warmUp` steps the factor grows in a straight
  /// line, in the first step to 1/`warmUp`; this schedule then has the steps that are left. Goyal
  /// et al., "Accurate, Large Minibatch SGD", 2017.
  ///
  /// @param warmUp how many steps; if the run is shorter, it is all warm-up
  default Schedule withWarmUp(long warmUp) {
    if (warmUp < 0) {
      throw new IllegalArgumentException("the warm-up must not be negative: " + warmUp + " steps");
    }
    return (step, steps) -> step < warmUp
        ? (step + 1) / (double) warmUp * factor(0, Math.max(1, steps - warmUp))
        : factor(step - warmUp, steps - warmUp);
  }

  private static double progress(long step, long steps) {
    return steps <= 0 ? 0 : Math.min(1, step / (double) steps);
  }
}
