package nn.layers.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.ShapeException;

/// A named array as a file stores it: its kind of numbers, its shape, and its bytes, little-endian and row-major. The bytes
/// are read when they are asked for.
public final class StoredTensor {
  private static final int CHUNK = 1 << 20; // bytes read at a time; a multiple of every number's size

  private final String name;
  private final DType dtype;
  private final long[] extents;
  private final Bytes bytes;

  /// @throws IllegalArgumentException if there are not as many bytes as the kind and the shape ask for
  public StoredTensor(String name, DType dtype, long[] extents, Bytes bytes) {
    this.name = name;
    this.dtype = dtype;
    this.extents = extents.clone();
    this.bytes = bytes;
    long wanted = Math.multiplyExact(elements(extents), dtype.bytes());
    if (bytes.length() != wanted) {
      throw new IllegalArgumentException(
          name + ": " + dtype + describe(extents) + " takes " + wanted + " bytes, there are "
              + bytes.length());
    }
  }

  /// Numbers in memory, stored as a kind that is written: F32, F16, BF16 or I64.
  ///
  /// @throws IllegalArgumentException if a number is too large for the kind: it would become infinite
  public static StoredTensor of(String name, DType dtype, NdArray array) {
    float[] values = array.array();
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.multiplyExact(values.length, dtype.bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      int at = buffer.position();
      dtype.write(value, buffer);
      if (dtype.isFloat() && Float.isFinite(value) && Double.isInfinite(dtype.read(buffer, at))) {
        throw new IllegalArgumentException(
            name + " holds " + value + ", which is too large for " + dtype + ": choose "
                + (dtype == DType.F16 ? "F32 or BF16" : "F32"));
      }
    }
    long[] extents = Arrays.stream(array.shape().toArray()).asLongStream().toArray();
    return new StoredTensor(name, dtype, extents, Bytes.of(buffer.array()));
  }

  /// The product of the extents.
  ///
  /// @throws ArithmeticException if it exceeds 2⁶³−1, or an extent is negative
  static long elements(long[] extents) {
    long elements = 1;
    for (long extent : extents) {
      if (extent < 0) {
        throw new ArithmeticException("a negative extent");
      }
      elements = Math.multiplyExact(elements, extent);
    }
    return elements;
  }

  static String describe(long[] extents) {
    return Arrays.stream(extents)
        .mapToObj(Long::toString)
        .collect(Collectors.joining("×", "[", "]"));
  }

  public String name() {
    return name;
  }

  public DType dtype() {
    return dtype;
  }

  /// The extents, outermost first.
  public long[] extents() {
    return extents.clone();
  }

  /// How many numbers there are; may exceed what one array can hold.
  public long elements() {
    return elements(extents);
  }

  /// How many bytes the numbers take in the file.
  public long bytes() {
    return bytes.length();
  }

  /// The shape.
  ///
  /// @throws ShapeException if it is too large for one array
  public Shape shape() {
    int[] fitting = new int[extents.length];
    for (int axis = 0; axis < extents.length; axis++) {
      if (extents[axis] > Integer.MAX_VALUE) {
        throw new ShapeException("shape", describe(extents) + " is too large for one array");
      }
      fitting[axis] = (int) extents[axis];
    }
    return Shape.of(fitting);
  }

  /// The same under another name.
  public StoredTensor renamed(String other) {
    return new StoredTensor(other, dtype, extents, bytes);
  }

  /// The numbers, as 32-bit floats.
  public NdArray toArray() throws IOException {
    float[] values = new float[shape().size()];
    int[] at = new int[1];
    if (dtype == DType.F32) { // the usual kind, bit for bit and all at once
      eachChunk(
          chunk -> {
            int count = chunk.remaining() / Float.BYTES;
            chunk.asFloatBuffer().get(values, at[0], count);
            at[0] += count;
          });
    } else {
      each(value -> values[at[0]++] = (float) value);
    }
    return NdArray.of(shape(), values);
  }

  /// What is done with one number.
  @FunctionalInterface
  interface Visitor {
    void visit(double value);
  }

  /// Shows every number, in order.
  void each(Visitor visitor) throws IOException {
    for (long at = 0; at < bytes.length(); at += CHUNK) {
      ByteBuffer chunk = bytes.read(at, (int) Math.min(CHUNK, bytes.length() - at));
      for (int i = 0; i < chunk.limit(); i += dtype.bytes()) {
        visitor.visit(dtype.read(chunk, i));
      }
    }
  }

  /// What is done with two numbers at the same place.
  @FunctionalInterface
  interface PairVisitor {
    void visit(double a, double b);
  }

  /// Shows every pair of numbers of two tensors of the same shape, in order.
  static void eachPair(StoredTensor a, StoredTensor b, PairVisitor visitor) throws IOException {
    int most = CHUNK / Long.BYTES;
    long elements = a.elements();
    for (long from = 0; from < elements; from += most) {
      int count = (int) Math.min(most, elements - from);
      ByteBuffer left = a.bytes.read(from * a.dtype.bytes(), count * a.dtype.bytes());
      ByteBuffer right = b.bytes.read(from * b.dtype.bytes(), count * b.dtype.bytes());
      for (int i = 0; i < count; i++) {
        visitor.visit(
            a.dtype.read(left, i * a.dtype.bytes()), b.dtype.read(right, i * b.dtype.bytes()));
      }
    }
  }

  /// What is done with a run of the stored bytes.
  @FunctionalInterface
  interface ChunkVisitor {
    void visit(ByteBuffer chunk) throws IOException;
  }

  void eachChunk(ChunkVisitor visitor) throws IOException {
    for (long at = 0; at < bytes.length(); at += CHUNK) {
      visitor.visit(bytes.read(at, (int) Math.min(CHUNK, bytes.length() - at)));
    }
  }

  /// The SHA-256 of the stored bytes, in hexadecimal.
  public String sha256() throws IOException {
    MessageDigest digest = Sha256.digest();
    eachChunk(digest::update);
    return HexFormat.of().formatHex(digest.digest());
  }

  /// `conv1.weight F32[16×3×3×3]`
  @Override
  public String toString() {
    return name + " " + dtype + describe(extents);
  }
}
