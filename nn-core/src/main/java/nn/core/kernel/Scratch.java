package nn.core.kernel;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Working memory that a thread keeps from one kernel call to the next. Each use has its own, so that what a call has
/// prepared stays untouched while its chunks run, some of them on the same thread.
final class Scratch {
  static final Scratch TILE = new Scratch();
  static final Scratch LANES = new Scratch();
  static final Scratch TRANSPOSE = new Scratch();
  static final Scratch PACKED_A = new Scratch();
  static final Scratch PACKED_B = new Scratch();
  static final Scratch IMAGE = new Scratch();
  static final Scratch WEIGHTS = new Scratch();
  static final Scratch PLANES = new Scratch();
  static final Scratch PIXELS = new Scratch();
  static final Scratch OUTPUT = new Scratch();
  static final Scratch GRADIENT = new Scratch();
  static final Scratch SUBSAMPLED = new Scratch();

  private static final int MOST_KEPT = 1 << 24; // floats: 64 MiB; more is left to the garbage collector

  private static final class Kept {
    float[] floats = {};
    @Nullable Object call; // that has filled them
  }

  private final ThreadLocal<Kept> kept = ThreadLocal.withInitial(Kept::new);

  private Scratch() {}

  /// At least `size` numbers, with whatever was in them.
  float[] floats(int size) {
    Kept mine = kept.get();
    mine.call = null;
    if (mine.floats.length < size) {
      float[] floats = new float[size < MOST_KEPT / 2 ? size + size / 4 : size];
      if (floats.length > MOST_KEPT) {
        return floats;
      }
      mine.floats = floats;
    }
    return mine.floats;
  }

  /// The same, filled once by each thread that takes part in a call of a kernel; anew each time if they are too many to be kept.
  ///
  /// @param call stands for the call
  float[] once(Object call, int size, Consumer<float[]> fill) {
    Kept mine = kept.get();
    if (mine.call == call) {
      return mine.floats;
    }
    float[] floats = floats(size);
    fill.accept(floats);
    mine.call = floats == mine.floats ? call : null;
    return floats;
  }
}
