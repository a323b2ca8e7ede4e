package nn.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import nn.core.NdArray;
import nn.core.Shape;
import org.junit.jupiter.api.Test;

class HeadTest {
  private final RandomGenerator random = new SplittableRandom(1);
  private final Layer network = SmallNetwork.create();

  private static String message(Runnable action) {
    return assertThrows(IllegalStateException.class, action::run).getMessage();
  }

  @Test
  void aNetworkThatDoesNotKnowItsHeadSaysHowToSayIt() {
    assertEquals(
        "Sequential does not know its head: say it with withHead(path)",
        message(() -> new Sequential().headPath()));
  }

  @Test
  void aHeadThatIsNotThereIsRefused() {
    assertEquals(
        "there is no layer 'fd' (the nearest is 'fc'): the network has conv, norm, relu, pool,"
            + " flatten, drop, fc",
        assertThrows(IllegalArgumentException.class, () -> network.withHead("fd")).getMessage());
  }

  @Test
  void aHeadThatWasCutAwayIsNamed() {
    network.truncateAt("pool");
    assertEquals(
        "the head at 'fc' was taken away: say with withHead(path) what is the head now",
        message(network::headPath));
  }

  @Test
  void aHeadOfAnUnknownKindIsNotReplacedSilently() {
    network.replace("fc", Activation.tanh());
    String want =
        "the head at 'fc' (Tanh) does not say how to be made for another number of"
            + " classes; put your own layer there with replace(path, layer)";
    assertEquals(want, message(() -> network.replaceHead(2, random)));
    network.replace("fc", new Identity());
    assertThrows(IllegalStateException.class, () -> network.replaceHead(2, random));
  }

  @Test
  void aNegativeNumberOfClassesIsRefused() {
    assertEquals(
        "the number of classes must not be negative: -1",
        assertThrows(IllegalArgumentException.class, () -> network.replaceHead(-1, random))
            .getMessage());
  }

  @Test
  void aConvolutionCanBeAHead() {
    Layer net =
        new Sequential()
            .add("scores", new Conv2d(4, 10, 1, random))
            .add("pool", new GlobalAvgPool2d())
            .withHead("scores");
    net.replaceHead(3, random);
    assertEquals(Shape.of(2, 3), net.forward(NdArray.zeros(Shape.of(2, 4, 5, 5))).shape());
    assertEquals(Shape.of(2, 4), net.features(NdArray.zeros(Shape.of(2, 4, 5, 5))).shape());
  }

  @Test
  void aNewHeadHasTheKindOfTheOldOneAndItsOwnWeights() {
    Linear bare = Linear.withoutBias(8, 3, random);
    Linear other = bare.withOutputs(3, random);
    assertEquals("Linear 8→3, no bias", other.describe());
    assertNotSame(bare.parameters().at("weight").value(), other.parameters().at("weight").value());
  }
}
