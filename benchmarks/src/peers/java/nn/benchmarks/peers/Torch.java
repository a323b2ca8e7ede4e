package nn.benchmarks.peers;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;
import nn.core.NdArray;

/// PyTorch through DJL.
final class Torch {
  private static final class Held {
    static final NDManager MANAGER = NDManager.newBaseManager();
  }

  private Torch() {}

  /// Must be called before anything else of PyTorch.
  static void threads(int count) {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(count));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    Engine.getInstance();
    if (JniUtils.getNumThreads() != count) {
      throw new IllegalStateException(
          "PyTorch runs on " + JniUtils.getNumThreads() + " threads, not " + count);
    }
  }

  /// Whether operations record what a backward pass needs: off for inference, as PyTorch's users have it.
  static void record(boolean on) {
    JniUtils.setGradMode(on);
  }

  static String version() {
    return "PyTorch " + Engine.getInstance().getVersion();
  }

  static NDManager manager() {
    return Held.MANAGER;
  }

  /// The same numbers in memory that PyTorch has allocated, at an address that suits its vectors: what `create` returns lies in
  /// a buffer of Java's.
  static NDArray array(NdArray x) {
    try (NDArray buffer = manager().create(x.array(), shape(x.shape()))) {
      return buffer.duplicate();
    }
  }

  /// The same; if `channelsLast` and there are four axes, with the second one last in memory.
  static NDArray array(NdArray x, boolean channelsLast) {
    return channelsLast && x.shape().rank() == 4
        ? array(x.permute(0, 2, 3, 1)).transpose(0, 3, 1, 2)
        : array(x);
  }

  static Shape shape(nn.core.Shape shape) {
    long[] extents = new long[shape.rank()];
    for (int i = 0; i < extents.length; i++) {
      extents[i] = shape.dim(i);
    }
    return new Shape(extents);
  }

  /// A leaf with the same numbers that needs a gradient and has none yet: adding to one that is left over would cost time.
  static NDArray leaf(NDArray x) {
    NDArray leaf = x.stopGradient();
    leaf.setRequiresGradient(true);
    return leaf;
  }

  /// The backward pass of a loss, which leaves its gradients multiplied by `factor`.
  static void backward(NDArray loss, float factor) {
    JniUtils.backward(
        (PtNDArray) loss, (PtNDArray) loss.onesLike().muli(factor), false, false);
  }

  /// What a backward pass took, and the gradient of the leaf if it was asked for.
  record Backward(long nanos, NDArray gradient) {}

  /// Times the backward pass alone.
  static Backward backward(NDArray leaf, Supplier<NDArray> forward, NDArray dy, boolean keep) {
    NDArray y = forward.get();
    long start = System.nanoTime();
    JniUtils.backward((PtNDArray) y, (PtNDArray) dy, false, false);
    long nanos = System.nanoTime() - start;
    NDArray gradient = leaf.getGradient();
    y.close();
    leaf.close();
    if (!keep) {
      gradient.close();
    }
    return new Backward(nanos, gradient);
  }

  static float[] floats(NDArray x) {
    return x.toFloatArray();
  }
}
