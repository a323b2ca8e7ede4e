package nn.layers.state;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// How a file stores one number. The names are those of safetensors.
///
/// Everything is computed in 32-bit floats; a file's numbers are converted when they are read. 64-bit floats and integers
/// beyond 2²⁴ are rounded.
public enum DType {
  F64(8),
  F32(4),
  F16(2),
  /// The upper half of an [#F32].
  BF16(2),
  /// 1 sign, 4 exponent, 3 mantissa bits; no infinities.
  F8_E4M3(1),
  /// 1 sign, 5 exponent, 2 mantissa bits.
  F8_E5M2(1),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U64(8),
  U32(4),
  U16(2),
  U8(1),
  BOOL(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /// How many bytes one number takes.
  public int bytes() {
    return bytes;
  }

  /// Whether this is a floating-point kind.
  public boolean isFloat() {
    return switch (this) {
      case F64, F32, F16, BF16, F8_E4M3, F8_E5M2 -> true;
      default -> false;
    };
  }

  /// The kind with this safetensors name; empty if there is none.
  public static Optional<DType> of(String name) {
    return Arrays.stream(values()).filter(t -> t.name().equals(name)).findFirst();
  }

  /// The number that starts at a byte of a little-endian buffer.
  double read(ByteBuffer from, int at) {
    return switch (this) {
      case F64 -> from.getDouble(at);
      case F32 -> from.getFloat(at);
      case F16 -> Float.float16ToFloat(from.getShort(at));
      case BF16 -> Float.intBitsToFloat(from.getShort(at) << 16);
      case F8_E4M3 -> e4m3(from.get(at));
      case F8_E5M2 -> Float.float16ToFloat((short) (from.get(at) << 8));
      case I64 -> (double) from.getLong(at);
      case I32 -> from.getInt(at);
      case I16 -> from.getShort(at);
      case I8 -> from.get(at);
      case U64 -> unsigned(from.getLong(at));
      case U32 -> Integer.toUnsignedLong(from.getInt(at));
      case U16 -> Short.toUnsignedInt(from.getShort(at));
      case U8 -> Byte.toUnsignedInt(from.get(at));
      case BOOL -> from.get(at) == 0 ? 0 : 1;
    };
  }

  /// Appends a number to a little-endian buffer; only for the kinds that are written: F32, F16, BF16 and I64.
  void write(float value, ByteBuffer to) {
    switch (this) {
      case F32 -> to.putFloat(value);
      case F16 -> to.putShort(Float.floatToFloat16(value));
      case BF16 -> to.putShort(bfloat16(value));
      case I64 -> to.putLong((long) value);
      default -> throw new IllegalArgumentException(
          this + " is not written; choose F32, F16 or BF16");
    }
  }

  /// The upper half of the bits, rounded to nearest, ties to even; NaN stays NaN.
  private static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >> 16 | 0x40);
    }
    return (short) (bits + 0x7fff + (bits >> 16 & 1) >> 16);
  }

  private static double e4m3(byte bits) {
    int exponent = bits >> 3 & 15;
    int mantissa = bits & 7;
    double size =
        exponent == 15 && mantissa == 7
            ? Double.NaN
            : exponent == 0
                ? mantissa * 0x1p-9
            : (8 + mantissa) * Math.scalb(1.0, exponent - 10);
    return bits < 0 ? -size : size;
  }

  private static double unsigned(long value) {
    return value >= 0 ? (double) value : (double) (value >>> 1 | value & 1) * 2;
  }
}
