package nn.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import nn.core.Shape;
import nn.core.Tensor;
import nn.layers.zoo.ModelZoo;
import org.junit.jupiter.api.Test;

class SummaryTest {
  @Test
  void theTableIsAlignedAndSaysWhatIsTrained() {
    Layer network = SmallNetwork.create();
    network.at("norm").freeze();
    network.at("fc").parameters().at("bias").trainable(false);
    network.at("conv").parameters().trainable(false);
    assertEquals(
        """
            path       layer                                output   parameters  bytes  state
            (network)  Sequential                           [3]             191  800 B  partly trainable
              conv     Conv2d 2→4, 3×3, padding 1, no bias  [4×6×6]          72  288 B  untrainable
              norm     BatchNorm2d 4                        [4×6×6]           8   68 B  frozen
              relu     Relu                                 [4×6×6]
              pool     MaxPool2d 2×2                        [4×3×3]
              flatten  Flatten                              [36]
              drop     Dropout 0.5                          [36]
              fc       Linear 36→3                          [3]             111  444 B  partly trainable
            191 parameters: 108 trainable, 83 frozen; 800 B with buffers\
            """,
        network.summary(SmallNetwork.INPUT).toString());
  }

  @Test
  void rowsCountTheLayerAndAllBelow() {
    Summary summary = ModelZoo.create("lenet", 10).summary(Shape.of(1, 28, 28));
    assertEquals(61_706, summary.parameters());
    assertEquals(61_706, summary.trainable());
    assertEquals(0, summary.frozen());
    assertEquals(4 * 61_706, summary.bytes());
    assertEquals("lenet", summary.at("").description());
    assertEquals(Shape.of(16, 10, 10), summary.at("conv2").output().orElseThrow());
    assertEquals(2416, summary.at("conv2").parameters());
    assertEquals(Summary.State.NONE, summary.at("relu1").state());
  }

  @Test
  void sharedParametersCountOnce() {
    Linear shared = new Linear(3, 3, new SplittableRandom(1));
    Layer network = new Sequential().add("a", shared).add("b", shared);
    assertEquals(12, network.summary(Shape.of(3)).parameters());
  }

  @Test
  void aLayerThatIsNotCalledSaysSo() {
    Layer network =
        new Layer() {
          private final Slot used = slot("used", new Identity());

          {
            slot("spare", new Identity());
          }

          @Override
          protected Tensor compute(Tensor x, Pass pass) {
            return used.forward(x, pass);
          }
        };
    assertEquals(
        """
            path       layer     output      parameters  bytes  state
            (network)  Layer     [3]
              used     Identity  [3]
              spare    Identity  not called
            0 parameters: 0 trainable, 0 frozen; 0 B with buffers""",
        network.summary(Shape.of(3)).toString());
  }

  @Test
  void aRowThatIsNotThereIsAnErrorThatSaysTheNearest() {
    Summary summary = SmallNetwork.create().summary(SmallNetwork.INPUT);
    assertEquals(
        "there is no layer 'nrm' (the nearest is 'norm'); there are conv, norm, relu, pool,"
            + " flatten, drop, fc",
        assertThrows(IllegalArgumentException.class, () -> summary.at("nrm")).getMessage());
  }

  @Test
  void aDryRunChangesNothing() {
    Layer network = SmallNetwork.create();
    network.summary(SmallNetwork.INPUT);
    assertEquals(0, network.buffers().get("norm.num_batches_tracked").value().item());
  }
}
