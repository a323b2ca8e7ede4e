package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Shape;
import nn.core.Tensor;

/// y = Σ x over one axis, which disappears.
public record SumAxis(Tensor x, int axis) implements Op {
  public static Tensor apply(Tensor x, int axis) {
    int fromStart = x.shape().axis(axis);
    return Tensor.result(x.value().sum(fromStart), new SumAxis(x.edge(), fromStart));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    Shape kept = x.shape().with(axis, 1);
    gradients.add( // dL/dx = dy, repeated along the axis
        x, () -> dy.freshZeros(x.shape()).plus(dy.reshape(kept)));
  }
}
