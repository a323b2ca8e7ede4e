package nn.samples;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Shape;
import nn.core.Tensor;
import nn.finetune.ParameterGroup;
import nn.finetune.Sgd;
import nn.layers.Layer;
import nn.layers.Linear;
import nn.layers.Parameter;
import nn.layers.Pass;
import nn.layers.Sequential;

/// Lesson 7: an operation and a layer of one's own, on equal terms with those of the library.
public final class Lesson7CustomOpAndLayer {
  private Lesson7CustomOpAndLayer() {}

  /// y = x² · a, with a one number: a parabola whose steepness is learned.
  ///
  /// The record's header is what is kept until the backward pass: x is needed for both derivatives, a only for that
  /// of x, so a frozen input saves the other's memory.
  record Parabola(Tensor x, Tensor a) implements Op {
    static Tensor apply(Tensor x, Tensor a) {
      NdArray y = x.value().times(x.value()).times(a.value());
      return Tensor.result(y, new Parabola(x, a.keptFor(x)));
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(x, a);
    }

    @Override
    public void backward(NdArray dy, Gradients gradients) {
      gradients.add(x, () -> dy.times(x.value()).times(a.value()).times(2f)); // dL/dx = 2ax · dy
      gradients.add( // dL/da = Σ x² · dy
          a, () -> dy.times(x.value()).times(x.value()).sumTo(a.shape()));
    }
  }

  /// A layer around it: registers its parameter, and lets it in through the pass.
  static final class ParabolaLayer extends Layer {
    private final Parameter steepness = parameter("steepness", NdArray.scalar(1f));

    @Override
    protected Tensor compute(Tensor x, Pass pass) {
      return Parabola.apply(x, steepness.in(pass));
    }
  }

  public static void main(String[] args) {
    // Learn y = 5x² − 3 from examples: the layer's steepness times a line.
    Layer model =
        new Sequential()
            .add("parabola", new ParabolaLayer())
            .add("line", new Linear(1, 1, new SplittableRandom(1)));
    NdArray x = NdArray.uniform(Shape.of(64, 1), -1f, 1f, new SplittableRandom(2));
    NdArray y = x.times(x).times(5f).plus(-3f);

    var optimizer = new Sgd(ParameterGroup.of(model.parameters(), 0.05)).withMomentum(0.9);
    float loss = Float.NaN;
    for (int step = 0; step < 300; step++) {
      Tensor error =
          model.forward(x, Pass.training(step)).meanSquaredError(Tensor.constant(y));
      optimizer.step(error.backward());
      loss = error.value().item();
    }
    float slope =
        model.parameters().at("parabola.steepness").value().item()
            * model.parameters().at("line.weight").value().item();
    float offset = model.parameters().at("line.bias").value().item();
    System.out.printf(Locale.ROOT, "y = %.3f x² + %.3f, squared error %.6f%n", slope, offset, loss);
  }
}
