package nn.layers.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import nn.layers.Layer;
import org.junit.jupiter.api.Test;

class ModelZooTest {
  private static final String LIST =
      "; there are lenet, small-cnn, cifar-resnet20, cifar-resnet32, cifar-resnet44,"
          + " cifar-resnet56, cifar-resnet110, resnet18, resnet34, resnet50, resnet101, mobilenet_v2";

  @Test
  void anUnknownNameIsAnErrorThatListsTheNamesAndTheNearest() {
    assertEquals(
        "there is no network 'resnet19' (the nearest is 'resnet18')" + LIST,
        assertThrows(IllegalArgumentException.class, () -> ModelZoo.create("resnet19", 10))
            .getMessage());
    assertEquals(
        "there is no network 'gpt'" + LIST,
        assertThrows(IllegalArgumentException.class, () -> ModelZoo.entry("gpt")).getMessage());
  }

  @Test
  void entriesSayWhatGoesInAndWhatComesOut() {
    ModelZoo.Entry entry = ModelZoo.entry("cifar-resnet20");
    assertEquals("cifar-resnet20", entry.name());
    assertEquals(Shape.of(3, 32, 32), entry.input());
    assertEquals(10, entry.classes());
    assertEquals(Shape.of(1, 28, 28), ModelZoo.entry("lenet").input());
    assertEquals(1000, ModelZoo.entry("mobilenet_v2").classes());
  }

  @Test
  void theSameSeedGivesTheSameNetwork() {
    assertArrayEquals(weights(ModelZoo.create("lenet", 10)), weights(ModelZoo.create("lenet", 10)));
    Layer a = ModelZoo.create("lenet", 10, new SplittableRandom(7));
    Layer b = ModelZoo.create("lenet", 10, new SplittableRandom(7));
    assertArrayEquals(weights(a), weights(b));
  }

  @Test
  void zeroClassesGiveTheFeatures() {
    Layer network = ModelZoo.create("lenet", 0);
    assertEquals(Shape.of(2, 84), network.forward(NdArray.zeros(Shape.of(2, 1, 28, 28))).shape());
    assertEquals("lenet", network.architecture().orElseThrow());
  }

  @Test
  void lenetHasTheNumbersOfParametersOfItsLayers() {
    assertEquals(
        156 + 2416 + 48_120 + 10_164 + 850, ModelZoo.create("lenet", 10).parameters().elements());
  }

  private static float[] weights(Layer network) {
    return network.parameters().at("fc1.weight").value().array();
  }

  @Test
  void namesAreInTheOrderOfTheFamilies() {
    assertEquals(List.of("lenet", "small-cnn", "cifar-resnet20"), ModelZoo.names().subList(0, 3));
  }
}
