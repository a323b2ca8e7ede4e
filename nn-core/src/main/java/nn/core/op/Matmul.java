package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;

/// y = a · b, a matrix product, or one for each pair of a batch.
public record Matmul(Tensor a, Tensor b) implements Op {
  public static Tensor apply(Tensor a, Tensor b) {
    NdArray y = a.value().matmul(b.value());
    return Tensor.result(y, new Matmul(a.keptFor(b), b.keptFor(a)));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(a, b);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(a, () -> dy.matmulTransposed(b.value())); // dL/da = dy · bᵀ
    gradients.add(b, () -> a.value().transposedMatmul(dy)); // dL/db = aᵀ · dy
  }
}
