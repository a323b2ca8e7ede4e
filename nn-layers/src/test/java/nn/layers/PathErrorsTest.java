package nn.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.ShapeException;
import nn.layers.zoo.ModelZoo;
import org.junit.jupiter.api.Test;

/// Messages about paths, to the letter.
class PathErrorsTest {
  private final Layer network = ModelZoo.create("cifar-resnet20", 10);

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }

  @Test
  void anUnknownLayerIsAnErrorThatSaysHowFarThePathLeadsAndWhatThereIs() {
    assertEquals(
        "there is no layer 'layer2.1.conv9' (the nearest is 'layer2.1.conv1'): 'layer2.1' has"
            + " conv1, bn1, relu1, conv2, bn2, downsample, relu2",
        message(() -> network.at("layer2.1.conv9")));
    assertEquals(
        "there is no layer 'leyer2.0' (the nearest is 'layer2.0'): the network has conv1, bn1,"
            + " relu, layer1, layer2, layer3, avgpool, linear",
        message(() -> network.at("leyer2.0")));
    assertEquals(
        "there is no layer 'conv1.weight': 'conv1' has no layers below it",
        message(() -> network.at("conv1.weight")));
    assertEquals(
        "there is no layer 'transformer.encoder.block': the network has conv1, bn1, relu, layer1,"
            + " layer2, layer3, avgpool, linear",
        message(() -> network.at("transformer.encoder.block")));
  }

  @Test
  void emptyNamesInAPathAreErrorsToo() {
    assertThrows(IllegalArgumentException.class, () -> network.at("layer1..conv1"));
    assertThrows(IllegalArgumentException.class, () -> network.at("layer1."));
    assertThrows(IllegalArgumentException.class, () -> network.at("."));
    assertEquals(
        "an empty path names the network itself, not a part of it",
        message(() -> network.replace("", new Identity())));
  }

  @Test
  void anUnknownParameterIsAnErrorThatListsTheFirstOnesAndTheNearest() {
    assertEquals(
        "there is no parameter 'linear.wieght' (the nearest is 'linear.weight'); there are"
            + " conv1.weight, bn1.weight, bn1.bias, layer1.0.conv1.weight, layer1.0.bn1.weight,"
            + " layer1.0.bn1.bias, layer1.0.conv2.weight, layer1.0.bn2.weight, layer1.0.bn2.bias,"
            + " layer1.1.conv1.weight, layer1.1.bn1.weight, layer1.1.bn1.bias,"
            + " layer1.1.conv2.weight, layer1.1.bn2.weight, layer1.1.bn2.bias,"
            + " layer1.2.conv1.weight, layer1.2.bn1.weight, layer1.2.bn1.bias,"
            + " layer1.2.conv2.weight, layer1.2.bn2.weight, … and 39 more",
        message(() -> network.parameters().at("linear.wieght")));
  }

  @Test
  void aPatternThatFitsNothingIsAnErrorThatNamesTheNearestPattern() {
    Layer small = new Sequential().add("fc", new Linear(2, 2, new SplittableRandom(1)));
    assertEquals(
        "the pattern 'fx.*' fits no parameter (the nearest is 'fc.*'); there are fc.weight, fc.bias",
        message(() -> small.parameters().matching("*.bias", "fx.*")));
  }

  @Test
  void aShapeErrorSaysWhereInTheNetworkItHappened() {
    String message =
        assertThrows(
            ShapeException.class, () -> network.forward(NdArray.zeros(Shape.of(1, 4, 32, 32))))
            .getMessage();
    assertEquals("at conv1: conv2d: ", message.substring(0, "at conv1: conv2d: ".length()));
    Layer lenet = ModelZoo.create("lenet", 10);
    lenet.replaceHead(2, new SplittableRandom(1)).at("").replace("fc2", new Identity());
    String deep =
        assertThrows(
            ShapeException.class, () -> lenet.forward(NdArray.zeros(Shape.of(1, 1, 28, 28))))
            .getMessage();
    assertEquals("at fc3: affine: ", deep.substring(0, "at fc3: affine: ".length()));
  }
}
