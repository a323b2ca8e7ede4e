package nn.layers.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import nn.core.NdArray;
import nn.core.Shape;
import nn.layers.GlobalAvgPool2d;
import nn.layers.Head;
import nn.layers.Layer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// What every network of the zoo promises about its head. One small image is enough for that.
class HeadConventionTest {
  @TestFactory
  Stream<DynamicTest> everyNetworkKeepsTheHeadConvention() {
    return ModelZoo.names().stream().map(name -> DynamicTest.dynamicTest(name, () -> check(name)));
  }

  private static void check(String name) {
    Shape input = ModelZoo.entry(name).input();
    Layer network = ModelZoo.create(name, 3);
    boolean anySize = network.slots().stream().anyMatch(s -> s.layer() instanceof GlobalAvgPool2d);
    int side = anySize ? 16 : input.dim(1);
    NdArray x = NdArray.normal(Shape.of(1, input.dim(0), side, side), 1f, new SplittableRandom(2));
    assertEquals(name, network.architecture().orElseThrow());
    assertInstanceOf(Head.class, network.at(network.headPath()));

    NdArray scores = network.forward(x);
    assertEquals(Shape.of(1, 3), scores.shape());
    NdArray features = network.features(x);
    assertArrayEquals(
        scores.array(),
        network.at(network.headPath()).forward(features).array(),
        "features, then head, is forward");

    List<String> paths = network.parameters().paths();
    NdArray below = network.parameters().at(paths.getFirst()).value();
    network.freeze();
    assertSame(network, network.replaceHead(5, new SplittableRandom(3)));
    assertEquals(paths, network.parameters().paths(), "names stay");
    assertSame(below, network.parameters().at(paths.getFirst()).value(), "the rest stays");
    assertEquals(
        paths.stream().filter(path -> path.startsWith(network.headPath() + ".")).toList(),
        network.parameters().trainable().paths(),
        "the new head alone is trainable");
    assertEquals(name, network.architecture().orElseThrow(), "still the same network");
    assertEquals(Shape.of(1, 5), network.at(network.headPath()).forward(features).shape());

    network.replaceHead(0, new SplittableRandom(4));
    assertArrayEquals(features.array(), network.forward(x).array(), "0 classes: the features");
    assertTrue(
        network.parameters().paths().stream().noneMatch(p -> p.startsWith(network.headPath())));

    network.replaceHead(2, new SplittableRandom(5));
    assertEquals(Shape.of(1, 2), network.at(network.headPath()).forward(features).shape());
  }
}
