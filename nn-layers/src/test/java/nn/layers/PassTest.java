package nn.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import nn.core.Workspace;
import org.junit.jupiter.api.Test;

class PassTest {
  private final Layer network = SmallNetwork.create();
  private final NdArray images = SmallNetwork.images();

  private float[] train(Pass pass) {
    return network.forward(images, pass).value().array().clone();
  }

  @Test
  void theSameSeedGivesTheSamePass() {
    assertArrayEquals(train(Pass.training(3)), train(Pass.training(3)));
    assertFalse(Arrays.equals(train(Pass.training(3)), train(Pass.training(4))));
  }

  @Test
  void everyCallForRandomnessGivesAnotherSource() {
    Pass pass = Pass.training(3);
    assertNotEquals(pass.random().nextLong(), pass.random().nextLong());
  }

  @Test
  void inferenceHasNoRandomnessAndSaysSo() {
    assertEquals(
        "an inference pass has no randomness: ask isTraining() first, or use Pass.training(seed)",
        assertThrows(IllegalStateException.class, Pass.INFERENCE::random).getMessage());
  }

  @Test
  void inferenceIsTheSameEveryTimeAndRemembersNothing() {
    assertArrayEquals(network.forward(images).array(), network.forward(images).array());
    Tensor y = network.forward(images, Pass.INFERENCE);
    assertFalse(y.needsGradient());
  }

  @Test
  void aPassWithAWorkspaceComputesTheSameAgainAndAgain() {
    float[] want = train(Pass.training(3));
    Workspace workspace = new Workspace();
    for (int step = 0; step < 3; step++) {
      try (Pass pass = Pass.training(3, workspace)) {
        assertArrayEquals(want, train(pass));
      }
    }
  }

  @Test
  void aChainThatRecordsNothingWorksInTheMemoryOfTwoArrays() {
    Workspace workspace = new Workspace();
    NdArray x = NdArray.full(Shape.of(100), 1f);
    try (Pass pass = Pass.inference(workspace)) {
      assertEquals(1, plusOnes(10).forward(x, pass).value().at(0) - 10);
    }
    assertEquals(2 * 4 * 100, workspace.freeBytes());
  }

  @Test
  void whatTheFirstTrainedLayerReadsIsKept() {
    Layer frozen = plusOnes(3);
    Layer model = Sequential.of(frozen, new Scaled(3f), plusOnes(3), new Scaled(2f));
    NdArray x = NdArray.full(Shape.of(4), 1f);
    Workspace workspace = new Workspace();
    for (int step = 0; step < 2; step++) {
      try (Pass pass = Pass.training(1, workspace)) {
        Gradients gradients = model.forward(x, pass).sum().backward();
        assertEquals(2 * 4 * 4, gradient(model, "1.factor", gradients)); // the other factor, times the input 1 + 3
        assertEquals(4 * (3 * 4 + 3), gradient(model, "3.factor", gradients));
      }
    }
  }

  private static float gradient(Layer model, String path, Gradients gradients) {
    return model.parameters().at(path).gradient(gradients).orElseThrow().item();
  }

  @Test
  void aLayerThatShowsAnArrayOfThePassHasToCopyIt() {
    Showing showing = new Showing();
    Layer model = Sequential.of(plusOnes(1), showing, plusOnes(2));
    try (Pass pass = Pass.inference(new Workspace())) {
      model.forward(NdArray.full(Shape.of(4), 1f), pass);
      assertEquals(2, showing.copied.at(0));
      assertEquals(
          "this array of shape [4] was of no use to its pass any more; copy() what must outlive the"
              + " layer, or the op's backward, that it was made in",
          assertThrows(IllegalStateException.class, showing.shown::array).getMessage());
    }
  }

  private static Layer plusOnes(int links) {
    Sequential chain = new Sequential();
    for (int i = 0; i < links; i++) {
      chain.add("link" + i, new PlusOne());
    }
    return chain;
  }

  private static final class PlusOne extends Layer {
    @Override
    protected Tensor compute(Tensor x, Pass pass) {
      return x.plus(1f);
    }
  }

  private static final class Scaled extends Layer {
    private final Parameter factor;

    Scaled(float initial) {
      super();
      factor = parameter("factor", NdArray.full(Shape.of(1), initial));
    }

    @Override
    protected Tensor compute(Tensor x, Pass pass) {
      return x.times(factor.in(pass));
    }
  }

  private static final class Showing extends Layer {
    NdArray shown = NdArray.scalar(0);
    NdArray copied = NdArray.scalar(0);

    @Override
    protected Tensor compute(Tensor x, Pass pass) {
      shown = x.value();
      copied = x.value().copy();
      return x.times(1f);
    }
  }

  @Test
  void afterClosingAPassItsArraysCannotBeRead() {
    Workspace workspace = new Workspace();
    NdArray y;
    try (Pass pass = Pass.inference(workspace)) {
      y = network.forward(images, pass).value();
    }
    assertThrows(IllegalStateException.class, y::array);
  }
}
