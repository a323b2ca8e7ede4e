package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;

/// y = x · factor, for a number that is not trained.
public record Scale(Tensor x, float factor) implements Op {
  public static Tensor apply(Tensor x, float factor) {
    return Tensor.result(x.value().times(factor), new Scale(x.edge(), factor));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> dy.times(factor)); // dL/dx = dy · factor
  }
}
