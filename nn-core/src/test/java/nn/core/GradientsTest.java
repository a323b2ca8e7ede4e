package nn.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class GradientsTest {
  @Test
  void aChainOfTwoHundredThousandOperationsIsDifferentiated() {
    Tensor x = Tensor.variable(NdArray.vector(2f, 3f));
    Tensor y = x;
    for (int i = 0; i < 200_000; i++) {
      y = y.plus(1f);
    }
    assertArrayEquals(new float[] {1f, 1f}, gradient(y.sum(), x));
  }

  @Test
  void aTowerOfSumsOfOneTensorIsVisitedOnceALevel() {
    Tensor x = Tensor.variable(NdArray.scalar(1f));
    Tensor y = x;
    for (int i = 0; i < 60; i++) {
      y = y.plus(y); // 2⁶⁰ ways lead down
    }
    assertArrayEquals(new float[] {0x1p60f}, gradient(y, x));
  }

  @Test
  void aTensorThatIsUsedSeveralTimesGetsTheSumOfItsGradients() {
    Tensor x = Tensor.variable(NdArray.vector(1f, -2f, 3f));
    Tensor y = x.times(x).plus(x.times(5f)).plus(x).minus(x.negated());
    assertArrayEquals(new float[] {9f, 3f, 13f}, gradient(y.sum(), x)); // 2x + 5 + 1 + 1
  }

  @Test
  void inputsThatShareOneGradientArrayAreNotAddedIntoEachOther() {
    Tensor a = Tensor.variable(NdArray.vector(1f, 2f));
    Tensor b = Tensor.variable(NdArray.vector(3f, 4f));
    Tensor both = a.plus(b); // hands the same array to a and b
    Tensor loss = both.sum().plus(a.times(10f).sum()).plus(a.times(100f).sum());
    Gradients gradients = loss.backward();
    assertArrayEquals(new float[] {111f, 111f}, gradients.of(a).orElseThrow().array());
    assertArrayEquals(new float[] {1f, 1f}, gradients.of(b).orElseThrow().array());
  }

  @Test
  void theGradientThatBackwardIsGivenIsNotAddedTo() {
    Tensor x = Tensor.variable(NdArray.vector(1f, 2f));
    Tensor y = x.plus(0f).plus(x.plus(0f));
    NdArray dy = NdArray.vector(1f, 10f);
    assertArrayEquals(new float[] {2f, 20f}, y.backward(dy).of(x).orElseThrow().array());
    assertArrayEquals(new float[] {1f, 10f}, dy.array());
  }

  @Test
  void eachBackwardPassBeginsAnew() {
    Tensor x = Tensor.variable(NdArray.vector(1f, 2f));
    Tensor y = x.times(x).sum();
    assertArrayEquals(gradient(y, x), gradient(y, x));
  }

  @Test
  void aVariableIsItsOwnGraph() {
    Tensor x = Tensor.variable(NdArray.scalar(4f));
    assertArrayEquals(new float[] {1f}, gradient(x, x));
  }

  @Test
  void variablesAloneHaveGradientsInTheEnd() {
    Tensor x = Tensor.variable(NdArray.vector(1f));
    Tensor unused = Tensor.variable(NdArray.vector(1f));
    Tensor constant = Tensor.constant(NdArray.vector(1f));
    Tensor between = x.times(constant);
    Gradients gradients = between.exp().sum().backward();
    assertEquals(1, gradients.size());
    assertEquals(Optional.empty(), gradients.of(unused));
    assertEquals(Optional.empty(), gradients.of(constant));
    assertEquals(Optional.empty(), gradients.of(between));
  }

  @Test
  void theSupplierOfAGradientRunsOnlyIfItsInputNeedsOne() {
    AtomicInteger runs = new AtomicInteger();
    Tensor x = Tensor.variable(NdArray.vector(2f));
    Tensor frozen = Tensor.constant(NdArray.vector(2f));
    product(x, frozen, runs).backward(NdArray.vector(1f));
    assertEquals(1, runs.get());
    product(x, x, runs).backward(NdArray.vector(1f));
    assertEquals(3, runs.get());
  }

  @Test
  void anOperationThatNothingTrainableReachesIsForgottenAtOnce() {
    AtomicInteger runs = new AtomicInteger();
    Tensor frozen = Tensor.constant(NdArray.vector(2f));
    Tensor y = product(frozen, frozen, runs);
    assertFalse(y.needsGradient());
    Tensor x = Tensor.variable(NdArray.vector(3f));
    y.times(x).sum().backward();
    assertEquals(0, runs.get());
  }

  @Test
  void anOperationWhoseResultIsNotUsedIsNotVisited() {
    AtomicInteger runs = new AtomicInteger();
    Tensor x = Tensor.variable(NdArray.vector(3f));
    assertTrue(product(x, x, runs).needsGradient());
    x.times(2f).sum().backward();
    assertEquals(0, runs.get());
  }

  @Test
  void aGradientOfAnotherShapeNamesBoth() {
    Tensor x = Tensor.variable(NdArray.vector(1f, 2f));
    Tensor y = Tensor.result(x.value(), new Wrong(x));
    assertEquals(
        "backward: gradient [3] for an input [2]",
        message(() -> y.backward(NdArray.vector(1f, 1f))));
    assertEquals(
        "backward: gradient [3] for a value [2]",
        message(() -> y.backward(NdArray.vector(1f, 1f, 1f))));
  }

  @Test
  void aLossOfSeveralNumbersSaysWhatToDo() {
    Tensor x = Tensor.variable(NdArray.vector(1f, 2f));
    assertEquals(
        "backward: a loss is a single number, this is [2]; reduce it with mean() or sum(), or say"
            + " the gradient: backward(dy)",
        message(x::backward));
  }

  @Test
  void aLossThatDependsOnNothingTrainableAsksWhetherEverythingIsFrozen() {
    Tensor loss = Tensor.constant(NdArray.vector(1f, 2f)).sum();
    assertEquals(
        "this value depends on nothing trainable: there is no gradient to compute."
            + " Is everything frozen, or was the forward pass made without a training pass?",
        assertThrows(IllegalStateException.class, loss::backward).getMessage());
  }

  private record Wrong(Tensor x) implements Op {
    @Override
    public List<Tensor> inputs() {
      return List.of(x);
    }

    @Override
    public void backward(NdArray dy, Gradients gradients) {
      gradients.add(x, () -> NdArray.vector(1f, 1f, 1f));
    }
  }

  private record Product(Tensor a, Tensor b, AtomicInteger runs) implements Op {
    @Override
    public List<Tensor> inputs() {
      return List.of(a, b);
    }

    @Override
    public void backward(NdArray dy, Gradients gradients) {
      UnaryOperator<NdArray> counted = gradient -> {
        runs.incrementAndGet();
        return gradient;
      };
      gradients.add(a, () -> counted.apply(dy.times(b.value())));
      gradients.add(b, () -> counted.apply(dy.times(a.value())));
    }
  }

  private static Tensor product(Tensor a, Tensor b, AtomicInteger runs) {
    return Tensor.result(a.value().times(b.value()), new Product(a, b, runs));
  }

  private static float[] gradient(Tensor loss, Tensor x) {
    return loss.backward().of(x).orElseThrow().array();
  }

  private static String message(org.junit.jupiter.api.function.Executable body) {
    return assertThrows(ShapeException.class, body).getMessage();
  }
}
