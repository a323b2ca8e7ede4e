package nn.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitedSumTest {
  private final SplittableRandom random = new SplittableRandom(1);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 17, 100_003})
  void aRectifierGivesTheSameWithASumAndBehindIt(int size) {
    NdArray left = NdArray.normal(Shape.of(size), 4, random);
    NdArray right = NdArray.normal(Shape.of(size), 4, random);
    NdArray dy = NdArray.normal(Shape.of(size), 1, random);
    if (size > 1) {
      left.writable()[size / 2] = Float.NaN;
      left.writable()[size / 3] = Float.POSITIVE_INFINITY;
    }
    for (Limits limits : new Limits[] {Limits.RELU, Limits.RELU6, Limits.NONE}) {
      Tensor a = Tensor.variable(left);
      Tensor b = Tensor.variable(right);
      Tensor together = a.plus(b, limits);
      Tensor apart = a.plus(b).limited(limits);
      assertArrayEquals(unsigned(apart.value()), unsigned(together.value()));
      Gradients ones = together.backward(dy);
      Gradients others = apart.backward(dy);
      for (Tensor input : new Tensor[] {a, b}) {
        assertArrayEquals(gradient(input, others), gradient(input, ones));
      }
    }
  }

  @Test
  void withLimitsShapesMustBeEqual() {
    Tensor a = Tensor.constant(NdArray.zeros(Shape.of(2, 3)));
    Tensor b = Tensor.constant(NdArray.zeros(Shape.of(3)));
    assertEquals(
        "plus: [2×3] and [3]: with limits, shapes must be equal",
        assertThrows(ShapeException.class, () -> a.plus(b, Limits.RELU)).getMessage());
  }

  private static float[] gradient(Tensor input, Gradients gradients) {
    return unsigned(gradients.of(input).orElseThrow());
  }

  /// Without the sign of zeros, which is all that may differ.
  private static float[] unsigned(NdArray x) {
    return x.plus(0f).array();
  }
}
