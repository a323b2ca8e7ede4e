package nn.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import org.junit.jupiter.api.Test;

class FreezingTest {
  private static final long SEED = 5;
  private final Layer network = SmallNetwork.create();
  private final NdArray images = SmallNetwork.images();

  private Tensor train(Layer layer) {
    return layer.forward(images, Pass.training(SEED));
  }

  private List<String> pathsWithGradient(Layer root) {
    Tensor y = train(root);
    Gradients gradients = y.backward(NdArray.full(y.shape(), 1f));
    return root.parameters()
        .where(entry -> entry.parameter().gradient(gradients).isPresent())
        .paths();
  }

  private static Map<String, float[]> buffers(Layer layer) {
    Map<String, float[]> values = new LinkedHashMap<>();
    layer.buffers().forEach((path, buffer) -> values.put(path, buffer.value().array().clone()));
    return values;
  }

  @Test
  void freezeReachesEverythingBelowAndUnfreezeIsItsInverse() {
    network.freeze();
    network.walk((path, layer) -> assertTrue(layer.isFrozen(), path));
    assertEquals(List.of(), network.parameters().trainable().paths());
    network.unfreeze();
    network.walk((path, layer) -> assertFalse(layer.isFrozen(), path));
    assertEquals(List.of(), network.parameters().frozen().paths());
  }

  @Test
  void freezeAndUnfreezeReturnTheLayerAndMayBeRepeated() {
    assertSame(network, network.freeze());
    assertSame(network, network.freeze());
    assertEquals(0, network.parameters().trainable().size());
    assertSame(network, network.unfreeze());
    assertSame(network, network.unfreeze());
    assertEquals(0, network.parameters().frozen().size());
  }

  @Test
  void freezingOnePartLeavesTheOthers() {
    network.at("norm").freeze();
    assertEquals(List.of("norm.weight", "norm.bias"), network.parameters().frozen().paths());
    assertFalse(network.isFrozen());
  }

  @Test
  void onlyTrainableParametersGetGradients() {
    assertEquals(
        List.of("conv.weight", "norm.weight", "norm.bias", "fc.weight", "fc.bias"),
        pathsWithGradient(network));
    network.freeze().at("fc").unfreeze();
    assertEquals(List.of("fc.weight", "fc.bias"), pathsWithGradient(network));
  }

  @Test
  void frozenBatchNormKeepsItsStatistics() {
    network.at("norm").freeze();
    Map<String, float[]> before = buffers(network);
    train(network);
    buffers(network).forEach((path, now) -> assertArrayEquals(before.get(path), now, path));
  }

  @Test
  void batchNormInTrainingMovesItsStatisticsAndCountsBatches() {
    train(network);
    train(network);
    Map<String, float[]> after = buffers(network);
    assertEquals(2, after.get("norm.num_batches_tracked")[0]);
    assertNotEquals(0, after.get("norm.running_mean")[0]);
    assertNotEquals(1, after.get("norm.running_var")[0]);
    network.forward(images);
    buffers(network)
        .forEach((path, now) -> assertArrayEquals(after.get(path), now, "inference: " + path));
  }

  @Test
  void frozenBatchNormUsesItsStatisticsEvenInATrainingPass() {
    Layer norm = network.at("norm");
    NdArray x = NdArray.full(Shape.of(2, 4, 3, 3), 3f);
    NdArray atInference = norm.forward(x);
    NdArray frozen = norm.freeze().forward(x, Pass.training(SEED)).value();
    assertArrayEquals(atInference.array(), frozen.array());
    NdArray training = norm.unfreeze().forward(x, Pass.training(SEED)).value();
    assertFalse(Arrays.equals(atInference.array(), training.array()), "a constant batch is 0 now");
  }

  @Test
  void aFrozenNetworkInATrainingPassComputesWhatItDoesAtInference() {
    NdArray atInference = network.forward(images);
    assertArrayEquals(atInference.array(), train(network.freeze()).value().array());
  }

  @Test
  void frozenDropoutIsOff() {
    Layer drop = network.at("drop");
    NdArray x = NdArray.full(Shape.of(100), 1f);
    assertSame(x, drop.freeze().forward(x, Pass.training(SEED)).value());
    float[] dropped = drop.unfreeze().forward(x, Pass.training(SEED)).value().array();
    for (float value : dropped) {
      assertTrue(value == 0 || value == 2, "dropped or doubled, not " + value);
    }
    assertTrue(Arrays.equals(new float[] {0, 2}, distinct(dropped)), "some of both");
  }

  private static float[] distinct(float[] values) {
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    return new float[] {sorted[0], sorted[sorted.length - 1]};
  }

  @Test
  void anUnfrozenHeadInsideAFrozenNetworkTrains() {
    network.freeze().at(network.headPath()).unfreeze();
    assertTrue(network.isFrozen());
    assertEquals(List.of("fc.weight", "fc.bias"), pathsWithGradient(network));
  }

  @Test
  void anUnfrozenDropoutInsideAFrozenNetworkDrops() {
    float[] off = train(network.freeze()).value().array();
    network.at("drop").unfreeze();
    assertFalse(Arrays.equals(off, train(network).value().array()));
  }

  @Test
  void gradientsFlowThroughAFrozenLayerToATrainableOneBelow() {
    network.freeze().at("conv").unfreeze();
    assertEquals(List.of("conv.weight"), pathsWithGradient(network));
  }

  @Test
  void aFrozenNetworkRemembersNothing() {
    Tensor y = train(network.freeze());
    assertFalse(y.needsGradient());
    assertTrue(
        assertThrows(IllegalStateException.class, () -> y.backward(NdArray.zeros(y.shape())))
            .getMessage()
            .startsWith("this value depends on nothing trainable"));
  }

  @Test
  void belowTheLowestTrainableParameterNothingIsRemembered() {
    network.at("conv").freeze();
    Tensor x = Tensor.constant(images);
    assertFalse(network.at("conv").forward(x, Pass.training(SEED)).needsGradient());
    assertTrue(train(network).needsGradient());
  }

  @Test
  void anUntrainableParameterLeavesTheBehaviourAsItWas() {
    Layer other = SmallNetwork.create();
    other.parameters().trainable(false);
    float[] y = train(network).value().array();
    assertArrayEquals(y, train(other).value().array());
    Map<String, float[]> moved = buffers(other);
    buffers(network).forEach((path, now) -> assertArrayEquals(now, moved.get(path), path));
    assertFalse(other.at("norm").isFrozen());
  }

  @Test
  void oneUntrainableParameterAloneGetsNoGradient() {
    network.at("norm").parameters().at("bias").trainable(false);
    assertEquals(
        List.of("conv.weight", "norm.weight", "fc.weight", "fc.bias"), pathsWithGradient(network));
  }

  @Test
  void freezingBetweenTwoStepsTakesEffectAtOnce() {
    assertTrue(pathsWithGradient(network).contains("conv.weight"));
    network.at("conv").freeze();
    assertFalse(pathsWithGradient(network).contains("conv.weight"));
    network.at("conv").unfreeze();
    assertTrue(pathsWithGradient(network).contains("conv.weight"));
  }
}
