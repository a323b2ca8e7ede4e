package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;

/// y = Σ x, one number.
public record Sum(Tensor x) implements Op {
  public static Tensor apply(Tensor x) {
    return Tensor.result(x.value().sum(), new Sum(x.edge()));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> dy.freshFull(x.shape(), dy.item())); // dL/dx = dy, everywhere
  }
}
