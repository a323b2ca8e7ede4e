package nn.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import nn.core.ConvSettings;
import nn.core.NdArray;
import nn.core.Shape;
import org.junit.jupiter.api.Test;

/// Layers that cannot be, and how those that can describe themselves.
class LayerConstructionTest {
  private final RandomGenerator random = new SplittableRandom(1);

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }

  @Test
  void impossibleSettingsAreRefusedBeforeThereIsALayer() {
    assertEquals(
        "in and out must be positive, got 0 and 3", message(() -> new Linear(0, 3, random)));
    assertEquals(
        "channels and kernel must be positive, got 3→0, 3×3",
        message(() -> new Conv2d(3, 0, 3, random)));
    assertEquals(
        "2 groups do not divide 3→4 channels",
        message(() -> Conv2d.of(3, 4, 3).groups(2).build(random)));
    assertEquals("channels must be positive, got 0", message(() -> new BatchNorm2d(0)));
    assertEquals(
        "eps must not be negative and momentum lies between 0 and 1, got 1.0E-5 and 1.5",
        message(() -> new BatchNorm2d(3, 1e-5f, 1.5f)));
    assertEquals(
        "the probability must be 0 or more and below 1, got 1.0", message(() -> new Dropout(1)));
    assertEquals(
        "heads must divide features, got 3 heads and 8 features",
        message(() -> new MultiHeadAttention(8, 3, random)));
    assertEquals(
        "groups must divide channels and eps must not be negative, got 2 groups, 3 channels and"
            + " eps 1.0E-5",
        message(() -> new GroupNorm(2, 3)));
  }

  @Test
  void namesHaveNoDotsAreNotEmptyAndStandOnlyOnce() {
    Sequential chain = new Sequential().add("a", new Identity());
    assertEquals(
        "a name must not be empty and has no dots (paths have them): 'a.b'",
        message(() -> chain.add("a.b", new Identity())));
    assertEquals(
        "a name must not be empty and has no dots (paths have them): ''",
        message(() -> chain.add("", new Identity())));
    assertEquals(
        "'a' is registered twice in Sequential", message(() -> chain.add("a", new Identity())));
  }

  @Test
  void descriptionsSayTheSettingsThatDifferFromTheUsual() {
    assertEquals("Linear 4→2", new Linear(4, 2, random).toString());
    assertEquals("Conv2d 3→16, 3×3", new Conv2d(3, 16, 3, random).toString());
    assertEquals(
        "Conv2d 4→8, 1×5, stride 2, padding 0×2, groups 4, no bias",
        Conv2d.of(4, 8, 1, 5)
            .settings(ConvSettings.DEFAULT.stride(2).padding(0, 2))
            .groups(4)
            .withoutBias()
            .build(random)
            .toString());
    assertEquals("BatchNorm2d 8", new BatchNorm2d(8).toString());
    assertEquals("BatchNorm2d 8, eps 0.001", new BatchNorm2d(8, 1e-3f, 0.1f).toString());
    assertEquals("Dropout 0.2", new Dropout(0.2).toString());
    assertEquals("LeakyRelu 0.1", Activation.leakyRelu(0.1f).toString());
    assertEquals("Flatten", new Flatten().toString());
  }

  @Test
  void anEmbeddingLooksUpWholeNumbersOnly() {
    Embedding embedding = new Embedding(5, 2, random);
    assertEquals(Shape.of(1, 3, 2), embedding.forward(NdArray.of(Shape.of(1, 3), 0, 4, 2)).shape());
    assertEquals(
        "an embedding looks up whole numbers, got 0.5 at position 1",
        message(() -> embedding.forward(NdArray.vector(1f, 0.5f))));
  }

  @Test
  void aChainOfNothingHandsItsInputThrough() {
    NdArray x = NdArray.vector(1, 2);
    assertEquals(x, new Sequential().forward(x));
  }
}
