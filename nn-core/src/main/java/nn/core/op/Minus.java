package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;

/// y = a − b, the smaller one stretched.
public record Minus(Tensor a, Tensor b) implements Op {
  public static Tensor apply(Tensor a, Tensor b) {
    return Tensor.result(a.value().minus(b.value()), new Minus(a.edge(), b.edge()));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(a, b);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(a, () -> dy.sumTo(a.shape())); // dL/da = dy
    gradients.add(b, () -> dy.sumTo(b.shape()).times(-1f)); // dL/db = −dy
  }
}
