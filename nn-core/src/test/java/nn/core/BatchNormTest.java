package nn.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchNormTest {
  private final SplittableRandom random = new SplittableRandom(1);

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 20})
  void aRectifierGivesTheSameBitsWithinANormAndBehindIt(int side) {
    Shape images = Shape.of(3, 5, side, side);
    List<NdArray> inputs =
        List.of(
            NdArray.normal(images, 4, random), NdArray.normal(Shape.of(5), 2, random),
            NdArray.normal(Shape.of(5), 2, random));
    NdArray dy = NdArray.normal(images, 1, random);
    NdArray mean = NdArray.normal(Shape.of(5), 1, random);
    NdArray variance = NdArray.uniform(Shape.of(5), 1, 2, random);
    for (Limits limits : List.of(Limits.RELU, Limits.RELU6)) {
      same(
          inputs, dy,
          in -> norm(in, mean, variance, limits),
          in -> limited(norm(in, mean, variance, Limits.NONE), limits));
      same(
          inputs, dy,
          in -> in[0].batchNormInference(in[1], in[2], mean, variance, 1e-5f, limits),
          in -> limited(
              in[0].batchNormInference(in[1], in[2], mean, variance, 1e-5f, Limits.NONE), limits));
    }
  }

  private interface Function {
    Tensor of(Tensor... in);
  }

  private static Tensor norm(Tensor[] in, NdArray mean, NdArray variance, Limits limits) {
    return in[0].batchNorm(in[1], in[2], mean.copy(), variance.copy(), 0.1f, 1e-5f, limits);
  }

  private static Tensor limited(Tensor y, Limits limits) {
    return limits.equals(Limits.RELU) ? y.relu() : y.relu6();
  }

  private static void same(List<NdArray> inputs, NdArray dy, Function together, Function apart) {
    Tensor[] first = inputs.stream().map(Tensor::variable).toArray(Tensor[]::new);
    Tensor[] second = inputs.stream().map(Tensor::variable).toArray(Tensor[]::new);
    Tensor one = together.of(first);
    Tensor two = apart.of(second);
    assertArrayEquals(bits(two.value()), bits(one.value()));
    Gradients ones = one.backward(dy);
    Gradients twos = two.backward(dy);
    for (int i = 0; i < first.length; i++) {
      assertArrayEquals(
          bits(twos.of(second[i]).orElseThrow()), bits(ones.of(first[i]).orElseThrow()),
          "gradient of input " + i);
    }
  }

  /// Without the sign of zeros: where a rectifier cuts, the scalar kernels multiply by zero.
  private static float[] bits(NdArray x) {
    return x.plus(0f).array();
  }
}
