package nn.finetune;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.layers.Parameter;
import nn.layers.Parameters;

/// Changes trainable parameters by their gradients, in one call:
///
/// ```java
/// optimizer.step(loss.backward());
/// ```
///
/// The groups hold all their parameters, frozen or not, and the flag is looked at in each step:
/// freezing and unfreezing need no new optimizer. A frozen parameter is left alone entirely: no
/// update, no decay, no momentum, no place in the gradient norm. What is remembered of it appears
/// at its first update and survives freezing.
///
/// Before anything is changed, two guards compare the parameters with the gradients (see
/// [GradientCheck]): a trainable parameter without a gradient and a gradient without a group are
/// errors, since each means that something is not trained that was meant to be.
///
/// A subclass is one rule: [#update].
public abstract class Optimizer {
  /// The numbers of one update.
  ///
  /// @param rate how far to go: the group's rate, times what the schedule says
  /// @param decay the weight decay of the group
  /// @param gradientScale what to multiply the gradient by: below 1 if it was clipped
  public record Rates(double rate, double decay, double gradientScale) {}

  /// How many elements of an update are worth a thread.
  protected static final int GRAIN = 1 << 15;

  private final List<ParameterGroup> groups;
  private final Map<Parameter, Owned> owned = new IdentityHashMap<>();
  private final List<Owned> order = new ArrayList<>();
  private final Map<Parameter, ParameterState> states = new IdentityHashMap<>();
  private final GradientCheck check;
  private double decay;
  private double clipNorm = Double.POSITIVE_INFINITY;
  private OptionalDouble gradientNorm = OptionalDouble.empty();

  /// A parameter, where it stands and the group that owns it.
  record Owned(String path, Parameter parameter, ParameterGroup group) {}

  /// @param groups what to train; of several groups that have a parameter, the first owns it
  /// @param decay the weight decay of groups that do not say their own
  protected Optimizer(List<ParameterGroup> groups, double decay) {
    if (groups.isEmpty()) {
      throw new IllegalArgumentException(
          "an optimizer needs at least one group: ParameterGroup.of(model.parameters(), rate)");
    }
    this.groups = List.copyOf(groups);
    setDecay(decay);
    Map<String, Parameter> byPath = new LinkedHashMap<>();
    for (int g = 0; g < groups.size(); g++) {
      ParameterGroup group = groups.get(g);
      int before = order.size();
      for (Parameters.Entry entry : group.parameters()) {
        own(entry, group, byPath);
      }
      if (order.size() == before) {
        throw new IllegalArgumentException(
            "group "
                + (g + 1)
                + " of "
                + groups.size()
                + " owns no parameter: the groups before it"
                + " have them all, and the first group that has a parameter owns it;"
                + " put the narrower group first");
      }
    }
    check = new GradientCheck(order, this::owns);
  }

  private void own(Parameters.Entry entry, ParameterGroup group, Map<String, Parameter> byPath) {
    if (owned.containsKey(entry.parameter())) {
      return;
    }
    if (byPath.put(entry.path(), entry.parameter()) != null) {
      throw new IllegalArgumentException(
          "two parameters have the path '"
              + entry.path()
              + "': they are of different networks;"
              + " put the networks into one, or give each an optimizer of its own");
    }
    Owned one = new Owned(entry.path(), entry.parameter(), group);
    owned.put(entry.parameter(), one);
    order.add(one);
  }

  private boolean owns(Parameter parameter) {
    return owned.containsKey(parameter);
  }

  /// Changes one parameter: the rule of this optimizer. An element-by-element loop, so that its
  /// result does not depend on how it is cut: `Parallel.range(n, GRAIN, …)`.
  ///
  /// @param state what is remembered of this parameter; this update is counted already
  protected abstract void update(
      Parameter parameter, NdArray gradient, ParameterState state, Rates rates);

  /// Changes every trainable parameter by its gradient.
  ///
  /// @throws IllegalStateException if a trainable parameter got no gradient, or a gradient has no
  ///   group: the message names them; nothing has been changed then
  public final void step(Gradients gradients) {
    step(gradients, 1);
  }

