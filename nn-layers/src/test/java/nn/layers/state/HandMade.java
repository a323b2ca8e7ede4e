package nn.layers.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import nn.core.NdArray;
import nn.core.Shape;

/// Files and tensors made by hand, so that the reader is tried on what the writer would never write.
final class HandMade {
  private HandMade() {}

  /// A header as it stands, and the bytes behind it.
  static Path file(Path folder, String header, byte... data) throws IOException {
    return file(folder, header.getBytes(StandardCharsets.UTF_8).length, header, data);
  }

  /// The same, with a length of the header that may be wrong.
  static Path file(Path folder, long length, String header, byte... data) throws IOException {
    return Files.write(folder.resolve("made.safetensors"), bytes(length, header, data));
  }

  static byte[] bytes(long length, String header, byte... data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(json)
        .put(data)
        .array();
  }

  /// Writes in place: far cheaper, thousands of times over, than a file made empty first.
  static void overwrite(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), 0);
      if (channel.size() > bytes.length) {
        channel.truncate(bytes.length);
      }
    }
  }

  /// What a header says of one tensor.
  static String entry(String name, String dtype, String shape, long from, long to) {
    return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape
        + ",\"data_offsets\":[" + from + "," + to + "]}";
  }

  static StoredTensor vector(String name, float... values) {
    return StoredTensor.of(name, DType.F32, NdArray.vector(values));
  }

  static StoredTensor tensor(String name, Shape shape, float value) {
    return StoredTensor.of(name, DType.F32, NdArray.full(shape, value));
  }

  static StateDict state(StoredTensor... tensors) {
    return new StateDict(List.of(tensors), Map.of());
  }
}
