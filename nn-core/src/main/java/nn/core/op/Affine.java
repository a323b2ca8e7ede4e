package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Shape;
import nn.core.ShapeException;
import nn.core.Tensor;
import org.jspecify.annotations.Nullable;

/// y = x · wᵀ + b, with x `[…×in]`, w `[out×in]`, b `[out]`, y `[…×out]`. Leading axes of x are folded into one batch.
public record Affine(Tensor x, Tensor w, @Nullable Tensor b) implements Op {
  public static Tensor apply(Tensor x, Tensor w, @Nullable Tensor b) {
    check(x.shape(), w.shape(), b);
    NdArray y = rows(x.value()).matmulTransposed(w.value());
    if (b != null) {
      addToRows(y.writable(), b.value().array());
    }
    return Tensor.result(
        y.reshape(x.shape().with(-1, w.shape().dim(0))),
        new Affine(x.keptFor(w), w.keptFor(x), b == null ? null : b.edge()));
  }

  @Override
  public List<Tensor> inputs() {
    return b == null ? List.of(x, w) : List.of(x, w, b);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    NdArray d = rows(dy);
    gradients.add(x, () -> d.matmul(w.value()).reshape(x.shape())); // dL/dx = dy · W
    gradients.add(w, () -> d.transposedMatmul(rows(x.value()))); // dL/dW = dyᵀ · x
    if (b != null) {
      gradients.add(b, () -> d.sum(0)); // dL/db = Σ over the batch
    }
  }

  private static void check(Shape x, Shape w, @Nullable Tensor b) {
    if (x.rank() < 1 || w.rank() != 2) {
      throw new ShapeException("affine", x + " · " + w + "ᵀ: the weight must be [out×in]");
    }
    if (x.dim(-1) != w.dim(1)) {
      throw new ShapeException(
          "affine",
          x + " · " + w + "ᵀ: inner extents differ, " + x.dim(-1) + " ≠ " + w.dim(1));
    }
    if (b != null && !b.shape().equals(Shape.of(w.dim(0)))) {
      throw new ShapeException(
          "affine", "a bias " + b.shape() + " for a weight " + w + ": must be [" + w.dim(0) + "]");
    }
  }

  private static NdArray rows(NdArray x) {
    int width = x.shape().dim(-1);
    return x.reshape(Shape.of(x.shape().sizeOf(0, x.shape().rank() - 1), width));
  }

  private static void addToRows(float[] y, float[] b) {
    for (int at = 0; at < y.length; at += b.length) {
      for (int i = 0; i < b.length; i++) {
        y[at + i] += b[i];
      }
    }
  }
}
