package nn.finetune;

import java.util.OptionalDouble;
import nn.layers.Parameters;

/// Parameters that are trained at the same rate, with the same decay. A group holds frozen
/// parameters as well: an optimizer looks at the flag in each step, so that unfreezing needs no new
/// optimizer.
///
/// ```java
/// new AdamW(
///     ParameterGroup.of(model.parameters().matching("fc.*"), 1e-3),
///     ParameterGroup.of(model.parameters(), 1e-4)); // the rest: the first group that has a parameter owns it
/// ```
///
/// @param parameters which ones
/// @param rate how far a step goes; a [Schedule] multiplies it
/// @param decay the weight decay; empty for what the optimizer says
public record ParameterGroup(Parameters parameters, double rate, OptionalDouble decay) {
  public ParameterGroup {
    checkNotNegative("the learning rate", rate);
    decay.ifPresent(d -> checkNotNegative("the weight decay", d));
    if (parameters.size() == 0) {
      throw new IllegalArgumentException("a group needs at least one parameter");
    }
  }

  /// A group whose decay is what the optimizer says.
  public static ParameterGroup of(Parameters parameters, double rate) {
    return new ParameterGroup(parameters, rate, OptionalDouble.empty());
  }

  /// The same group with a weight decay of its own; 0 for none, as is the custom for biases and
  /// norms.
  public ParameterGroup withDecay(double decay) {
    return new ParameterGroup(parameters, rate, OptionalDouble.of(decay));
  }

  static void checkNotNegative(String what, double value) {
    if (!(value >= 0) || value == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(what + " must be a number from 0 up, got " + value);
    }
  }
}
