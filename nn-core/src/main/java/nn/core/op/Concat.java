package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;

/// y = the parts, one after another along an axis.
public record Concat(List<Tensor> parts, int axis) implements Op {
  public static Tensor apply(List<Tensor> parts, int axis) {
    int fromStart = parts.getFirst().shape().axis(axis);
    NdArray y =
        NdArray.concat(fromStart, parts.stream().map(Tensor::value).toArray(NdArray[]::new));
    return Tensor.result(y, new Concat(parts.stream().map(Tensor::edge).toList(), fromStart));
  }

  @Override
  public List<Tensor> inputs() {
    return parts;
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    int at = 0;
    for (Tensor part : parts) {
      int from = at;
      int length = part.shape().dim(axis);
      gradients.add(part, () -> dy.narrow(axis, from, length)); // dL/dpart = its part of dy
      at += length;
    }
  }
}
