package nn.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import nn.core.ConvSettings;
import nn.core.Shape;
import nn.core.ShapeException;
import org.junit.jupiter.api.Test;

class ConvGeometryTest {
  private static final ConvSettings PLAIN = ConvSettings.DEFAULT;

  @Test
  void outputExtentsFollowFromStridePaddingAndDilation() {
    ConvGeometry g =
        ConvGeometry.of(
            Shape.of(2, 3, 9, 8), Shape.of(4, 3, 3, 2),
            PLAIN.stride(2).padding(1).dilation(2));
    assertEquals(Shape.of(2, 4, 4, 4), g.outputShape());
  }

  @Test
  void channelsThatDoNotFitAreNamed() {
    assertMessage(
        "conv2d: [2×3×9×8] * [4×5×3×3]: the image has 3 channels, the kernel takes 5",
        Shape.of(2, 3, 9, 8), Shape.of(4, 5, 3, 3), PLAIN);
    assertMessage(
        "conv2d: [2×4×9×8] * [3×2×3×3]: 3 output channels do not divide into 2 groups",
        Shape.of(2, 4, 9, 8), Shape.of(3, 2, 3, 3), PLAIN.groups(2));
  }

  @Test
  void thereIsAChannelOnBothSides() {
    assertMessage(
        "conv2d: [2×0×9×8] * [4×0×3×3]: needs at least one input and one output channel",
        Shape.of(2, 0, 9, 8), Shape.of(4, 0, 3, 3), PLAIN);
    assertMessage(
        "conv2d: [2×3×9×8] * [0×3×3×3]: needs at least one input and one output channel",
        Shape.of(2, 3, 9, 8), Shape.of(0, 3, 3, 3), PLAIN);
  }

  @Test
  void kernelsThatAreLargerThanThePaddedImageAreNamed() {
    assertMessage(
        "conv2d: [2×3×9×2] * [4×3×3×5]: a kernel that spans 5 does not fit into 2 with padding 1",
        Shape.of(2, 3, 9, 2), Shape.of(4, 3, 3, 5), PLAIN.padding(1));
  }

  @Test
  void extentsThatNoIntHoldsAreNamed() {
    assertMessage(
        "conv2d: [1×1×9×9] * [1×1×5×5]: a kernel that spans 4294967297 does not fit into 9 with padding 0",
        Shape.of(1, 1, 9, 9), Shape.of(1, 1, 5, 5), PLAIN.dilation(1 << 30));
    assertMessage(
        "conv2d: [1×1×9×9] * [1×1×1×1] with padding 2147483647: 4294967303 outputs in a row",
        Shape.of(1, 1, 9, 9), Shape.of(1, 1, 1, 1), PLAIN.padding(Integer.MAX_VALUE));
  }

  private static void assertMessage(String message, Shape x, Shape w, ConvSettings settings) {
    assertEquals(
        message,
        assertThrows(ShapeException.class, () -> ConvGeometry.of(x, w, settings)).getMessage());
  }
}
