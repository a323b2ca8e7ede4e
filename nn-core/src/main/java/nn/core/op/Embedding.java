package nn.core.op;

import java.util.Arrays;
import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Shape;
import nn.core.ShapeException;
import nn.core.Tensor;

/// y = rows of a table, one for each id: table `[entries×width]`, ids of any shape `[…]`, y `[…×width]`.
public record Embedding(Tensor table, int[] ids) implements Op {
  public static Tensor apply(Tensor table, int[] ids, Shape idsShape) {
    Shape shape = table.shape();
    if (shape.rank() != 2 || idsShape.size() != ids.length) {
      throw new ShapeException(
          "embedding",
          "needs a table [entries×width] and as many ids as their shape says, got "
              + shape + ", " + ids.length + " ids for " + idsShape);
    }
    int width = shape.dim(1);
    int[] extents = Arrays.copyOf(idsShape.toArray(), idsShape.rank() + 1);
    extents[idsShape.rank()] = width;
    NdArray y = table.value().fresh(Shape.of(extents));
    float[] to = y.writable();
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= shape.dim(0)) {
        throw new ShapeException(
            "embedding", "id " + ids[i] + " is not in a table of " + shape.dim(0) + " entries");
      }
      System.arraycopy(table.value().array(), ids[i] * width, to, i * width, width);
    }
    return Tensor.result(y, new Embedding(table.edge(), ids.clone()));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(table);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(table, () -> tableGradient(dy));
  }

  /// dL/dtable[id] = Σ dy over the places where the id stands
  private NdArray tableGradient(NdArray dy) {
    NdArray d = dy.freshZeros(table.shape());
    int width = table.shape().dim(1);
    float[] from = dy.array();
    float[] to = d.writable();
    for (int i = 0; i < ids.length; i++) {
      for (int c = 0; c < width; c++) {
        to[ids[i] * width + c] += from[i * width + c];
      }
    }
    return d;
  }
}
