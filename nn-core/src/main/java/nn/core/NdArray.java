package nn.core;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import nn.core.kernel.PackedForms;
import nn.core.kernel.Parallel;
import org.jspecify.annotations.Nullable;

/// Numbers with a shape: dense, row-major, 32-bit floats on the heap. An array has no history: nothing that is
/// computed with it can grow a graph, which is why backward passes and optimizers work on arrays alone.
///
/// Images are `[batch × channels × height × width]`, convolution weights `[out × in × height × width]`, the weights
/// of a linear layer `[out × in]`.
public final class NdArray {
  /// Where the numbers are. Arrays that differ only in shape share one storage.
  static final class Storage {
    float @Nullable [] values; // null once the workspace has taken it back
    final @Nullable Workspace home;
    final int birth; // the home's clock when this was made
    int holders; // who may still need this: gradients that a backward pass has not passed on
    boolean isSpent; // taken back before the pass was closed
    int version;
    @Nullable PackedForms packed;

    Storage(float[] values) {
      this(values, null, 0);
    }

    Storage(float[] values, @Nullable Workspace home, int birth) {
      this.values = values;
      this.home = home;
      this.birth = birth;
    }
  }

  private static final int GRAIN = 1 << 15; // numbers that one thread takes at once

  private final Shape shape;
  final Storage storage;

  NdArray(Shape shape, Storage storage) {
    this.shape = shape;
    this.storage = storage;
  }

  /// The array of this shape with these numbers, row by row. The Java array is used, not copied: who changes it later asks
  /// for [#writable] first.
  ///
  /// @throws ShapeException if there are not as many numbers as the shape asks for
  public static NdArray of(Shape shape, float... values) {
    if (values.length != shape.size()) {
      throw new ShapeException(
          "array", shape + " needs " + shape.size() + " numbers, got " + values.length);
    }
    return new NdArray(shape, new Storage(values));
  }

  /// The vector of these numbers; the Java array is used, not copied.
  public static NdArray vector(float... values) {
    return of(Shape.of(values.length), values);
  }

  /// One number, of shape `[]`.
  public static NdArray scalar(float value) {
    return of(Shape.SCALAR, value);
  }

  /// All zeros.
  public static NdArray zeros(Shape shape) {
    return of(shape, new float[shape.size()]);
  }

  /// The same number everywhere.
  public static NdArray full(Shape shape, float value) {
    NdArray array = zeros(shape);
    Arrays.fill(array.writable(), value);
    return array;
  }

  /// Independent draws, even between `low` and `high`.
  public static NdArray uniform(Shape shape, float low, float high, RandomGenerator random) {
    NdArray array = zeros(shape);
    float[] values = array.writable();
    for (int i = 0; i < values.length; i++) {
      values[i] = low + (high - low) * random.nextFloat();
    }
    return array;
  }

  /// Independent draws from the normal distribution with this standard deviation around zero.
  public static NdArray normal(Shape shape, float deviation, RandomGenerator random) {
    NdArray array = zeros(shape);
    float[] values = array.writable();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return array;
  }

  public Shape shape() {
    return shape;
  }

  /// How many numbers there are.
  public int size() {
    return shape.size();
  }

  /// The live numbers, row-major, **to read**. Who writes asks for [#writable].
  ///
  /// @throws IllegalStateException if its workspace has taken the memory back
  public float[] array() {
    float[] values = storage.values;
    if (values == null) {
      throw new IllegalStateException(
          "this array of shape " + shape
              + (storage.isSpent
                  ? " was of no use to its pass any more; copy() what must outlive the layer, or the op's backward, that"
                      + " it was made in"
                  : " was made in a pass that has been closed;"
                      + " copy() what must outlive the pass before closing it"));
    }
    return values;
  }

  /// The live numbers, **to write**; tells whoever keeps a packed form of them that they change.
  public float[] writable() {
    storage.version++;
    return array();
  }

  /// Grows with every [#writable]: a packed form of the numbers is stale when this differs.
  public int version() {
    return storage.version;
  }

  /// Where kernels keep packed forms of these numbers, until the next [#writable].
  public PackedForms packed() {
    PackedForms forms = storage.packed;
    if (forms == null || forms.version() != storage.version) {
      forms = new PackedForms(storage.version);
      storage.packed = forms;
    }
    return forms;
  }

  /// The number at this position; negative indices count from the end.
  public float at(int... index) {
    if (index.length != shape.rank()) {
      throw new ShapeException("at", index.length + " indices for " + shape);
    }
    int offset = 0;
    for (int axis = 0; axis < index.length; axis++) {
      int extent = shape.dim(axis);
      int i = index[axis] < 0 ? index[axis] + extent : index[axis];
      if (i < 0 || i >= extent) {
        throw new IndexOutOfBoundsException(
            "index " + index[axis] + " on axis " + axis + " of " + shape);
      }
      offset = offset * extent + i;
    }
    return array()[offset];
  }

  /// The only number of an array that has just one, such as a loss.
  public float item() {
    if (size() != 1) {
      throw new ShapeException("item", shape + " has " + size() + " numbers, not one");
    }
    return array()[0];
  }

  /// The same numbers in memory of their own, outside of any workspace.
  public NdArray copy() {
    return of(shape, array().clone());
  }

  /// Overwrites the numbers with those of an array of the same shape.
  public void set(NdArray source) {
    if (!source.shape.equals(shape)) {
      throw new ShapeException("set", shape + " cannot hold " + source.shape);
    }
    System.arraycopy(source.array(), 0, writable(), 0, size());
  }