  /// Changes every trainable parameter by its gradient.
  ///
  /// @param rateFactor what the rates of all groups are multiplied by: what a [Schedule] says
  /// @throws IllegalStateException if a trainable parameter got no gradient, or a gradient has no
  ///   group: the message names them; nothing has been changed then
  public final void step(Gradients gradients, double rateFactor) {
    ParameterGroup.checkNotNegative("the factor of the rate", rateFactor);
    check.check(gradients);
    double scale = clip(gradients);
    for (Owned one : order) {
      Parameter parameter = one.parameter();
      NdArray gradient = parameter.trainable() ? parameter.gradient(gradients).orElse(null) : null;
      if (gradient == null) {
        continue;
      }
      ParameterState state = state(parameter);
      state.countUpdate();
      double rate = one.group().rate() * rateFactor;
      update(parameter, gradient, state, new Rates(rate, decay(one.group()), scale));
    }
  }

  private double clip(Gradients gradients) {
    if (clipNorm == Double.POSITIVE_INFINITY) {
      return 1;
    }
    double norm = GradientNorm.of(gradients, order.stream().map(Owned::parameter).toList());
    gradientNorm = OptionalDouble.of(norm);
    if (!Double.isFinite(norm)) {
      throw new ArithmeticException(
          "the gradient of "
              + GradientNorm.firstNotFinite(gradients, order)
              + " has numbers that are not finite; nothing was changed. Lower the learning rate,"
              + " or check the data");
    }
    return Math.min(1, clipNorm / (norm + 1e-6));
  }

  /// Clips gradients: if their L2 norm, taken over all gradients of a step together, exceeds
  /// `norm`, all are scaled down by the same factor `norm / (their norm + 1e-6)`. Pascanu et al.,
  /// "On the difficulty of training recurrent neural networks", 2013.
  ///
  /// @return this optimizer
  public final Optimizer withClipNorm(double norm) {
    if (!(norm > 0)) {
      throw new IllegalArgumentException("the norm to clip at must be positive, got " + norm);
    }
    clipNorm = norm;
    return this;
  }

  /// The L2 norm of all gradients of the last step together, before clipping; empty if nothing is
  /// clipped, since it is not computed then.
  public final OptionalDouble gradientNorm() {
    return gradientNorm;
  }

  /// Permits that trainable parameters get no gradient in a step: for branches that take turns.
  /// Such a parameter is left alone in that step, as if frozen.
  ///
  /// @param patterns path patterns such as `aux.*`
  /// @return this optimizer
  /// @throws IllegalArgumentException if a pattern fits no parameter of the groups
  public final Optimizer allowMissingGradient(String... patterns) {
    check.allowMissing(patterns);
    return this;
  }

  /// Permits that trainable parameters get a gradient but have no group here: for a network that
  /// two optimizers share.
  ///
  /// @param patterns path patterns such as `fc.*`
  /// @return this optimizer
  /// @throws IllegalArgumentException if a pattern fits no parameter outside of the groups
  public final Optimizer allowGradientWithoutGroup(String... patterns) {
    check.allowWithoutGroup(patterns);
    return this;
  }

  /// What is trained, in which groups.
  public final List<ParameterGroup> groups() {
    return groups;
  }

  /// The weight decay of groups that do not say their own.
  protected final void setDecay(double decay) {
    ParameterGroup.checkNotNegative("the weight decay", decay);
    this.decay = decay;
  }

  private double decay(ParameterGroup group) {
    return group.decay().orElse(decay);
  }

  private ParameterState state(Parameter parameter) {
    return states.computeIfAbsent(parameter, p -> new ParameterState(p.shape()));
  }

  /// What this optimizer remembers, as copies, to be written into a checkpoint. Parameters that
  /// have never been updated do not appear.
  public final OptimizerState state() {
    return OptimizerState.of(order, states);
  }

  /// Goes back to what [#state] gave, all or nothing.
  ///
  /// @throws IllegalArgumentException if the state is not of these parameters: the message says all
  ///   that does not fit
  public final void restore(OptimizerState state) {
    Map<Parameter, ParameterState> restored = state.forParameters(order);
    states.clear();
    states.putAll(restored);
  }

  static void checkFraction(String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(what + " must be from 0 up and below 1, got " + value);
    }
  }
}
