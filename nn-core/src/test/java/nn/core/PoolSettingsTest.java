package nn.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolSettingsTest {
  @ParameterizedTest
  @CsvSource({"0, 4", "4, 0", "0, 0"})
  void imagesWithoutPixelsAreNamedEvenIfAWindowFitsIntoTheirPadding(int height, int width) {
    Tensor x = Tensor.constant(NdArray.zeros(Shape.of(2, 3, height, width)));
    PoolSettings settings = PoolSettings.of(2).padding(1);
    String message =
        assertThrows(ShapeException.class, () -> x.maxPool2d(settings)).getMessage();
    assertEquals("pool2d: [2×3×" + height + "×" + width + "] has no pixels to pool", message);
  }

  @Test
  void aBatchMayBeEmpty() {
    assertEquals(
        Shape.of(0, 3, 3, 3),
        PoolSettings.of(2).padding(1).outputShape(Shape.of(0, 3, 4, 4)));
  }
}
