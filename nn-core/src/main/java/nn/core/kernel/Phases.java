package nn.core.kernel;

import java.util.Arrays;

/// Along one axis, input pixels of one phase f (those at i · stride + f) get gradients through the same taps: tap k
/// connects pixel i of the phase with output i + shift.
final class Phases {
  private final int in;
  private final int kernel;
  private final int stride;
  private final int padding;
  private final int dilation;

  /// The smallest and the largest shift, over all phases.
  final int first;
  private final int last;

  Phases(int in, int kernel, int stride, int padding, int dilation) {
    this.in = in;
    this.kernel = kernel;
    this.stride = stride;
    this.padding = padding;
    this.dilation = dilation;
    int smallest = Integer.MAX_VALUE;
    int largest = Integer.MIN_VALUE;
    for (int phase = 0; phase < stride; phase++) {
      for (int tap : taps(phase)) {
        smallest = Math.min(smallest, shift(phase, tap));
        largest = Math.max(largest, shift(phase, tap));
      }
    }
    first = smallest; // a kernel has a tap, and each tap belongs to a phase
    last = largest;
  }

  int reach() {
    return last - first + 1;
  }

  int pixels(int phase) {
    return Math.max(0, Math.ceilDiv(in - phase, stride));
  }

  int shift(int phase, int tap) {
    return Math.floorDiv(phase + padding - tap * dilation, stride);
  }

  int[] taps(int phase) {
    int[] taps = new int[kernel];
    int count = 0;
    for (int tap = 0; tap < kernel; tap++) {
      if (Math.floorMod(phase + padding - tap * dilation, stride) == 0) {
        taps[count++] = tap;
      }
    }
    return Arrays.copyOf(taps, count);
  }
}
