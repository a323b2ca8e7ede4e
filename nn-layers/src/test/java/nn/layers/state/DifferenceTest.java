package nn.layers.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import nn.layers.state.Difference.Kind;
import org.junit.jupiter.api.Test;

class DifferenceTest {
  private static Difference between(StoredTensor a, StoredTensor b) throws IOException {
    List<Difference> differences = Difference.between(HandMade.state(a), HandMade.state(b));
    assertEquals(1, differences.size());
    return differences.getFirst();
  }

  @Test
  void distancesAreThoseOfTheNumbers() throws IOException {
    Difference moved =
        between(HandMade.vector("x", 3, 4, 0), HandMade.vector("x", 3, 4.5f, -1));
    assertEquals(Kind.MOVED, moved.kind());
    assertEquals(1, moved.largest());
    assertEquals(0.5, moved.mean());
    assertEquals(Math.sqrt(1.25) / 5, moved.relative(), 1e-12);
  }

  @Test
  void theOrderIsThatOfTheFirstThenWhatOnlyTheSecondHas() throws IOException {
    StateDict a =
        HandMade.state(
            HandMade.vector("same", 1),
            HandMade.vector("gone", 1),
            HandMade.vector("moved", 1),
            HandMade.vector("reshaped", 1));
    StateDict b =
        HandMade.state(
            HandMade.vector("new", 1),
            HandMade.vector("reshaped", 1, 1),
            HandMade.vector("moved", 2),
            HandMade.vector("same", 1));
    assertEquals(
        List.of(
            new Difference("same", Kind.IDENTICAL, 0, 0, 0),
            new Difference("gone", Kind.ONLY_IN_A, 0, 0, 0),
            new Difference("moved", Kind.MOVED, 1, 1, 1),
            new Difference("reshaped", Kind.RESHAPED, 0, 0, 0),
            new Difference("new", Kind.ONLY_IN_B, 0, 0, 0)),
        Difference.between(a, b));
  }

  @Test
  void theSameNumbersInAnotherPrecisionAreNoDistanceAway() throws IOException {
    StoredTensor half = StoredTensor.of("x", DType.F16, NdArray.vector(1.5f, -2));
    assertEquals(
        new Difference("x", Kind.MOVED, 0, 0, 0), between(HandMade.vector("x", 1.5f, -2), half));
  }

  @Test
  void aTensorThatWasZeroHasMovedInfinitelyFar() throws IOException {
    assertEquals(
        Double.POSITIVE_INFINITY,
        between(HandMade.vector("x", 0, 0), HandMade.vector("x", 0, 1)).relative());
  }

  @Test
  void numbersThatStayedInfiniteDoNotHideTheOthers() throws IOException {
    Difference moved =
        between(
            HandMade.vector("x", Float.POSITIVE_INFINITY, Float.NaN, 1),
            HandMade.vector("x", Float.POSITIVE_INFINITY, Float.NaN, 3));
    assertEquals(2, moved.largest());
    assertEquals(2.0 / 3, moved.mean(), 1e-12);
  }

  @Test
  void tensorsLargerThanOneReadAreComparedToTheEnd() throws IOException {
    NdArray values = NdArray.normal(Shape.of(300_001), 1f, new SplittableRandom(1));
    NdArray other = NdArray.of(values.shape(), values.array().clone());
    other.array()[300_000] += 8;
    StoredTensor a = StoredTensor.of("x", DType.F32, values);
    assertEquals(8, between(a, StoredTensor.of("x", DType.F32, other)).largest(), 1e-6);
  }

  @Test
  void emptyTensorsAreCompared() throws IOException {
    StoredTensor a = StoredTensor.of("x", DType.F32, NdArray.full(Shape.of(0, 3), 1));
    StoredTensor b = StoredTensor.of("x", DType.F16, NdArray.full(Shape.of(0, 3), 1));
    assertEquals(new Difference("x", Kind.MOVED, 0, 0, 0), between(a, b));
    assertEquals(
        List.of(),
        Difference.between(HandMade.state(), new StateDict(List.of(), Map.of("a", "b"))));
  }
}
