package nn.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Tensor;
import nn.layers.Layer;
import org.junit.jupiter.api.Test;

/// The two guards before a step, tried on a network of two branches that a loss may use both or one
/// of.
class OptimizerGuardTest {
  private final Toy.Part main = new Toy.Part(1f);
  private final Toy.Part aux = new Toy.Part(1f);
  private final Layer model = new Toy.Net("main", main, "aux", aux);

  private static final String AFTER_MISSING =
      ". Freeze what this loss does not train; make the optimizer after replacing a head; for"
          + " branches that take turns, optimizer.allowMissingGradient(pattern)";
  private static final String AFTER_SURPLUS =
      ". Make the optimizer after replacing a head; put into a group what is to be trained and"
          + " freeze the rest; for a network that two optimizers share,"
          + " optimizer.allowGradientWithoutGroup(pattern)";

  private Gradients ofMain() {
    return main.loss(Toy.pass()).backward();
  }

  private Gradients ofBoth() {
    return model.forward(Tensor.constant(NdArray.scalar(0f)), Toy.pass()).backward();
  }

  private Optimizer overAll() {
    return new Sgd(ParameterGroup.of(model.parameters(), 0.5)).withDecay(0.5);
  }

  private Optimizer overMain() {
    return new Sgd(ParameterGroup.of(model.parameters().matching("main.*"), 0.5));
  }

  private static String messageOf(Optimizer optimizer, Gradients gradients) {
    return assertThrows(IllegalStateException.class, () -> optimizer.step(gradients)).getMessage();
  }

  @Test
  void aBranchThatTheLossDoesNotUseIsNamedAndNothingIsChanged() {
    assertEquals(
        "no gradient for aux.weight [1], aux.bias [1]: trainable, but the loss does not depend on"
            + " them"
            + AFTER_MISSING,
        messageOf(overAll(), ofMain()));
    assertArrayEquals(new float[] {1f}, Toy.numbers(main.weight));
  }

  @Test
  void aBranchThatTheLossDoesNotUseMayBeFrozen() {
    aux.freeze();
    overAll().step(ofMain());
    assertArrayEquals(new float[] {0.25f}, Toy.numbers(main.weight)); // 1 − 0.5·(1 + 0.5·1)
  }

  @Test
  void branchesMayTakeTurnsIfTheOptimizerIsToldWhich() {
    Optimizer optimizer = overAll().allowMissingGradient("aux.*");
    optimizer.step(ofMain());
    assertArrayEquals(new float[] {1f}, Toy.numbers(aux.weight)); // no decay either
    optimizer.step(ofBoth());
    assertArrayEquals(new float[] {0.25f}, Toy.numbers(aux.weight));
  }

  @Test
  void anExemptionIsNarrow() {
    Optimizer optimizer = overAll().allowMissingGradient("aux.weight");
    assertEquals(
        "no gradient for aux.bias [1]: trainable, but the loss does not depend on it"
            + AFTER_MISSING,
        messageOf(optimizer, ofMain()));
  }

  @Test
  void aGradientWithoutAGroupIsNamedAndNothingIsChanged() {
    assertEquals(
        "no group has aux.weight [1], aux.bias [1], but there is a gradient for them"
            + AFTER_SURPLUS,
        messageOf(overMain(), ofBoth()));
    assertArrayEquals(new float[] {1f}, Toy.numbers(main.weight));
  }

  @Test
  void aNetworkMayHaveTwoOptimizersIfEachIsToldOfTheOthersPart() {
    Optimizer optimizer = overMain().allowGradientWithoutGroup("aux.*");
    optimizer.step(ofBoth());
    assertArrayEquals(new float[] {0.5f}, Toy.numbers(main.weight));
  }

  @Test
  void aHeadThatWasReplacedAfterTheOptimizerWasMadeIsFoundFromBothSides() {
    Optimizer optimizer = overAll();
    model.replace("aux", new Toy.Part(1f, 1f, 1f));
    assertEquals(
        "no gradient for aux.weight [1], aux.bias [1]: trainable, but the loss does not depend on"
            + " them"
            + AFTER_MISSING
            + "\nno group has aux.weight [3], aux.bias [1], but there is a gradient for them"
            + AFTER_SURPLUS,
        messageOf(optimizer, ofBoth()));
  }

  @Test
  void aGradientForAnotherNetworkIsCounted() {
    Toy.Part other = new Toy.Part(1f, 1f);
    Tensor loss = Toy.Both.apply(main.loss(Toy.pass()), other.loss(Toy.pass()));
    assertEquals(
        "no group has 2 variables of no network known here, but there is a gradient for them"
            + AFTER_SURPLUS,
        messageOf(overMain(), loss.backward()));
  }

  @Test
  void anExemptionThatFitsNothingIsAnError() {
    assertEquals(
        "the pattern 'auxx.*' fits no parameter of the groups; there are main.weight, main.bias,"
            + " aux.weight, aux.bias",
        assertThrows(IllegalArgumentException.class, () -> overAll().allowMissingGradient("auxx.*"))
            .getMessage());
    assertEquals(
        "the pattern 'main.*' fits no parameter outside of the groups; there are aux.weight,"
            + " aux.bias",
        assertThrows(
            IllegalArgumentException.class,
            () -> overMain().allowGradientWithoutGroup("main.*"))
            .getMessage());
  }
}
