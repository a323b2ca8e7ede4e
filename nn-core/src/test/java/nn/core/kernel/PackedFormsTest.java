package nn.core.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.SplittableRandom;
import nn.core.ConvSettings;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackedFormsTest {
  @ParameterizedTest
  @CsvSource({"3, 1, 1", "3, 2, 1", "1, 1, 1", "3, 1, 2", "3, 1, 32"})
  void aConvolutionWithKeptWeightsIsTheSameAndSeesTheirChanges(int side, int step, int groups) {
    NdArray x = random(2, 32, 12, 12);
    NdArray w = random(32, 32 / groups, side, side);
    ConvSettings settings = ConvSettings.DEFAULT.stride(step).padding(side / 2).groups(groups);
    for (int change = 0; change < 3; change++) {
      w.writable()[change * 5] += change;
      NdArray packedAnew = Tensor.constant(x).conv2d(Tensor.variable(w), null, settings).value();
      for (int use = 0; use < 2; use++) {
        NdArray kept = Tensor.constant(x).conv2d(Tensor.constant(w), null, settings).value();
        assertArrayEquals(packedAnew.array(), kept.array());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"16", "40"})
  void theSameWeightsServeImagesOfDifferentSizes(int side) {
    NdArray w = random(32, 32, 3, 3);
    ConvSettings settings = ConvSettings.DEFAULT.padding(1);
    for (int extent : new int[] {side, 3, side}) { // 3×3 has too few tiles for Winograd's way
      NdArray x = random(1, 32, extent, extent);
      assertArrayEquals(
          Tensor.constant(x).conv2d(Tensor.variable(w), null, settings).value().array(),
          Tensor.constant(x).conv2d(Tensor.constant(w), null, settings).value().array());
    }
  }

  @Test
  void theSameWeightsServeDifferentSteps() {
    NdArray w = random(32, 32, 3, 3);
    NdArray x = random(2, 32, 12, 12);
    for (int step : new int[] {1, 2, 1}) {
      ConvSettings settings = ConvSettings.DEFAULT.padding(1).stride(step);
      assertArrayEquals(
          Tensor.constant(x).conv2d(Tensor.variable(w), null, settings).value().array(),
          Tensor.constant(x).conv2d(Tensor.constant(w), null, settings).value().array());
    }
  }

  @ParameterizedTest
  @CsvSource({"64, 32, 3, 3, 1", "64, 32, 3, 3, 2", "64, 32, 1, 1, 1", "64, 32, 5, 3, 1"})
  void theSameWeightsServeInOtherShapes(int out, int in, int height, int width, int step) {
    NdArray w = random(out, in, height, width);
    NdArray turned = w.reshape(Shape.of(in, out, width, height));
    ConvSettings settings = ConvSettings.DEFAULT.padding(height / 2, width / 2).stride(step);
    for (NdArray shaped : new NdArray[] {w, turned, w}) {
      NdArray x = random(2, shaped.shape().dim(1), 12, 12);
      assertArrayEquals(
          Tensor.constant(x).conv2d(Tensor.variable(shaped), null, settings).value().array(),
          Tensor.constant(x).conv2d(Tensor.constant(shaped), null, settings).value().array());
    }
  }

  @Test
  void formsLastUntilTheArrayIsWritten() {
    NdArray w = random(8, 8);
    PackedForms forms = w.packed();
    assertSame(forms, w.packed());
    assertSame(forms, w.reshape(Shape.of(64)).packed());
    w.writable();
    assertNotSame(forms, w.packed());
  }

  private static NdArray random(int... extents) {
    return NdArray.normal(Shape.of(extents), 1f, new SplittableRandom(1));
  }
}
