package nn.core;

import java.util.Arrays;
import java.util.stream.Collectors;

/// The extents of an array, outermost first: `[2×3×32×32]` is two images of three channels.
///
/// A shape of rank 0, `[]`, is that of a single number. Extents may be zero: the array is then empty.
public final class Shape {
  /// The shape of a single number.
  public static final Shape SCALAR = new Shape(new int[0]);

  private final int[] extents;
  private final int size;

  private Shape(int[] extents) {
    long size = 1;
    for (int extent : extents) {
      if (extent < 0) {
        throw new ShapeException("shape", "an extent must not be negative: " + join(extents));
      }
      size *= extent;
      if (size > Integer.MAX_VALUE) {
        throw new ShapeException(
            "shape",
            join(extents) + " has more than 2³¹−1 elements, the most that one array can hold");
      }
    }
    this.extents = extents;
    this.size = (int) size;
  }

  /// The shape with these extents, outermost first.
  ///
  /// @throws ShapeException if an extent is negative or the number of elements exceeds 2³¹−1
  public static Shape of(int... extents) {
    return extents.length == 0 ? SCALAR : new Shape(extents.clone());
  }

  /// How many extents there are: 4 for images in a batch, 0 for a single number.
  public int rank() {
    return extents.length;
  }

  /// The extent of an axis; a negative axis counts from the end, so that `dim(-1)` is the innermost.
  public int dim(int axis) {
    return extents[axis(axis)];
  }

  /// How many elements an array of this shape has.
  public int size() {
    return size;
  }

  /// The extents, outermost first, as a new array.
  public int[] toArray() {
    return extents.clone();
  }

  /// The axis counted from the start, for one that may count from the end (`-1` is the last).
  public int axis(int axis) {
    int fromStart = axis < 0 ? axis + extents.length : axis;
    if (fromStart < 0 || fromStart >= extents.length) {
      throw new ShapeException("shape", "there is no axis " + axis + " in " + this);
    }
    return fromStart;
  }

  /// This shape with one extent replaced.
  public Shape with(int axis, int extent) {
    int[] changed = extents.clone();
    changed[axis(axis)] = extent;
    return new Shape(changed);
  }

  /// This shape without one axis: `[2×3×4]` without axis 1 is `[2×4]`.
  public Shape without(int axis) {
    int gone = axis(axis);
    int[] fewer = new int[extents.length - 1];
    System.arraycopy(extents, 0, fewer, 0, gone);
    System.arraycopy(extents, gone + 1, fewer, gone, fewer.length - gone);
    return of(fewer);
  }

  /// This shape with the axes from one on folded into one: `[8×4×5×5]` folded from 1 is `[8×100]`.
  public Shape foldedFrom(int axis) {
    int first = axis(axis);
    int[] folded = Arrays.copyOf(extents, first + 1);
    folded[first] = sizeOf(first, extents.length);
    return of(folded);
  }

  /// The product of the extents from one axis (inclusive) to another (exclusive); 1 if there are none.
  public int sizeOf(int fromAxis, int toAxis) {
    int product = 1;
    for (int axis = fromAxis; axis < toAxis; axis++) {
      product *= extents[axis];
    }
    return product;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape that && Arrays.equals(extents, that.extents);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(extents);
  }

  /// `[2×3×32×32]`; `[]` for a single number.
  @Override
  public String toString() {
    return join(extents);
  }

  private static String join(int[] extents) {
    return Arrays.stream(extents)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining("×", "[", "]"));
  }
}
