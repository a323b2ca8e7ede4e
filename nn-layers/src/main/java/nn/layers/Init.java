package nn.layers;

import java.util.random.RandomGenerator;
import nn.core.NdArray;
import nn.core.Shape;

/// How weights are drawn before training.
public final class Init {
  private Init() {}

  /// Even draws between −√(6/fanIn) and √(6/fanIn), so that a layer of rectifiers keeps the
  /// variance of its input: He et al., "Delving Deep into Rectifiers", 2015. `fanIn` is the product
  /// of all extents but the first.
  public static NdArray kaiming(Shape shape, RandomGenerator random) {
    float bound = (float) Math.sqrt(6.0 / Math.max(1, fanIn(shape)));
    return NdArray.uniform(shape, -bound, bound, random);
  }

  /// Even draws within ±1/√fanIn: what PyTorch gives a bias and, by its default, a linear weight.
  public static NdArray uniformFanIn(Shape shape, int fanIn, RandomGenerator random) {
    float bound = (float) (1.0 / Math.sqrt(Math.max(1, fanIn)));
    return NdArray.uniform(shape, -bound, bound, random);
  }

  /// Even draws within ±√(6/(fanIn+fanOut)): Glorot and Bengio, "Understanding the difficulty of
  /// training deep feedforward neural networks", 2010.
  public static NdArray xavier(Shape shape, RandomGenerator random) {
    int fanIn = fanIn(shape);
    int fanOut = shape.dim(0) * shape.sizeOf(2, shape.rank());
    float bound = (float) Math.sqrt(6.0 / Math.max(1, fanIn + fanOut));
    return NdArray.uniform(shape, -bound, bound, random);
  }

  /// How many inputs one output is computed from.
  public static int fanIn(Shape weight) {
    return weight.sizeOf(1, weight.rank());
  }
}
