package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.Limits;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;

/// y = min(high, max(low, a + b)): the end of a residual block. One pass over memory in place of the two of [Plus] and
/// [Rectifier], and no array between them.
///
/// Keeps y, as [Rectifier] does. NaN stays NaN.
public record LimitedSum(Tensor a, Tensor b, Limits limits, NdArray y) implements Op {
  public static Tensor apply(Tensor a, Tensor b, Limits limits) {
    NdArray y = a.value().plus(b.value(), limits);
    return Tensor.result(y, new LimitedSum(a.edge(), b.edge(), limits, y));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(a, b);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    NdArray d = Rectifier.inputGradient(dy, y, limits, gradients); // of a + b
    gradients.add(a, () -> d); // dL/da = d
    gradients.add(b, () -> d); // dL/db = d
  }
}
