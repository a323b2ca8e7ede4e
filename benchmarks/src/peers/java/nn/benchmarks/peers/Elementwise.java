package nn.benchmarks.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import nn.core.NdArray;
import nn.core.PoolSettings;
import nn.core.Shape;
import nn.core.Tensor;
import nn.core.Workspace;

/// Operations that memory, or the exponential, sets the pace of.
final class Elementwise {
  private static final Shape ROWS = Shape.of(1024, 1024);
  private static final Shape IMAGES = Shape.of(8, 64, 56, 56);

  private final List<Work> all = new ArrayList<>();

  private Elementwise() {}

  static List<Work> all() {
    Elementwise e = new Elementwise();
    String heavy = "softmax, norms, exponentials";
    long rows = ROWS.size();
    long images = IMAGES.size();
    e.add(heavy, "softmax", 1.3, ROWS, rows, rows, Tensor::softmax, x -> x.softmax(-1));
    NdArray ones = NdArray.full(Shape.of(1024), 1);
    NdArray zeros = NdArray.zeros(Shape.of(1024));
    e.add(
        heavy, "layer norm", 1.3, ROWS, rows, rows,
        x -> x.layerNorm(Tensor.constant(ones), Tensor.constant(zeros), 1e-5f),
        x -> LayerNorm
            .layerNorm(
                x, new ai.djl.ndarray.types.Shape(1024), Held.array(ones), Held.array(zeros),
                1e-5f)
            .singletonOrThrow());
    e.add(heavy, "GELU", 1.3, ROWS, rows, rows, Tensor::gelu, Activation::gelu);
    e.add(heavy, "tanh", 1.3, ROWS, rows, rows, Tensor::tanh, NDArray::tanh);
    NdArray gamma = NdArray.full(Shape.of(64), 1);
    NdArray beta = NdArray.zeros(Shape.of(64));
    NdArray mean = NdArray.zeros(Shape.of(64));
    NdArray variance = NdArray.full(Shape.of(64), 1);
    e.add(
        heavy, "batch norm in training", 1.3, IMAGES, images, images,
        x -> x.batchNorm(
            Tensor.constant(gamma), Tensor.constant(beta), mean, variance, 0.1f, 1e-5f),
        x -> BatchNorm
            .batchNorm(
                x, Held.array(mean), Held.array(variance), Held.array(gamma), Held.array(beta), 1,
                0.1f, 1e-5f, true)
            .singletonOrThrow());
    String light = "ReLU, add, pooling";
    e.add(light, "ReLU", 0.95, IMAGES, images, images, Tensor::relu, Activation::relu);
    e.add(light, "add", 0.95, IMAGES, images, 0, x -> x.plus(x), x -> x.add(x));
    Shape stem = Shape.of(8, 64, 112, 112);
    ai.djl.ndarray.types.Shape two = new ai.djl.ndarray.types.Shape(2, 2);
    e.add(
        light, "max pooling 3×3, step 2", 0.95, stem, stem.size() / 4, stem.size() / 4,
        x -> x.maxPool2d(PoolSettings.of(3).stride(2).padding(1)),
        x -> Pool.maxPool2d(
            x, new ai.djl.ndarray.types.Shape(3, 3), two, new ai.djl.ndarray.types.Shape(1, 1),
            false));
    e.add(
        light, "average pooling 2×2", 0.95, stem, stem.size() / 4, 0, x -> x.avgPool2d(PoolSettings.of(2)),
        x -> Pool.avgPool2d(x, two, two, new ai.djl.ndarray.types.Shape(0, 0), false, true));
    return e.all;
  }

  /// The peer's copies of arrays that last.
  private static final class Held {
    private static final java.util.Map<NdArray, NDArray> ARRAYS = new java.util.IdentityHashMap<>();

    static NDArray array(NdArray x) {
      return ARRAYS.computeIfAbsent(x, Torch::array);
    }
  }

  /// Adds two lines, forward and backward.
  ///
  /// @param out how many numbers the result has
  /// @param kept how many numbers the backward pass needs of the forward pass
  private void add(
      String group, String name, double target, Shape shape, long out, long kept,
      UnaryOperator<Tensor> ours, UnaryOperator<NDArray> peer) {
    String line = name + " of " + shape;
    double both = (double) shape.size() + out;
    all.add(
        new Work(
            group, line + ", forward", "PyTorch", target, false, () -> 0, 4 * both,
            () -> forward(shape, ours, peer)));
    all.add(
        new Work(
            group, line + ", backward", "PyTorch", target, false, () -> 0, 4 * (both + kept),
            () -> backward(shape, ours, peer)));
  }

  private static Work.Sides forward(
      Shape shape, UnaryOperator<Tensor> ours, UnaryOperator<NDArray> peer) {
    Torch.record(false);
    NdArray x = NdArray.normal(shape, 1, new SplittableRandom(1));
    NDArray tx = Torch.array(x);
    Workspace workspace = new Workspace();
    return new Work.Sides(
        Timed.of(() -> {
          var _ = ours.apply(Tensor.constant(workspace.adopt(x)));
          workspace.recycle();
        }),
        Timed.of(() -> peer.apply(tx).close()),
        () -> ours.apply(Tensor.constant(x)).value().array(),
        () -> Torch.floats(peer.apply(tx)),
        tx::close);
  }

  private static Work.Sides backward(
      Shape shape, UnaryOperator<Tensor> ours, UnaryOperator<NDArray> peer) {
    Torch.record(true);
    NdArray x = NdArray.normal(shape, 1, new SplittableRandom(1));
    NDArray tx = Torch.array(x);
    NdArray dy =
        NdArray.normal(
            ours.apply(Tensor.constant(x)).shape(), 1, new SplittableRandom(2));
    NDArray tdy = Torch.array(dy);
    Workspace workspace = new Workspace();
    Function<Boolean, Torch.Backward> theirs = keep -> {
      NDArray leaf = Torch.leaf(tx);
      return Torch.backward(leaf, () -> peer.apply(leaf), tdy, keep);
    };
    return new Work.Sides(
        () -> {
          Tensor input = Tensor.variable(workspace.adopt(x));
          NdArray arrived = workspace.adopt(dy);
          Tensor y = ours.apply(input);
          long start = System.nanoTime();
          y.backward(arrived);
          long nanos = System.nanoTime() - start;
          workspace.recycle();
          return nanos;
        },
        () -> theirs.apply(false).nanos(),
        () -> {
          Tensor input = Tensor.variable(x);
          return ours.apply(input).backward(dy).of(input).orElseThrow().array();
        },
        () -> Torch.floats(theirs.apply(true).gradient()),
        () -> {
          tx.close();
          tdy.close();
        });
  }
}
