package nn.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import nn.core.NdArray;
import nn.core.Shape;
import nn.layers.zoo.ModelZoo;
import org.junit.jupiter.api.Test;

class SurgeryTest {
  private final RandomGenerator random = new SplittableRandom(9);
  private final Layer network = SmallNetwork.create().withArchitecture("small");
  private final NdArray images = SmallNetwork.images();

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }

  private List<String> children() {
    return network.slots().stream().map(Slot::name).toList();
  }

  @Test
  void aReplacedLayerComputesAndTheRestStays() {
    List<String> paths = network.parameters().paths();
    assertSame(network, network.replace("relu", Activation.silu()));
    assertEquals("Silu", network.at("relu").toString());
    assertEquals(paths, network.parameters().paths());
    assertEquals(Shape.of(4, 3), network.forward(images).shape());
  }

  @Test
  void anInsertedLayerIsCalledAndNoNameShifts() {
    List<String> paths = network.parameters().paths();
    network.insertAfter("conv", "extra", new Conv2d(4, 4, 1, random));
    assertEquals(
        List.of("conv", "extra", "norm", "relu", "pool", "flatten", "drop", "fc"), children());
    assertTrue(network.parameters().paths().containsAll(paths));
    NdArray before = network.forward(images);
    network.at("extra").parameters().at("weight").value().set(NdArray.zeros(Shape.of(4, 4, 1, 1)));
    assertFalse(Arrays.equals(before.array(), network.forward(images).array()));
  }

  @Test
  void anIdentityInsertedAnywhereChangesNothing() {
    float[] want = network.forward(images).array();
    network.insertAfter("fc", "end", new Identity()).insertAfter("pool", "middle", new Identity());
    assertArrayEquals(want, network.forward(images).array());
  }

  @Test
  void aNewPartInAFrozenNetworkIsTrainable() {
    network.freeze().insertAfter("fc", "more", new Linear(3, 2, random));
    assertEquals(List.of("more.weight", "more.bias"), network.parameters().trainable().paths());
  }

  @Test
  void aNameThatIsTakenIsRefusedAndNothingChanges() {
    List<String> before = children();
    assertEquals(
        "'norm' is registered twice in Sequential",
        message(() -> network.insertAfter("conv", "norm", new Identity())));
    assertEquals(before, children());
  }

  @Test
  void removeAfterTakesOutWhatFollowsOnThatLevelOnly() {
    Layer nested =
        new Sequential()
            .add(
                "body",
                Sequential.of(new Linear(4, 4, random), Activation.relu(), new Dropout(0.1)))
            .add("fc", new Linear(4, 2, random));
    nested.removeAfter("body.0");
    assertEquals(
        List.of("body.0.weight", "body.0.bias", "fc.weight", "fc.bias"),
        nested.parameters().paths());
    assertEquals(1, nested.at("body").slots().size());
    nested.removeAfter("fc");
    assertEquals(2, nested.slots().size());
  }

  @Test
  void aTruncatedNetworkEndsWithTheLayerThere() {
    Layer lenet = ModelZoo.create("lenet", 10);
    lenet.truncateAt("pool2");
    assertEquals(Shape.of(16, 5, 5), lenet.outputShape(Shape.of(1, 28, 28)));
  }

  @Test
  void truncatingInsideAChainInAChainEndsBoth() {
    Layer mobile = ModelZoo.create("mobilenet_v2", 3);
    mobile.truncateAt("features.3");
    assertEquals(List.of("features"), mobile.slots().stream().map(Slot::name).toList());
    assertEquals(4, mobile.at("features").slots().size());
    assertEquals(Shape.of(24, 8, 8), mobile.outputShape(Shape.of(3, 32, 32)));
  }

  @Test
  void aTruncatedNetworkTakesANewHeadOfTheSizeThatADryRunFound() {
    Layer net = ModelZoo.create("cifar-resnet20", 10).freeze().truncateAt("layer2");
    int channels = net.outputShape(Shape.of(3, 32, 32)).dim(0);
    net.insertAfter("layer2", "pool", new GlobalAvgPool2d())
        .insertAfter("pool", "head", new Linear(channels, 4, random))
        .withHead("head");
    assertEquals(Shape.of(4), net.outputShape(Shape.of(3, 32, 32)));
    assertEquals(List.of("head.weight", "head.bias"), net.parameters().trainable().paths());
    net.replaceHead(6, random);
    assertEquals(Shape.of(6), net.outputShape(Shape.of(3, 32, 32)));
  }

  @Test
  void truncatingInsideABlockNamesTheBlockAndSaysWhereOneCanCut() {
    Layer resnet = ModelZoo.create("cifar-resnet20", 10);
    assertEquals(
        "cannot truncate at 'layer2.1.conv1': 'layer2.1' (BasicBlock) is not a Sequential, so"
            + " nothing says what comes after what in it; one can cut at 'layer2.1', which holds"
            + " it, or elsewhere in 'layer2': 0, 1, 2",
        message(() -> resnet.truncateAt("layer2.1.conv1")));
    assertEquals(
        "cannot remove after 'layer2.1.conv1': 'layer2.1' (BasicBlock) is not a Sequential, so"
            + " nothing says what comes after what in it; one can cut at 'layer2.1', which holds"
            + " it, or elsewhere in 'layer2': 0, 1, 2",
        message(() -> resnet.removeAfter("layer2.1.conv1")));
    assertEquals(
        "cannot insert after 'layer2.1.conv1': 'layer2.1' (BasicBlock) is not a Sequential, so"
            + " nothing says what comes after what in it; to add to it, replace 'layer2.1.conv1'"
            + " with a chain that begins with it",
        message(() -> resnet.insertAfter("layer2.1.conv1", "more", new Identity())));
    assertEquals("cifar-resnet20", resnet.architecture().orElseThrow(), "nothing changed");
  }

  @Test
  void aNetworkThatIsNoChainCannotBeCut() {
    Layer residual = new Residual("main", new Identity());
    assertEquals(
        "cannot truncate at 'main': the network (Residual) is not a Sequential, so nothing says"
            + " what comes after what in it; only a network whose layers stand in a Sequential can"
            + " be cut",
        message(() -> residual.truncateAt("main")));
  }

  @Test
  void theOutermostLayerThatIsNoChainIsNamed() {
    Layer mobile = ModelZoo.create("mobilenet_v2", 3);
    assertTrue(
        message(() -> mobile.truncateAt("features.3.conv.0.0"))
            .startsWith(
                "cannot truncate at 'features.3.conv.0.0': 'features.3' (Residual) is not"
                    + " a Sequential"));
  }

  @Test
  void aLayerCannotBePutBelowItself() {
    assertEquals(
        "a layer cannot be put below itself: Sequential",
        message(() -> network.replace("relu", network)));
    assertEquals(
        "a layer cannot be put below itself: Sequential",
        message(() -> network.insertAfter("relu", "loop", Sequential.of(network))));
  }

  @Test
  void theArchitectureIsForgottenWhereverTheStructureChanges() {
    assertEquals("small", network.architecture().orElseThrow());
    network.insertAfter("conv", "extra", new Identity());
    assertTrue(network.architecture().isEmpty(), "inserted");

    Layer resnet = ModelZoo.create("cifar-resnet20", 10);
    resnet.at("layer1").replace("0", new Identity());
    assertTrue(resnet.architecture().isEmpty(), "changed further down");

    Layer lenet = ModelZoo.create("lenet", 10);
    lenet.replace("conv1", new Conv2d(1, 6, 5, random));
    assertTrue(lenet.architecture().isEmpty(), "another padding is another network");
    lenet.replace("conv1", Conv2d.of(1, 6, 5).padding(2).build(random));
    assertEquals("lenet", lenet.architecture().orElseThrow(), "the same kind of layer again");
  }
}
