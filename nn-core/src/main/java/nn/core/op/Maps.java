package nn.core.op;

import nn.core.NdArray;
import nn.core.kernel.Parallel;

/// Runs an op's loop over whole arrays, in ranges that several threads share. A loop gets a range, never an element, so
/// that it compiles to vector instructions.
final class Maps {
  /// y from x, for `from` ≤ i < `to`.
  interface Loop {
    void run(float[] x, float[] y, int from, int to);
  }

  /// The gradient dx from dy and a kept array (the input or the output), for `from` ≤ i < `to`.
  interface BackwardLoop {
    void run(float[] dy, float[] kept, float[] dx, int from, int to);
  }

  private static final int GRAIN = 1 << 14; // elements: 64 KiB an array, well above the cost of sharing

  private Maps() {}

  static NdArray map(NdArray x, Loop loop) {
    NdArray y = x.fresh(x.shape());
    float[] from = x.array();
    float[] to = y.writable();
    Parallel.range(to.length, GRAIN, (first, end) -> loop.run(from, to, first, end));
    return y;
  }

  static NdArray backward(NdArray dy, NdArray kept, BackwardLoop loop) {
    return backward(dy, kept, dy.fresh(dy.shape()), loop);
  }

  /// The same, written to `dx`.
  static NdArray backward(NdArray dy, NdArray kept, NdArray dx, BackwardLoop loop) {
    float[] arrived = dy.array();
    float[] other = kept.array();
    float[] to = dx.writable();
    Parallel.range(to.length, GRAIN, (first, end) -> loop.run(arrived, other, to, first, end));
    return dx;
  }
}
