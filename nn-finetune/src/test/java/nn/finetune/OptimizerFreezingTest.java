package nn.finetune;

import static nn.finetune.Toy.gradients;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import nn.core.NdArray;
import nn.core.Tensor;
import nn.layers.Layer;
import org.junit.jupiter.api.Test;

/// What an optimizer does, and what it remembers, while parameters are frozen and unfrozen.
class OptimizerFreezingTest {
  private final Toy.Part below = new Toy.Part(1f);
  private final Toy.Part above = new Toy.Part(1f);
  private final Layer model = new Toy.Net("below", below, "above", above);

  private void step(Optimizer optimizer) {
    optimizer.step(model.forward(Tensor.constant(NdArray.scalar(0f)), Toy.pass()).backward());
  }

  private ParameterGroup everything(double rate) {
    return ParameterGroup.of(model.parameters(), rate);
  }

  @Test
  void aFrozenParameterIsNeitherUpdatedNorDecayedNorRemembered() {
    below.freeze();
    Optimizer optimizer = new AdamW(everything(0.1)).withDecay(0.5);
    step(optimizer);
    assertArrayEquals(new float[] {1f}, Toy.numbers(below.weight));
    assertEquals(Set.of("above.weight", "above.bias"), optimizer.state().updates().keySet());
  }

  @Test
  void unfreezingBetweenTwoStepsNeedsNoNewOptimizer() {
    below.freeze();
    Optimizer optimizer = new Sgd(everything(0.25));
    step(optimizer);
    below.unfreeze();
    step(optimizer);
    assertArrayEquals(new float[] {0.75f}, Toy.numbers(below.weight));
    assertArrayEquals(new float[] {0.5f}, Toy.numbers(above.weight));
  }

  @Test
  void momentumSurvivesFreezing() {
    Optimizer optimizer = new Sgd(everything(0.25)).withMomentum(0.5);
    step(optimizer); // v = 1, w = 0.75
    below.freeze();
    step(optimizer);
    assertArrayEquals(new float[] {0.75f}, Toy.numbers(below.weight));
    below.unfreeze();
    step(optimizer); // v = 1.5, w = 0.375
    assertArrayEquals(new float[] {0.375f}, Toy.numbers(below.weight));
  }

  @Test
  void adamCountsTheUpdatesOfEachParameterForItself() {
    below.freeze();
    Optimizer optimizer = new Adam(everything(0.1));
    step(optimizer);
    step(optimizer);
    below.unfreeze();
    step(optimizer);
    assertEquals(
        Map.of("below.weight", 1L, "below.bias", 1L, "above.weight", 3L, "above.bias", 3L),
        optimizer.state().updates());
    assertArrayEquals(new float[] {0.9f}, Toy.numbers(below.weight), 1e-6f); // a full first step
  }

  @Test
  void frozenParametersDoNotCountInTheNorm() {
    below.freeze();
    above.bias.trainable(false);
    Optimizer optimizer = new Sgd(everything(1)).withClipNorm(100);
    step(optimizer);
    assertEquals(1, optimizer.gradientNorm().orElseThrow());
  }

  @Test
  void theFirstGroupThatHasAParameterOwnsIt() {
    Optimizer optimizer =
        new Sgd(ParameterGroup.of(model.parameters().matching("above.*"), 0.5), everything(0.125));
    step(optimizer);
    assertArrayEquals(new float[] {0.5f}, Toy.numbers(above.weight));
    assertArrayEquals(new float[] {0.875f}, Toy.numbers(below.weight));
  }

  @Test
  void aGroupThatOwnsNothingIsAnError() {
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Sgd(
                everything(0.125),
                ParameterGroup.of(model.parameters().matching("above.*"), 0.5)));
    assertEquals(
        "group 2 of 2 owns no parameter: the groups before it have them all, and the first group"
            + " that has a parameter owns it; put the narrower group first",
        e.getMessage());
  }

  @Test
  void anOptimizerGoesOnFromItsStateAsIfItHadNotStopped() {
    Optimizer first = new Adam(everything(0.1));
    step(first);
    step(first);
    OptimizerState state = first.state();
    float[] weight = Toy.numbers(below.weight);
    step(first);
    final float[] want = Toy.numbers(below.weight);

    below.weight.value().set(NdArray.vector(weight));
    Optimizer second = new Adam(everything(0.1));
    second.restore(state);
    step(second);
    assertArrayEquals(want, Toy.numbers(below.weight));
  }

  @Test
  void aStateOfOtherParametersIsAnErrorThatSaysAllThatDoesNotFit() {
    Optimizer optimizer = new Sgd(everything(0.1)).withMomentum(0.9);
    OptimizerState state =
        new OptimizerState(
            Map.of("below.weight/momentum", NdArray.vector(1f, 2f)),
            Map.of("below.weight", 1L, "beside.weight", 1L));
    String message =
        assertThrows(IllegalArgumentException.class, () -> optimizer.restore(state)).getMessage();
    assertTrue(message.startsWith("this state is not of this optimizer's parameters: "), message);
    assertTrue(message.contains("no parameter 'beside.weight'"), message);
    assertTrue(message.contains("'below.weight/momentum' is [2], the parameter is [1]"), message);
    assertTrue(optimizer.state().updates().isEmpty());
  }

  @Test
  void gradientsAreAPlainValueAndCanBeUsedTwice() {
    Optimizer optimizer =
        new Sgd(ParameterGroup.of(model.parameters().matching("below.weight"), 0.25));
    var gradients = gradients(below.weight, 1f);
    optimizer.step(gradients);
    optimizer.step(gradients);
    assertArrayEquals(new float[] {0.5f}, Toy.numbers(below.weight));
  }
}
