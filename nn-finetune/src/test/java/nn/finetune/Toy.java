package nn.finetune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Shape;
import nn.core.Tensor;
import nn.finetune.data.Batch;
import nn.layers.Buffer;
import nn.layers.Layer;
import nn.layers.Parameter;
import nn.layers.Pass;

/// Networks so small that tests can say their gradients by hand.
final class Toy {
  private Toy() {}

  /// Σ cᵢ · wᵢ, so that the gradient of w is c.
  record WeightedSum(Tensor w, NdArray c) implements Op {
    static Tensor apply(Tensor w, NdArray c) {
      float sum = 0;
      for (int i = 0; i < c.size(); i++) {
        sum += c.array()[i] * w.value().array()[i];
      }
      return Tensor.result(NdArray.scalar(sum), new WeightedSum(w, c));
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(w);
    }

    @Override
    public void backward(NdArray dy, Gradients gradients) {
      gradients.add(w, () -> c.times(dy.item()));
    }
  }

  /// a + b for two numbers.
  record Both(Tensor a, Tensor b) implements Op {
    static Tensor apply(Tensor a, Tensor b) {
      return Tensor.result(a.value().plus(b.value()), new Both(a.edge(), b.edge()));
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(a, b);
    }

    @Override
    public void backward(NdArray dy, Gradients gradients) {
      gradients.add(a, () -> dy);
      gradients.add(b, () -> dy);
    }
  }

  /// A layer with a weight and a bias and a buffer; what it computes is left to the test.
  static final class Part extends Layer {
    final Parameter weight;
    final Parameter bias;
    final Buffer seen;

    Part(float... weight) {
      this.weight = parameter("weight", NdArray.vector(weight));
      this.bias = parameter("bias", NdArray.vector(0f));
      this.seen = buffer("seen", NdArray.vector(0f));
    }

    @Override
    protected Tensor compute(Tensor x, Pass pass) {
      if (pass.isTraining()) {
        seen.value().writable()[0]++;
      }
      return Both.apply(x, loss(pass));
    }

    /// A loss whose gradient is 1 for each weight, and 2 for the bias.
    Tensor loss(Pass pass) {
      NdArray ones = NdArray.full(weight.shape(), 1f);
      return Both.apply(
          WeightedSum.apply(weight.in(pass), ones),
          WeightedSum.apply(bias.in(pass), NdArray.vector(2f)));
    }
  }

  /// x · Wᵀ.
  record Product(Tensor x, Tensor w) implements Op {
    static Tensor apply(Tensor x, Tensor w) {
      return Tensor.result(x.value().matmulTransposed(w.value()), new Product(x, w));
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(x, w);
    }

    @Override
    public void backward(NdArray dy, Gradients gradients) {
      gradients.add(x, () -> dy.matmul(w.value()));
      gradients.add(w, () -> dy.transposedMatmul(x.value()));
    }
  }

  /// A layer that multiplies by its weight, and counts its training passes in a buffer.
  static final class Scores extends Layer {
    final Parameter weight;
    final Buffer seen;

    Scores(int in, int out, long seed) {
      weight =
          parameter(
              "weight",
              NdArray.uniform(Shape.of(out, in), -0.5f, 0.5f, new SplittableRandom(seed)));
      seen = buffer("seen", NdArray.vector(0f));
    }

    @Override
    protected Tensor compute(Tensor x, Pass pass) {
      if (pass.isTraining()) {
        seen.value().writable()[0]++;
      }
      return Product.apply(x, weight.in(pass));
    }
  }

  /// Batches of points, whose class is the place of their largest coordinate.
  static List<Batch> points(int batches, int size, int classes, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Batch> all = new ArrayList<>();
    for (int b = 0; b < batches; b++) {
      NdArray points = NdArray.uniform(Shape.of(size, classes), -1f, 1f, random);
      int[] indices = new int[size];
      for (int i = 0; i < size; i++) {
        indices[i] = b * size + i;
      }
      all.add(new Batch(points, Predictions.largest(points), indices));
    }
    return all;
  }

  /// A layer without parameters.
  static final class Plain extends Layer {
    @Override
    protected Tensor compute(Tensor x, Pass pass) {
      return x;
    }
  }

  /// Named parts, one after another.
  static final class Net extends Layer {
    Net(Object... namesAndLayers) {
      for (int i = 0; i < namesAndLayers.length; i += 2) {
        slot((String) namesAndLayers[i], (Layer) namesAndLayers[i + 1]);
      }
    }

    @Override
    protected Tensor compute(Tensor x, Pass pass) {
      Tensor y = x;
      for (var slot : slots()) {
        y = slot.forward(y, pass);
      }
      return y;
    }
  }

  /// The gradients when that of this parameter is `gradient`.
  static Gradients gradients(Parameter parameter, float... gradient) {
    return WeightedSum.apply(parameter.in(pass()), NdArray.vector(gradient)).backward();
  }

  static Pass pass() {
    return Pass.training(1);
  }

  static float[] numbers(Parameter parameter) {
    return Arrays.copyOf(parameter.value().array(), parameter.value().size());
  }
}
