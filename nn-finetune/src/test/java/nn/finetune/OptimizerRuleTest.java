package nn.finetune;

import static nn.finetune.Toy.gradients;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import nn.layers.Layer;
import nn.layers.Parameter;
import org.junit.jupiter.api.Test;

/// Each rule against its formula, worked out by hand for one number.
class OptimizerRuleTest {
  private final Toy.Part part = new Toy.Part(2f);
  private final Layer model = new Toy.Net("fc", part);
  private final Parameter w = part.weight;

  private ParameterGroup weights(double rate) {
    return ParameterGroup.of(model.parameters().matching("*.weight"), rate);
  }

  private void steps(Optimizer optimizer, float... gradientOfEachStep) {
    for (float gradient : gradientOfEachStep) {
      optimizer.step(gradients(w, gradient));
    }
  }

  @Test
  void sgdGoesAgainstTheGradient() {
    steps(new Sgd(weights(0.5)), 1f, 3f);
    assertArrayEquals(new float[] {2f - 0.5f * 1f - 0.5f * 3f}, Toy.numbers(w));
  }

  @Test
  void momentumKeepsAPartOfTheVelocity() {
    steps(new Sgd(weights(0.5)).withMomentum(0.5), 1f, 3f);
    // v: 1, then 0.5·1 + 3
    assertArrayEquals(new float[] {2f - 0.5f * 1f - 0.5f * 3.5f}, Toy.numbers(w));
  }

  @Test
  void nesterovMomentumLooksAhead() {
    steps(new Sgd(weights(0.5)).withNesterovMomentum(0.5), 1f, 3f);
    // steps: 1 + 0.5·1, then 3 + 0.5·3.5
    assertArrayEquals(new float[] {2f - 0.5f * 1.5f - 0.5f * 4.75f}, Toy.numbers(w));
  }

  @Test
  void decayOfSgdIsAPartOfTheGradientAndSoOfTheMomentum() {
    steps(new Sgd(weights(0.5)).withMomentum(0.5).withDecay(0.25), 1f, 0f);
    // v = 1 + 0.25·2 = 1.5, w = 1.25; v = 0.75 + 0.25·1.25 = 1.0625, w = 1.25 − 0.53125
    assertArrayEquals(new float[] {0.71875f}, Toy.numbers(w));
  }

  @Test
  void theFirstStepOfAdamIsAsLongAsTheRateWhateverTheGradient() {
    steps(new Adam(weights(0.1)), 1e-3f);
    assertArrayEquals(new float[] {1.9f}, Toy.numbers(w), 1e-5f);
  }

  @Test
  void adamDividesTheMeanByTheRootOfTheMeanSquare() {
    steps(new Adam(weights(0.1)).withBetas(0.5, 0.75).withEpsilon(0), 1f, 3f);
    double mean = (0.5 * 0.5 * 1 + 0.5 * 3) / (1 - 0.25);
    double square = (0.75 * 0.25 * 1 + 0.25 * 9) / (1 - 0.5625);
    double want = 2 - 0.1 - 0.1 * mean / Math.sqrt(square);
    assertEquals(want, w.value().array()[0], 1e-6);
  }

  @Test
  void decayOfAdamIsAPartOfTheGradient() {
    steps(new Adam(weights(0.1)).withDecay(0.5), -1f);
    assertArrayEquals(new float[] {2f}, Toy.numbers(w)); // −1 + 0.5·2 = 0: nothing to do
  }

  @Test
  void decayOfAdamWIsApartFromTheGradient() {
    steps(new AdamW(weights(0.1)).withDecay(0.5), 1f);
    assertArrayEquals(new float[] {2f * (1 - 0.1f * 0.5f) - 0.1f}, Toy.numbers(w), 1e-6f);
  }

  @Test
  void decayOfAdamWIsOneHundredthUnlessSaid() {
    steps(new AdamW(weights(0.1)), 1f);
    assertArrayEquals(new float[] {2f * (1 - 0.1f * 0.01f) - 0.1f}, Toy.numbers(w), 1e-6f);
  }

  @Test
  void aGroupCanHaveADecayOfItsOwn() {
    steps(new Sgd(weights(0.5).withDecay(0)).withDecay(0.25), 1f);
    assertArrayEquals(new float[] {1.5f}, Toy.numbers(w));
  }

  @Test
  void theFactorOfAScheduleMultipliesTheRate() {
    new Sgd(weights(0.5)).step(gradients(w, 1f), 0.5);
    assertArrayEquals(new float[] {1.75f}, Toy.numbers(w));
  }

  @Test
  void gradientsAreClippedByTheirNormTakenTogether() {
    Toy.Part two = new Toy.Part(0f, 0f);
    Optimizer optimizer =
        new Sgd(ParameterGroup.of(new Toy.Net("fc", two).parameters().matching("*.weight"), 1))
            .withClipNorm(1);
    optimizer.step(gradients(two.weight, 3f, 4f));
    assertEquals(5, optimizer.gradientNorm().orElseThrow());
    assertArrayEquals(new float[] {-0.6f, -0.8f}, Toy.numbers(two.weight), 1e-6f);
  }

  @Test
  void gradientsWithinTheNormAreNotTouchedByClipping() {
    steps((Sgd) new Sgd(weights(0.5)).withClipNorm(3), 3f - 1e-3f);
    assertArrayEquals(new float[] {2f - 0.5f * (3f - 1e-3f)}, Toy.numbers(w));
  }

  @Test
  void clippingAGradientThatIsNotFiniteChangesNothingAndNamesIt() {
    Optimizer optimizer = new Sgd(weights(0.5)).withClipNorm(3);
    Exception e =
        assertThrows(ArithmeticException.class, () -> steps(optimizer, Float.POSITIVE_INFINITY));
    assertEquals(
        "the gradient of fc.weight has numbers that are not finite; nothing was changed. Lower the"
            + " learning rate, or check the data",
        e.getMessage());
    assertArrayEquals(new float[] {2f}, Toy.numbers(w));
  }

  @Test
  void settingsOutOfRangeAreErrors() {
    assertEquals(
        "the momentum must be from 0 up and below 1, got 1.0",
        assertThrows(IllegalArgumentException.class, () -> new Sgd(weights(1)).withMomentum(1))
            .getMessage());
    assertEquals(
        "the learning rate must be a number from 0 up, got -1.0",
        assertThrows(IllegalArgumentException.class, () -> weights(-1)).getMessage());
    assertEquals(
        "the norm to clip at must be positive, got NaN",
        assertThrows(
            IllegalArgumentException.class, () -> new Sgd(weights(1)).withClipNorm(Double.NaN))
            .getMessage());
  }
}