  /// A new array that lives where this one lives (in the same workspace, if any). **Its numbers are arbitrary**: for
  /// results that are written in full.
  public NdArray fresh(Shape shape) {
    Workspace home = storage.home;
    return home == null ? zeros(shape) : new NdArray(shape, home.take(shape.size()));
  }

  /// A new array of zeros that lives where this one lives.
  public NdArray freshZeros(Shape shape) {
    NdArray array = fresh(shape);
    if (array.storage.home != null) {
      Arrays.fill(array.writable(), 0f);
    }
    return array;
  }

  /// A new array of one number throughout that lives where this one lives.
  public NdArray freshFull(Shape shape, float value) {
    NdArray array = fresh(shape);
    Arrays.fill(array.writable(), value);
    return array;
  }

  /// Of two operands the one whose workspace the result belongs in: this one, unless only the other lives in one.
  NdArray beside(NdArray other) {
    return storage.home == null ? other : this;
  }

  /// The same numbers, shared, under another shape of the same size.
  public NdArray reshape(Shape other) {
    if (other.size() != size()) {
      throw new ShapeException(
          "reshape", shape + " has " + size() + " numbers, " + other + " needs " + other.size());
    }
    return new NdArray(other, storage);
  }

  /// a + b; shapes that differ are stretched (see [Broadcast]).
  public NdArray plus(NdArray b) {
    return Broadcast.plus(this, b);
  }

  /// min(high, max(low, this + b)), for b of the same shape.
  public NdArray plus(NdArray b, Limits limits) {
    return Broadcast.plus(this, b, limits);
  }

  /// a − b; shapes that differ are stretched (see [Broadcast]).
  public NdArray minus(NdArray b) {
    return Broadcast.minus(this, b);
  }

  /// a · b, element by element; shapes that differ are stretched (see [Broadcast]).
  public NdArray times(NdArray b) {
    return Broadcast.times(this, b);
  }

  /// a / b, element by element; shapes that differ are stretched (see [Broadcast]).
  public NdArray dividedBy(NdArray b) {
    return Broadcast.dividedBy(this, b);
  }

  /// Every number multiplied by `factor`.
  public NdArray times(float factor) {
    NdArray y = fresh(shape);
    float[] from = array();
    float[] to = y.writable();
    Parallel.range(
        to.length,
        GRAIN,
        (first, end) -> {
          for (int i = first; i < end; i++) {
            to[i] = from[i] * factor;
          }
        });
    return y;
  }

  /// Every number increased by `addend`.
  public NdArray plus(float addend) {
    NdArray y = fresh(shape);
    float[] from = array();
    float[] to = y.writable();
    Parallel.range(
        to.length,
        GRAIN,
        (first, end) -> {
          for (int i = first; i < end; i++) {
            to[i] = from[i] + addend;
          }
        });
    return y;
  }

  /// Adds the numbers of an array of the same shape to these, in place.
  public void add(NdArray other) {
    if (!other.shape.equals(shape)) {
      throw new ShapeException("add", shape + " += " + other.shape + ": shapes differ");
    }
    float[] from = other.array();
    float[] to = writable();
    Parallel.range(
        to.length,
        GRAIN,
        (first, end) -> {
          for (int i = first; i < end; i++) {
            to[i] += from[i];
          }
        });
  }

  /// The same numbers, repeated along the axes that `target` stretches; [#sumTo] is the way back.
  public NdArray stretchTo(Shape target) {
    return Broadcast.stretch(this, target);
  }

  /// Sums over what broadcasting stretched: the inverse of stretching an array of shape `target` to this shape.
  public NdArray sumTo(Shape target) {
    return Reduction.sumTo(this, target);
  }

  /// The sum over one axis, which disappears.
  public NdArray sum(int axis) {
    return Reduction.sum(this, shape.axis(axis));
  }

  /// The sum of all numbers, of shape `[]`.
  public NdArray sum() {
    return Reduction.sumTo(this, Shape.SCALAR);
  }

  /// A · B: `[m×k] · [k×n] = [m×n]`; with leading batch axes, a product for each.
  public NdArray matmul(NdArray b) {
    return MatrixProduct.matmul(this, b);
  }

  /// A · Bᵀ: `[m×k] · [n×k]ᵀ = [m×n]`; with leading batch axes, a product for each.
  public NdArray matmulTransposed(NdArray b) {
    return MatrixProduct.matmulTransposed(this, b);
  }

  /// Aᵀ · B: `[k×m]ᵀ · [k×n] = [m×n]`; with leading batch axes, a product for each.
  public NdArray transposedMatmul(NdArray b) {
    return MatrixProduct.transposedMatmul(this, b);
  }

  /// The axes in another order: `permute(0, 2, 3, 1)` turns NCHW into NHWC. Copies.
  public NdArray permute(int... axes) {
    return Rearrangement.permute(this, axes);
  }

  /// The part of one axis that starts at `from` and is `length` long. Copies.
  public NdArray narrow(int axis, int from, int length) {
    return Rearrangement.narrow(this, shape.axis(axis), from, length);
  }

  /// The arrays one after another along an axis. Copies.
  public static NdArray concat(int axis, NdArray... parts) {
    return Rearrangement.concat(axis, parts);
  }

  /// `NdArray[2×3]` and the first few numbers.
  @Override
  public String toString() {
    float[] values = storage.values;
    if (values == null) {
      return "NdArray" + shape + " (its memory was taken back)";
    }
    String head = Arrays.toString(Arrays.copyOf(values, Math.min(8, values.length)));
    return "NdArray" + shape
        + (values.length > 8 ? head.substring(0, head.length() - 1) + ", …]" : head);
  }
}
