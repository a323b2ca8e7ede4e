package nn.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import nn.layers.zoo.ModelZoo;
import org.junit.jupiter.api.Test;

/// A slot holds any layer: tried on a ResNet, a MobileNetV2, a vision transformer and a network
/// with two branches. None of their code asks a slot for more than forward, and every part can be
/// replaced.
class SlotTest {
  private static final Shape IMAGE = Shape.of(3, 16, 16);
  private final RandomGenerator random = new SplittableRandom(3);
  private final NdArray images = NdArray.normal(Shape.of(2, 3, 16, 16), 1f, random);

  /// Two ways through the same picture.
  private static final class TwoBranches extends Layer {
    private final Slot coarse;
    private final Slot fine;
    private final Slot join;

    TwoBranches(RandomGenerator random) {
      super();
      coarse =
          slot(
              "coarse",
              Sequential.of(Conv2d.of(3, 4, 4).stride(4).build(random), new GlobalAvgPool2d()));
      fine = slot("fine", Sequential.of(new Conv2d(3, 4, 3, random), new GlobalAvgPool2d()));
      join = slot("join", new Linear(8, 3, random));
    }

    @Override
    protected Tensor compute(Tensor x, Pass pass) {
      Tensor a = coarse.forward(x, pass);
      Tensor b = fine.forward(x, pass);
      return join.forward(a.concat(1, b), pass);
    }
  }

  /// The same layer looks at both halves of the channels.
  private static final class Twins extends Layer {
    private final Slot left;
    private final Slot right;

    Twins(Layer shared) {
      super();
      left = slot("left", shared);
      right = slot("right", shared);
    }

    @Override
    protected Tensor compute(Tensor x, Pass pass) {
      int half = x.shape().dim(1) / 2;
      return left.forward(x.narrow(1, 0, half), pass)
          .minus(right.forward(x.narrow(1, half, half), pass));
    }
  }

  private void everyPartCanBeReplacedByAChainOfItselfAndNothing(Layer network) {
    float[] want = network.forward(images).array();
    List<String> paths = network.summary(IMAGE).rows().stream().map(Summary.Row::path).toList();
    for (String path : paths.reversed()) {
      if (!path.isEmpty()) {
        network.replace(path, Sequential.of(network.at(path), new Identity()));
      }
    }
    assertArrayEquals(want, network.forward(images).array());
  }

  @Test
  void aResNetNeedsNoMoreThanAnyLayer() {
    everyPartCanBeReplacedByAChainOfItselfAndNothing(ModelZoo.create("resnet18", 3));
  }

  @Test
  void aMobileNetNeedsNoMoreThanAnyLayer() {
    everyPartCanBeReplacedByAChainOfItselfAndNothing(ModelZoo.create("mobilenet_v2", 3));
  }

  @Test
  void aVisionTransformerNeedsNoMoreThanAnyLayer() {
    everyPartCanBeReplacedByAChainOfItselfAndNothing(VisionTransformer.create(16, 4, 12, 3, 2, 5));
  }

  @Test
  void twoBranchesNeedNoMoreThanAnyLayer() {
    everyPartCanBeReplacedByAChainOfItselfAndNothing(new TwoBranches(random));
  }

  @Test
  void aVisionTransformerHasThePublishedNames() throws IOException {
    Path file =
        Path.of(
            System.getProperty("nn.shared.names", "../../shared/names"),
            "torchvision.vit_b_16.tsv");
    assumeTrue(Files.exists(file), "no list of names for vit_b_16");
    List<String> published =
        Files.readAllLines(file).stream()
            .map(line -> line.substring(0, line.indexOf('\t')))
            .filter(name -> !name.matches(".*encoder_layer_([2-9]|1.)\\..*"))
            .toList();
    Layer vit = VisionTransformer.create(16, 4, 12, 3, 2, 5);
    assertEquals(published, vit.parameters().paths());
  }

  @Test
  void aVisionTransformerIsFineTunedLikeAnyNetwork() {
    Layer vit = VisionTransformer.create(16, 4, 12, 3, 2, 5);
    vit.replaceHead(2, random).freeze().at(vit.headPath()).unfreeze();
    vit.at("encoder.layers.encoder_layer_1.self_attention").unfreeze();
    Tensor y = vit.forward(images, Pass.training(1));
    assertEquals(Shape.of(2, 2), y.shape());
    Gradients gradients = y.backward(NdArray.full(y.shape(), 1f));
    assertEquals(
        vit.parameters().trainable().paths(),
        vit.parameters().where(e -> e.parameter().gradient(gradients).isPresent()).paths());
    assertEquals(Shape.of(12), Shape.of(vit.features(images).shape().dim(1)));
  }

  @Test
  void insideAVisionTransformerOnlyItsChainsCanBeCut() {
    Layer vit = VisionTransformer.create(16, 4, 12, 3, 2, 5);
    vit.removeAfter("encoder.layers.encoder_layer_0");
    assertEquals(1, vit.at("encoder.layers").slots().size());
    assertEquals(Shape.of(5), vit.outputShape(IMAGE));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> vit.truncateAt("encoder"))
            .getMessage()
            .endsWith("only a network whose layers stand in a Sequential can be cut"));
  }

  @Test
  void aLayerInTwoSlotsHasItsParametersOnceAndGetsBothGradients() {
    Conv2d shared = new Conv2d(1, 2, 3, random);
    Layer twins = new Twins(shared);
    assertEquals(List.of("left.weight", "left.bias"), twins.parameters().paths());
    NdArray x = NdArray.normal(Shape.of(1, 2, 5, 5), 1f, random);
    Tensor y = twins.forward(x, Pass.training(1));
    Gradients gradients = y.backward(NdArray.full(y.shape(), 1f));
    Parameter bias = twins.parameters().at("left.bias");
    assertSame(bias, shared.parameters().at("bias"));
    assertArrayEquals(
        new float[2],
        bias.gradient(gradients).orElseThrow().array(),
        1e-6f,
        "9 of one − 9 of other");
  }
}
