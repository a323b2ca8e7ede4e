package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;

/// y = x + addend, for a number that is not trained.
public record Shift(Tensor x) implements Op {
  public static Tensor apply(Tensor x, float addend) {
    return Tensor.result(x.value().plus(addend), new Shift(x.edge()));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> dy); // dL/dx = dy
  }
}
