package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.ShapeException;
import nn.core.Tensor;

/// The mean of −t · ln σ(x) − (1 − t) · ln(1 − σ(x)), for logits x and targets t between 0 and 1; computed as
/// max(x, 0) − x·t + ln(1 + e^−|x|), which cannot overflow.
public record BinaryCrossEntropy(Tensor x, Tensor target) implements Op {
  public static Tensor apply(Tensor x, Tensor target) {
    if (!x.shape().equals(target.shape())) {
      throw new ShapeException(
          "binaryCrossEntropyWithLogits", x.shape() + " and " + target.shape() + ": shapes differ");
    }
    float[] logits = x.value().array();
    float[] wanted = target.value().array();
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      double v = logits[i];
      sum += Math.max(v, 0) - v * wanted[i] + Math.log1p(Math.exp(-Math.abs(v)));
    }
    return Tensor.result(
        NdArray.scalar((float) (sum / logits.length)),
        new BinaryCrossEntropy(x, target));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x, target);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    float scale = dy.item() / x.shape().size();
    gradients.add( // dL/dx = dy / n · (σ(x) − t)
        x, () -> Sigmoid.sigmoid(x.value()).minus(target.value()).times(scale));
    gradients.add(target, () -> x.value().times(-scale)); // dL/dt = −dy / n · x
  }
}
