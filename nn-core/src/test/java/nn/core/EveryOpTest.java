package nn.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nn.core.kernel.Parallel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds for every operation alike.
class EveryOpTest {
  static List<EveryOp.Case> operations() {
    return EveryOp.cases(17);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void leavesNoTraceIfAllItsInputsAreConstants(EveryOp.Case c) {
    Tensor y = c.apply(c.constants());
    assertFalse(y.needsGradient());
    assertNull(y.node);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void givesEachInputTheSameGradientWhicheverOthersAreFrozen(EveryOp.Case c) {
    Tensor[] all = c.variables();
    Tensor y = c.apply(all);
    NdArray dy = random(y.shape());
    Gradients whole = y.backward(dy);
    for (int alone = 0; alone < all.length; alone++) {
      Tensor[] inputs = c.constants();
      inputs[alone] = Tensor.variable(c.inputs()[alone]);
      Gradients part = c.apply(inputs).backward(dy);
      assertBits(whole.of(all[alone]).orElseThrow(), part.of(inputs[alone]).orElseThrow());
      assertTrue(part.size() == 1);
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void changesNeitherItsInputsNorTheIncomingGradient(EveryOp.Case c) {
    List<NdArray> before = new ArrayList<>();
    for (NdArray input : c.inputs()) {
      before.add(input.copy());
    }
    Tensor y = c.apply(c.variables());
    NdArray value = y.value().copy();
    NdArray dy = random(y.shape());
    NdArray dyBefore = dy.copy();
    assertNotNull(y.backward(dy));
    assertNotNull(y.backward(dy));
    assertBits(dyBefore, dy);
    assertBits(value, y.value());
    for (int i = 0; i < before.size(); i++) {
      assertBits(before.get(i), c.inputs()[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void givesTheSameBitsOnAnyNumberOfThreads(EveryOp.Case c) {
    int threads = Parallel.threads();
    try {
      List<NdArray> want = valueAndGradients(c);
      for (int count : new int[] {1, 2, 3}) {
        Parallel.threads(count);
        List<NdArray> got = valueAndGradients(c);
        for (int i = 0; i < want.size(); i++) {
          assertBits(want.get(i), got.get(i));
        }
      }
    } finally {
      Parallel.threads(threads);
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void givesTheSameInRecycledMemory(EveryOp.Case c) {
    List<NdArray> want = valueAndGradients(c);
    Workspace workspace = new Workspace();
    for (int round = 0; round < 3; round++) {
      Tensor[] inputs = new Tensor[c.inputs().length];
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = Tensor.variable(workspace.adopt(c.inputs()[i]));
      }
      Tensor y = c.apply(inputs);
      assertBits(want.getFirst(), y.value());
      Tensor last = round == 0 ? y : y.times(1f); // so that the op gets a gradient that it may write over
      Gradients gradients = last.backward(random(y.shape()));
      for (int i = 0; i < inputs.length; i++) {
        assertBits(want.get(i + 1), gradients.of(inputs[i]).orElseThrow());
      }
      spoil(workspace, want);
      workspace.recycle();
    }
  }

  /// Fills memory of the sizes that will be taken next with numbers that would be seen.
  private static void spoil(Workspace workspace, List<NdArray> sizes) {
    NdArray home = workspace.adopt(NdArray.scalar(0));
    for (NdArray size : sizes) {
      home.freshFull(size.shape(), Float.NaN);
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void carriesNotANumberOn(EveryOp.Case c) {
    for (int input = 0; input < c.inputs().length; input++) {
      NdArray[] inputs = c.inputs().clone();
      inputs[input] = NdArray.full(inputs[input].shape(), Float.NaN);
      Tensor y = new EveryOp.Case(c.name(), inputs, c.function()).apply(constants(inputs));
      boolean found = false;
      for (float value : y.value().array()) {
        found |= Float.isNaN(value);
      }
      assertTrue(found, "input " + input + " is NaN throughout, but nothing of the result is");
    }
  }

  private static Tensor[] constants(NdArray[] inputs) {
    return new EveryOp.Case("", inputs, null).constants();
  }

  private static List<NdArray> valueAndGradients(EveryOp.Case c) {
    Tensor[] inputs = c.variables();
    Tensor y = c.apply(inputs);
    Gradients gradients = y.backward(random(y.shape()));
    List<NdArray> all = new ArrayList<>(List.of(y.value()));
    for (Tensor input : inputs) {
      all.add(gradients.of(input).orElseThrow());
    }
    return all;
  }

  private static NdArray random(Shape shape) {
    return NdArray.uniform(shape, -1f, 1f, new SplittableRandom(3));
  }

  private static void assertBits(NdArray want, NdArray got) {
    assertArrayEquals(want.array(), got.array());
  }
}
