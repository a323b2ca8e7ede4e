package nn.layers;

import java.util.random.RandomGenerator;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;

/// A table of vectors, looked up by number: y[…, :] = weight[x[…], :]. The input holds whole
/// numbers, such as tokens; no gradient flows into it.
///
/// x is `[batch × …]`, `weight` `[count × features]`, y `[batch × … × features]`.
public final class Embedding extends Layer {
  private final Parameter weight; // [count × features]

  /// Draws the vectors from the normal distribution.
  ///
  /// @param count how many vectors there are: x lies between 0 and `count` − 1
  /// @param features how long each is
  /// @throws IllegalArgumentException if one is below 1
  public Embedding(int count, int features, RandomGenerator random) {
    if (count < 1 || features < 1) {
      throw new IllegalArgumentException(
          "count and features must be positive, got " + count + " and " + features);
    }
    super();
    weight = parameter("weight", NdArray.normal(Shape.of(count, features), 1f, random));
  }

  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    float[] numbers = x.value().array();
    int[] ids = new int[x.shape().size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) numbers[i];
      if (ids[i] != numbers[i]) {
        throw new IllegalArgumentException(
            "an embedding looks up whole numbers, got " + numbers[i] + " at position " + i);
      }
    }
    return weight.in(pass).rows(ids, x.shape());
  }

  /// `Embedding 1000×64`
  @Override
  public String describe() {
    return "Embedding " + weight.shape().dim(0) + "×" + weight.shape().dim(1);
  }
}
