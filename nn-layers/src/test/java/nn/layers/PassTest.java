package nn.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import nn.core.NdArray;
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
  void afterClosingAPassItsArraysCannotBeRead() {
    Workspace workspace = new Workspace();
    NdArray y;
    try (Pass pass = Pass.inference(workspace)) {
      y = network.forward(images, pass).value();
    }
    assertThrows(IllegalStateException.class, y::array);
  }
}
