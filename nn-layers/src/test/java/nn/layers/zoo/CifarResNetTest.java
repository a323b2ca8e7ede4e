package nn.layers.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import nn.layers.Activation;
import nn.layers.Layer;
import org.junit.jupiter.api.Test;

class CifarResNetTest {
  /// The figures of table 6 of the paper, to the digit.
  @Test
  void numbersOfParametersAreThoseOfThePaper() {
    assertEquals(269_722, ModelZoo.create("cifar-resnet20", 10).parameters().elements());
    assertEquals(464_154, ModelZoo.create("cifar-resnet32", 10).parameters().elements());
    assertEquals(658_586, ModelZoo.create("cifar-resnet44", 10).parameters().elements());
    assertEquals(853_018, ModelZoo.create("cifar-resnet56", 10).parameters().elements());
    assertEquals(1_727_962, ModelZoo.create("cifar-resnet110", 10).parameters().elements());
  }

  @Test
  void namesAreThoseOfThePublishedFiles() {
    Layer network = ModelZoo.create("cifar-resnet20", 10);
    List<String> names = network.parameters().paths();
    assertEquals(
        List.of(
            "conv1.weight",
            "bn1.weight",
            "bn1.bias",
            "layer1.0.conv1.weight",
            "layer1.0.bn1.weight",
            "layer1.0.bn1.bias",
            "layer1.0.conv2.weight",
            "layer1.0.bn2.weight",
            "layer1.0.bn2.bias"),
        names.subList(0, 9));
    assertEquals(
        List.of("linear.weight", "linear.bias"), names.subList(names.size() - 2, names.size()));
    assertEquals(List.of(), names.stream().filter(name -> name.contains("downsample")).toList());
  }

  @Test
  void aRectifierBehindABlocksSumGivesWhatAnotherLayerThatComputesItGives() {
    NdArray x = NdArray.normal(Shape.of(2, 3, 32, 32), 1, new SplittableRandom(1));
    Layer network = ModelZoo.create("cifar-resnet20", 10);
    float[] want = network.forward(x).array().clone();
    network.replace("layer1.0.relu2", Activation.of("Mine", Tensor::relu));
    assertArrayEquals(want, network.forward(x).array());
    network.replace("layer1.0.relu2", Activation.relu6());
    float[] other = network.forward(x).array().clone();
    network.replace("layer1.0.relu2", Activation.of("Mine", Tensor::relu6));
    assertArrayEquals(other, network.forward(x).array());
  }

  @Test
  void theShortcutTakesEverySecondPixelAndAddsChannelsOfZerosOnBothSides() {
    NdArray x =
        NdArray.of(
            Shape.of(1, 2, 3, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19);
    NdArray y = new Subsample(2).forward(x);
    assertEquals(Shape.of(1, 4, 2, 2), y.shape());
    assertArrayEquals(new float[] {0, 0, 0, 0, 1, 3, 7, 9, 11, 13, 17, 19, 0, 0, 0, 0}, y.array());
  }

  @Test
  void aDepthThatIsNotSixNPlusTwoIsRefused() {
    assertEquals(
        "the depth must be 8, 14, 20, …, 6n + 2, got 18",
        assertThrows(
            IllegalArgumentException.class,
            () -> CifarResNet.resnet(18, 10, new SplittableRandom(0)))
            .getMessage());
  }
}
