package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;

/// y = a / b, element by element, the smaller one stretched.
public record DividedBy(Tensor a, Tensor b) implements Op {
  public static Tensor apply(Tensor a, Tensor b) {
    return Tensor.result(a.value().dividedBy(b.value()), new DividedBy(a.keptFor(b), b));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(a, b);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    NdArray byB = dy.dividedBy(b.value());
    gradients.add(a, () -> byB.sumTo(a.shape())); // dL/da = dy / b
    gradients.add( // dL/db = −dy · a / b²
        b, () -> byB.times(a.value()).dividedBy(b.value()).sumTo(b.shape()).times(-1f));
  }
}
