package nn.cli;

import java.util.Arrays;
import java.util.List;
import nn.core.Shape;

/// Shapes as they are shown and written.
final class Shapes {
  private Shapes() {}

  /// The extents, outermost first.
  static List<Integer> list(Shape shape) {
    return Arrays.stream(shape.toArray()).boxed().toList();
  }

  /// The shape that `3x224x224` says.
  ///
  /// @throws IllegalArgumentException if the text is not positive numbers with x between them
  static Shape parse(String text) {
    try {
      int[] extents =
          Arrays.stream(text.strip().split("[x×]", -1)).mapToInt(Integer::parseInt).toArray();
      if (Arrays.stream(extents).allMatch(extent -> extent > 0)) {
        return Shape.of(extents);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(refusal(text), e);
    }
    throw new IllegalArgumentException(refusal(text));
  }

  private static String refusal(String text) {
    return "'" + text + "' is not a shape; write channels, height and width, as in 3x224x224";
  }
}
