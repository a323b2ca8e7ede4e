package nn.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class WorkspaceTest {
  private final Workspace workspace = new Workspace();
  private final NdArray x = NdArray.vector(1, 2, 3);

  @Test
  void theNextPassGetsTheMemoryOfTheLast() {
    float[] first = workspace.adopt(x).plus(x).array();
    workspace.recycle();
    assertSame(first, workspace.adopt(x).plus(x).array());
  }

  @Test
  void twoArraysOfOnePassNeverShareMemory() {
    NdArray home = workspace.adopt(x);
    assertNotSame(home.plus(x).array(), home.plus(x).array());
    workspace.recycle();
    home = workspace.adopt(x);
    assertNotSame(home.plus(x).array(), home.plus(x).array());
  }

  @Test
  void whatIsComputedFromAnAdoptedArrayLivesThereToo() {
    NdArray sum = x.plus(workspace.adopt(x)).times(2f).reshape(Shape.of(3, 1));
    workspace.recycle();
    assertThrows(IllegalStateException.class, sum::array);
  }

  @Test
  void anArrayOfAClosedPassSaysWhatToDo() {
    NdArray sum = workspace.adopt(x).plus(x);
    workspace.recycle();
    IllegalStateException error = assertThrows(IllegalStateException.class, sum::array);
    assertEquals(
        "this array of shape [3] was made in a pass that has been closed; copy() what must outlive the pass before"
            + " closing it",
        error.getMessage());
  }

  @Test
  void anAdoptedArrayStaysWithItsOwner() {
    NdArray adopted = workspace.adopt(x);
    assertSame(x.array(), adopted.array());
    workspace.recycle();
    assertEquals(3, x.at(2));
    assertNotSame(x.array(), workspace.adopt(x).plus(1f).array());
  }

  @Test
  void aCopyOutlivesThePass() {
    NdArray copy = workspace.adopt(x).plus(x).copy();
    workspace.recycle();
    assertEquals(6, copy.at(2));
  }

  @Test
  void aSteadyLoopKeepsNoMoreMemoryThanOnePassNeeds() {
    for (int pass = 0; pass < 3; pass++) {
      workspace.adopt(x).plus(x).times(x);
      workspace.recycle();
    }
    assertEquals(2 * 3 * 4, workspace.freeBytes());
  }

  @Test
  void sizesThatNoPassAsksForAnyMoreAreLeftToTheGarbageCollector() {
    NdArray large = NdArray.zeros(Shape.of(1000));
    workspace.adopt(large).plus(large);
    workspace.recycle();
    for (int pass = 0; pass < 20; pass++) {
      workspace.adopt(x).plus(x);
      workspace.recycle();
    }
    assertEquals(3 * 4, workspace.freeBytes());
  }
}
