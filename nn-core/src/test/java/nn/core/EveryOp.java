package nn.core;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Every operation with inputs for it: odd sizes, away from the places where it has no derivative.
final class EveryOp {
  /// One use of an operation.
  ///
  /// @param op the name of its class in nn.core.op
  record Case(
      String op, String name, NdArray[] inputs,
      @Nullable Function<Tensor[], Tensor> function) {
    Case(String name, NdArray[] inputs, @Nullable Function<Tensor[], Tensor> function) {
      this("", name, inputs, function);
    }

    Tensor apply(Tensor[] tensors) {
      if (function == null) {
        throw new IllegalStateException("this case has inputs alone");
      }
      return function.apply(tensors);
    }

    Tensor[] constants() {
      Tensor[] tensors = new Tensor[inputs.length];
      for (int i = 0; i < tensors.length; i++) {
        tensors[i] = Tensor.constant(inputs[i]);
      }
      return tensors;
    }

    Tensor[] variables() {
      Tensor[] tensors = new Tensor[inputs.length];
      for (int i = 0; i < tensors.length; i++) {
        tensors[i] = Tensor.variable(inputs[i]);
      }
      return tensors;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private final SplittableRandom random;
  private final List<Case> cases = new ArrayList<>();

  private EveryOp(long seed) {
    random = new SplittableRandom(seed);
  }

  static List<Case> cases(long seed) {
    EveryOp every = new EveryOp(seed);
    every.arithmetic();
    every.maps();
    every.rearrangements();
    every.images();
    every.norms();
    every.losses();
    return every.cases;
  }

  private void arithmetic() {
    add("Plus", in -> in[0].plus(in[1]), normal(3, 5), normal(3, 5));
    add("Plus", "stretched", in -> in[0].plus(in[1]), normal(2, 3, 5), normal(3, 1));
    Limits limits = new Limits(-1.1f, 1.1f);
    add("LimitedSum", in -> in[0].plus(in[1], limits), apart(3, 5), NdArray.zeros(Shape.of(3, 5)));
    add("Minus", in -> in[0].minus(in[1]), normal(2, 3, 5), normal(5));
    add("Times", in -> in[0].times(in[1]), normal(1, 5), normal(4, 1));
    add("DividedBy", in -> in[0].dividedBy(in[1]), normal(2, 3), apart(2, 1));
    add("Shift", in -> in[0].plus(3f), normal(3, 5));
    add("Scale", in -> in[0].times(-1.5f), normal(3, 5));
    add("Matmul", in -> in[0].matmul(in[1]), normal(3, 7), normal(7, 5));
    add("Matmul", "of a batch", in -> in[0].matmul(in[1]), normal(2, 3, 4), normal(2, 4, 5));
    add("Affine", in -> in[0].affine(in[1], in[2]), normal(3, 7), normal(5, 7), normal(5));
    add("Affine", "without bias", in -> in[0].affine(in[1]), normal(2, 3, 7), normal(5, 7));
    add("Sum", in -> in[0].sum(), normal(3, 5));
    add("SumAxis", in -> in[0].sum(1), normal(2, 3, 5));
  }

  private void maps() {
    add("Exp", in -> in[0].exp(), normal(3, 7));
    add("Log", in -> in[0].log(), NdArray.uniform(Shape.of(3, 7), 0.5f, 3, random));
    add("Tanh", in -> in[0].tanh(), normal(3, 7));
    add("Sigmoid", in -> in[0].sigmoid(), normal(3, 7));
    add("Rectifier", in -> in[0].relu(), apart(3, 7));
    add("Rectifier", "with an upper limit", in -> in[0].times(4f).relu6(), apart(3, 7));
    add("LeakyRelu", in -> in[0].leakyRelu(0.1f), apart(3, 7));
    add("Elu", in -> in[0].elu(1.5f), apart(3, 7));
    add("Gelu", in -> in[0].gelu(), normal(3, 7));
    add("GeluTanh", in -> in[0].geluTanh(), normal(3, 7));
    add("Silu", in -> in[0].silu(), normal(3, 7));
    add("HardSigmoid", in -> in[0].hardSigmoid(), apart(3, 7));
    add("HardSwish", in -> in[0].hardSwish(), apart(3, 7));
    add("Softplus", in -> in[0].softplus(), normal(3, 7));
    add("Softmax", in -> in[0].softmax(), normal(3, 7));
    add("LogSoftmax", in -> in[0].logSoftmax(), normal(3, 7));
  }

  private void rearrangements() {
    add("Reshape", in -> in[0].reshape(5, 6), normal(2, 3, 5));
    add("Permute", in -> in[0].permute(2, 0, 1), normal(2, 3, 5));
    add("Concat", in -> in[0].concat(1, in[1]), normal(2, 3, 5), normal(2, 2, 5));
    add("Narrow", in -> in[0].narrow(1, 1, 2), normal(2, 4, 3));
    add("Embedding", in -> in[0].rows(new int[] {2, 0, 2, 1}, Shape.of(2, 2)), normal(4, 3));
  }

  private void images() {
    ConvSettings s = ConvSettings.DEFAULT;
    convolution("3×3", s.padding(1), 3, 5, 1);
    convolution("with strides", s.stride(2, 3).padding(1, 2), 3, 5, 1);
    convolution("dilated", s.dilation(2).padding(2), 3, 4, 1);
    convolution("in groups", s.groups(2).padding(1), 4, 6, 2);
    convolution("depthwise", s.groups(5).padding(1), 5, 5, 5);
    convolution("of whole vectors", s.padding(1), 16, 16, 1);
    add("MaxPool2d", in -> in[0].maxPool2d(PoolSettings.of(2)), distinct(2, 3, 6, 8));
    add(
        "MaxPool2d", "overlapping", in -> in[0].maxPool2d(PoolSettings.of(3).stride(2).padding(1)),
        distinct(2, 3, 7, 6));
    add(
        "AvgPool2d", in -> in[0].avgPool2d(PoolSettings.of(3).stride(2).padding(1)),
        normal(2, 3, 7, 6));
    add("AdaptiveAvgPool2d", in -> in[0].adaptiveAvgPool2d(3, 2), normal(2, 3, 7, 5));
    add("GlobalAvgPool2d", in -> in[0].globalAvgPool2d(), normal(2, 3, 7, 5));
  }

  private void convolution(String name, ConvSettings s, int in, int out, int groups) {
    add(
        "Conv2d", name, t -> t[0].conv2d(t[1], t[2], s), normal(2, in, 9, 8),
        normal(out, in / groups, 3, 3), normal(out));
  }

  private void norms() {
    NdArray mean = normal(5);
    NdArray variance = NdArray.uniform(Shape.of(5), 0.5f, 2, random);
    add(
        "BatchNorm",
        in -> in[0].batchNorm(in[1], in[2], mean.copy(), variance.copy(), 0.1f, 1e-5f),
        normal(3, 5, 2, 3), normal(5), normal(5));
    add(
        "BatchNormInference",
        in -> in[0].batchNormInference(in[1], in[2], mean, variance, 1e-5f),
        normal(3, 5, 2, 3), normal(5), normal(5));
    NdArray unit = NdArray.full(Shape.of(5), 1f);
    NdArray zero = NdArray.zeros(Shape.of(5));
    Limits limits = new Limits(-0.9f, 0.9f);
    add( // apart from the limits: each channel has as many of each of these numbers as of its negative
        "BatchNorm", "with a rectifier",
        in -> in[0].batchNorm(in[1], in[2], zero.copy(), unit.copy(), 0.1f, 1e-5f, limits),
        symmetric(4, 5, 2, 3), NdArray.uniform(Shape.of(5), 0.9f, 1.1f, random),
        NdArray.uniform(Shape.of(5), -0.1f, 0.1f, random));
    add(
        "BatchNormInference", "with a rectifier",
        in -> in[0].batchNormInference(in[1], in[2], zero, unit, 1e-5f, limits),
        symmetric(4, 5, 2, 3), NdArray.uniform(Shape.of(5), 0.9f, 1.1f, random),
        NdArray.uniform(Shape.of(5), -0.1f, 0.1f, random));
    add(
        "LayerNorm", in -> in[0].layerNorm(in[1], in[2], 1e-5f), normal(3, 7), normal(7),
        normal(7));
    add(
        "GroupNorm", in -> in[0].groupNorm(2, in[1], in[2], 1e-5f), normal(2, 4, 3, 3), normal(4),
        normal(4));
  }

  private void losses() {
    int[] labels = {2, 0, 6};
    add("CrossEntropy", in -> in[0].crossEntropy(labels), normal(3, 7));
    add(
        "CrossEntropy", "smoothed and weighted",
        in -> in[0].crossEntropy(labels, 0.1f, NdArray.vector(1, 2, 3, 4, 5, 6, 7)), normal(3, 7));
    add("MeanSquaredError", in -> in[0].meanSquaredError(in[1]), normal(3, 7), normal(3, 7));
    NdArray target = NdArray.uniform(Shape.of(3, 7), 0, 1, random);
    add(
        "BinaryCrossEntropy", in -> in[0].binaryCrossEntropyWithLogits(Tensor.constant(target)),
        normal(3, 7));
    add(
        "Huber", in -> in[0].huber(Tensor.constant(NdArray.zeros(Shape.of(3, 7))), 1.1f),
        apart(3, 7));
  }

  private NdArray normal(int... extents) {
    return NdArray.normal(Shape.of(extents), 1, random);
  }

  /// Numbers from −2 to 2 that keep away from 0, ±1.1 and ±1.5, where rectifiers and their kin have no derivative.
  private NdArray apart(int... extents) {
    NdArray array = NdArray.zeros(Shape.of(extents));
    float[] centres = {-1.8f, -1.3f, -0.6f, 0.6f, 1.3f, 1.8f};
    float[] values = array.writable();
    for (int i = 0; i < values.length; i++) {
      values[i] = centres[random.nextInt(6)] + (random.nextFloat() - 0.5f) * 0.2f;
    }
    return array;
  }

  /// About −1.4, −0.5, 0.5 and 1.4, as many of each in every channel: mean 0 and variance about 1.
  private NdArray symmetric(int batch, int channels, int height, int width) {
    NdArray array = NdArray.zeros(Shape.of(batch, channels, height, width));
    float[] values = array.writable();
    float[] centres = {-1.4f, 0.5f, 1.4f, -0.5f};
    for (int i = 0; i < values.length; i++) {
      int image = i / (channels * height * width);
      values[i] = centres[(image + i) % 4] + (random.nextFloat() - 0.5f) * 0.1f;
    }
    return array;
  }

  /// No two numbers closer than 0.05, in random order.
  private NdArray distinct(int... extents) {
    NdArray array = NdArray.zeros(Shape.of(extents));
    float[] values = array.writable();
    for (int i = 0; i < values.length; i++) {
      int other = random.nextInt(i + 1);
      values[i] = values[other];
      values[other] = 0.05f * (i - values.length / 2);
    }
    return array;
  }

  private void add(String op, Function<Tensor[], Tensor> function, NdArray... inputs) {
    cases.add(new Case(op, op, inputs, function));
  }

  private void add(
      String op, String name, Function<Tensor[], Tensor> function, NdArray... inputs) {
    cases.add(new Case(op, op + " " + name, inputs, function));
  }
}
