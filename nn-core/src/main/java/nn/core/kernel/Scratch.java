package nn.core.kernel;

/// Working memory that a thread keeps from one kernel call to the next. There are several kinds of it, as what a call has prepared
/// must stay untouched while its chunks run, some of them on the same thread: no call asks for a kind that a caller on its thread
/// still uses.
final class Scratch {
  static final Scratch TILE = new Scratch();
  static final Scratch LANES = new Scratch();
  static final Scratch TRANSPOSE = new Scratch();
  static final Scratch STAGE = new Scratch();
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

  private final ThreadLocal<float[]> kept = ThreadLocal.withInitial(() -> new float[0]);

  private Scratch() {}

  /// At least `size` numbers, with whatever was in them.
  float[] floats(int size) {
    float[] floats = kept.get();
    if (floats.length < size) {
      floats = new float[size < MOST_KEPT / 2 ? size + size / 4 : size];
      if (floats.length <= MOST_KEPT) {
        kept.set(floats);
      }
    }
    return floats;
  }
}
