package nn.layers.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/// A run of bytes, in memory or still in its file: read when it is asked for, so that opening a large file costs nothing.
public sealed interface Bytes {
  /// How many bytes there are.
  long length();

  /// `count` bytes from `at` on, as a little-endian buffer.
  ByteBuffer read(long at, int count) throws IOException;

  /// Bytes in memory.
  static Bytes of(byte[] bytes) {
    return new InMemory(bytes, 0, bytes.length);
  }

  /// A part of bytes in memory.
  static Bytes of(byte[] bytes, int at, int length) {
    return new InMemory(bytes, at, length);
  }

  /// A part of a file.
  static Bytes of(Path file, long at, long length) {
    return new InFile(file, at, length);
  }

  /// Bytes in memory.
  record InMemory(byte[] bytes, int at, int size) implements Bytes {
    public InMemory {
      Objects.checkFromIndexSize(at, size, bytes.length);
    }

    @Override
    public long length() {
      return size;
    }

    @Override
    public ByteBuffer read(long from, int count) {
      Objects.checkFromIndexSize(from, (long) count, (long) size);
      return ByteBuffer.wrap(bytes, at + (int) from, count).slice().order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /// Bytes of a file.
  record InFile(Path file, long at, long length) implements Bytes {
    @Override
    public ByteBuffer read(long from, int count) throws IOException {
      Objects.checkFromIndexSize(from, (long) count, length);
      ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        while (buffer.hasRemaining()) {
          if (channel.read(buffer, at + from + buffer.position()) < 0) {
            throw new WeightFileException(file, "became shorter while it was read");
          }
        }
      }
      return buffer.flip();
    }
  }
}
