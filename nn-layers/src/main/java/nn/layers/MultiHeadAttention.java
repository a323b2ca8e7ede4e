package nn.layers;

import java.util.random.RandomGenerator;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.ShapeException;
import nn.core.Tensor;

/// Every position of a sequence looks at all positions and takes a weighted mean of what they
/// offer; so does each head by itself, on its share of the features. For one head, with Q, K, V
/// three linear maps of x: y = softmax(Q · Kᵀ / √d) · V. A last linear map mixes the heads. Vaswani
/// et al., "Attention Is All You Need", 2017.
///
/// | | shape |
/// | --- | --- |
/// | x, y | `[batch × length × features]` |
/// | `in_proj_weight`, `in_proj_bias` | `[3·features × features]`, `[3·features]`: Q above K above V |
/// | `out_proj.weight`, `out_proj.bias` | `[features × features]`, `[features]` |
///
/// The names are PyTorch's.
public final class MultiHeadAttention extends Layer {
  private final int features;
  private final int heads;
  private final Parameter weight; // [3·features × features]
  private final Parameter bias; // [3·features]
  private final Slot outProj;

  /// @param features how long the vector at each position is
  /// @param heads into how many shares the features are split
  /// @throws IllegalArgumentException if the heads do not divide the features
  public MultiHeadAttention(int features, int heads, RandomGenerator random) {
    if (features < 1 || heads < 1 || features % heads != 0) {
      throw new IllegalArgumentException(
          "heads must divide features, got " + heads + " heads and " + features + " features");
    }
    super();
    this.features = features;
    this.heads = heads;
    weight = parameter("in_proj_weight", Init.xavier(Shape.of(3 * features, features), random));
    bias = parameter("in_proj_bias", NdArray.zeros(Shape.of(3 * features)));
    outProj = slot("out_proj", new Linear(features, features, random));
  }

  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    if (x.shape().rank() != 3 || x.shape().dim(2) != features) {
      throw new ShapeException(
          "attention", "needs [batch×length×" + features + "], got " + x.shape());
    }
    int batch = x.shape().dim(0);
    int length = x.shape().dim(1);
    Tensor qkv = x.affine(weight.in(pass), bias.in(pass)); // [batch × length × 3·features]
    Tensor split = qkv.reshape(batch, length, 3, heads, features / heads).permute(2, 0, 3, 1, 4);
    Shape perHead = Shape.of(batch, heads, length, features / heads);
    Tensor q = split.narrow(0, 0, 1).reshape(perHead);
    Tensor k = split.narrow(0, 1, 1).reshape(perHead);
    Tensor v = split.narrow(0, 2, 1).reshape(perHead);
    Tensor mixed = q.attention(k, v).permute(0, 2, 1, 3); // [batch × length × heads × …]
    return outProj.forward(mixed.reshape(batch, length, features), pass);
  }

  /// `MultiHeadAttention 192, 3 heads`
  @Override
  public String describe() {
    return "MultiHeadAttention " + features + ", " + heads + " heads";
  }
}
