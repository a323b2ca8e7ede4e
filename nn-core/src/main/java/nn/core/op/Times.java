package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;

/// y = a · b, element by element, the smaller one stretched.
public record Times(Tensor a, Tensor b) implements Op {
  public static Tensor apply(Tensor a, Tensor b) {
    return Tensor.result(a.value().times(b.value()), new Times(a.keptFor(b), b.keptFor(a)));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(a, b);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(a, () -> dy.times(b.value()).sumTo(a.shape())); // dL/da = dy · b
    gradients.add(b, () -> dy.times(a.value()).sumTo(b.shape())); // dL/db = dy · a
  }
}
