package nn.layers;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;

/// A vision transformer (Dosovitskiy et al., "An Image is Worth 16x16 Words", 2020) with
/// torchvision's names and parameters that stand beside layers: what a slot has to carry besides
/// plain chains.
final class VisionTransformer {
  private VisionTransformer() {}

  static Layer create(int side, int patch, int features, int heads, int depth, int classes) {
    RandomGenerator random = new SplittableRandom(1);
    int tokens = (side / patch) * (side / patch) + 1;
    return new Network(tokens, patch, features, heads, depth, classes, random)
        .withHead("heads.head");
  }

  private static final class Network extends Layer {
    private final Parameter classToken; // [1×1×features]
    private final Slot project;
    private final Slot encoder;
    private final Slot heads;

    Network(
        int tokens,
        int patch,
        int features,
        int heads,
        int depth,
        int classes,
        RandomGenerator random) {
      super();
      classToken = parameter("class_token", NdArray.zeros(Shape.of(1, 1, features)));
      project = slot("conv_proj", Conv2d.of(3, features, patch).stride(patch).build(random));
      encoder = slot("encoder", new Encoder(tokens, features, heads, depth, random));
      this.heads =
          slot("heads", new Sequential().add("head", new Linear(features, classes, random)));
    }

    @Override
    protected Tensor compute(Tensor x, Pass pass) {
      Tensor patches = project.forward(x, pass); // [batch × features × rows × columns]
      int batch = patches.shape().dim(0);
      int features = patches.shape().dim(1);
      Tensor words = patches.flatten(2).permute(0, 2, 1); // [batch × words × features]
      Tensor first = Tensor.constant(x.value().freshZeros(Shape.of(batch, 1, features)));
      Tensor all = first.plus(classToken.in(pass)).concat(1, words);
      Tensor seen = encoder.forward(all, pass).narrow(1, 0, 1); // what the first word became
      return heads.forward(seen.reshape(batch, features), pass);
    }
  }

  private static final class Encoder extends Layer {
    private final Parameter positions; // [1 × words × features]
    private final Slot layers;
    private final Slot norm;

    Encoder(int tokens, int features, int heads, int depth, RandomGenerator random) {
      super();
      positions =
          parameter("pos_embedding", NdArray.normal(Shape.of(1, tokens, features), .02f, random));
      Sequential blocks = new Sequential();
      for (int i = 0; i < depth; i++) {
        blocks.add("encoder_layer_" + i, new Block(features, heads, random));
      }
      layers = slot("layers", blocks);
      norm = slot("ln", new LayerNorm(features, 1e-6f));
    }

    @Override
    protected Tensor compute(Tensor x, Pass pass) {
      return norm.forward(layers.forward(x.plus(positions.in(pass)), pass), pass);
    }
  }

  private static final class Block extends Layer {
    private final Slot norm1;
    private final Slot attention;
    private final Slot norm2;
    private final Slot mlp;

    Block(int features, int heads, RandomGenerator random) {
      super();
      norm1 = slot("ln_1", new LayerNorm(features, 1e-6f));
      attention = slot("self_attention", new MultiHeadAttention(features, heads, random));
      norm2 = slot("ln_2", new LayerNorm(features, 1e-6f));
      mlp =
          slot(
              "mlp",
              Sequential.of(
                  new Linear(features, 4 * features, random),
                  Activation.gelu(),
                  new Dropout(0),
                  new Linear(4 * features, features, random)));
    }

    @Override
    protected Tensor compute(Tensor x, Pass pass) {
      Tensor y = x.plus(attention.forward(norm1.forward(x, pass), pass));
      return y.plus(mlp.forward(norm2.forward(y, pass), pass));
    }
  }
}
