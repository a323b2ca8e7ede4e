package nn.core.op;

import java.util.function.IntConsumer;
import nn.core.Shape;
import nn.core.kernel.Parallel;

/// Runs a piece of work for each row (the last axis) of an array; several threads share the rows.
final class Rows {
  private static final int GRAIN = 1 << 15; // elements in a chunk of rows; a quarter of it costs layer norm a tenth of its time

  private Rows() {}

  /// Calls `rows` with ranges of the rows of an array of this shape.
  static void ranges(Shape shape, Parallel.Range rows) {
    int width = shape.rank() == 0 ? 1 : shape.dim(-1);
    if (shape.size() > 0) {
      Parallel.range(shape.size() / width, Math.max(1, GRAIN / width), rows);
    }
  }

  /// Calls `row` with the offset of each row of an array of this shape.
  static void each(Shape shape, IntConsumer row) {
    int width = shape.rank() == 0 ? 1 : shape.dim(-1);
    ranges(
        shape,
        (from, to) -> {
          for (int r = from; r < to; r++) {
            row.accept(r * width);
          }
        });
  }
}
