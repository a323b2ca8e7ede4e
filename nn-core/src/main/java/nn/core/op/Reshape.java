package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Shape;
import nn.core.Tensor;

/// y = the numbers of x under another shape. Shares them.
public record Reshape(Tensor x) implements Op {
  public static Tensor apply(Tensor x, Shape shape) {
    return Tensor.result(x.value().reshape(shape), new Reshape(x.edge()));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> dy.reshape(x.shape())); // dL/dx = dy in the old shape
  }
}
