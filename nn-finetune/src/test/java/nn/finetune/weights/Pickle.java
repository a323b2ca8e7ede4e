package nn.finetune.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A pickle made by hand, opcode by opcode: also one that Python would never write.
final class Pickle {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /// One that begins as pickles of protocol 2 do.
  static Pickle start() {
    return new Pickle().op(0x80, 2);
  }

  Pickle op(int... bytes) {
    Arrays.stream(bytes).forEach(out::write);
    return this;
  }

  /// Opcodes that are letters.
  Pickle ops(String letters) {
    letters.chars().forEach(out::write);
    return this;
  }

  Pickle text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    op('X').int32(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  Pickle int32(int value) {
    out.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    return this;
  }

  Pickle number(long value) {
    if (value == (int) value) {
      return op('J').int32((int) value);
    }
    op(0x8a, 8);
    out.writeBytes(
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  Pickle global(String module, String name) {
    return ops("c" + module + "\n" + name + "\n");
  }

  Pickle tuple(long... values) {
    op('(');
    Arrays.stream(values).forEach(this::number);
    return op('t');
  }

  /// A reference to a storage.
  Pickle storage(String type, String key, long elements) {
    return op('(').text("storage").global("torch", type).text(key).text("cpu").number(elements)
        .ops("tQ");
  }

  /// A tensor in a storage.
  Pickle tensor(
      String type, String key, long elements, long offset, long[] extents, long[] strides) {
    return global("torch._utils", "_rebuild_tensor_v2").op('(').storage(type, key, elements)
        .number(offset).tuple(extents).tuple(strides).op(0x89).global("collections", "OrderedDict")
        .ops(")RtR");
  }

  /// A tensor that is a whole storage of floats.
  Pickle floats(String key, int elements) {
    return tensor("FloatStorage", key, elements, 0, new long[] {elements}, new long[] {1});
  }

  /// The end, and all of it.
  byte[] stop() {
    byte[] bytes = Arrays.copyOf(out.toByteArray(), out.size() + 1);
    bytes[bytes.length - 1] = '.';
    return bytes;
  }

  ByteBuffer buffer() {
    return ByteBuffer.wrap(stop());
  }
}
