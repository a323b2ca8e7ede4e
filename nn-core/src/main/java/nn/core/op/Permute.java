package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;

/// y = x with its axes in another order.
public record Permute(Tensor x, int[] axes) implements Op {
  public static Tensor apply(Tensor x, int... axes) {
    return Tensor.result(x.value().permute(axes), new Permute(x.edge(), axes.clone()));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    int[] back = new int[axes.length];
    for (int axis = 0; axis < axes.length; axis++) {
      back[x.shape().axis(axes[axis])] = axis;
    }
    gradients.add(x, () -> dy.permute(back)); // dL/dx = dy with the axes back in their places
  }
}
