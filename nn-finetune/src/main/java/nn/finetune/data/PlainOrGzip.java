package nn.finetune.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/// Reads a file into memory, unpacking gzip, which is told by its first bytes.
final class PlainOrGzip {
  /// Images do not shrink to less than a hundredth: what does was made to fill memory.
  private static final long MAX_RATIO = 100;

  private static final long ALWAYS_ALLOWED = 64L << 20;

  private PlainOrGzip() {}

  /// The whole file.
  ///
  /// @throws DataException if it is missing, corrupt, or too large for memory
  static byte[] read(Path file) {
    check(file);
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      boolean packed = isGzip(raw);
      long length = Files.size(file);
      if (!packed) {
        checkMemory(file, length);
        return raw.readAllBytes();
      }
      long most = Math.max(ALWAYS_ALLOWED, MAX_RATIO * length);
      long room = Math.min(most, room());
      try (InputStream in = new GZIPInputStream(raw, 1 << 16)) {
        byte[] bytes = in.readNBytes((int) room);
        if (in.read() < 0) {
          return bytes;
        }
      }
      checkMemory(file, room + 1);
      throw new DataException(
          file + ": unpacks to more than " + most + " bytes, which images of this size never do");
    } catch (IOException e) {
      throw new DataException(
          file + ": cannot be read, it is truncated or corrupt (" + e.getMessage() + ")", e);
    }
  }

  /// The first bytes, unpacked; fewer if the file is shorter or broken.
  static byte[] start(Path file, int length) {
    check(file);
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file))) {
      if (!isGzip(raw)) {
        return raw.readNBytes(length);
      }
      try (InputStream in = new GZIPInputStream(raw)) {
        return in.readNBytes(length);
      }
    } catch (IOException _) {
      return new byte[0]; // who reads all of it will hear why
    }
  }

  private static boolean isGzip(InputStream raw) throws IOException {
    raw.mark(2);
    boolean packed = raw.read() == 0x1f && raw.read() == 0x8b;
    raw.reset();
    return packed;
  }

  private static void check(Path file) {
    if (!Files.exists(file)) {
      throw new DataException(file + ": there is no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new DataException(file + ": is not a file");
    }
  }

  /// How much may be read into memory: less than half of it, as reading needs twice the space.
  private static long room() {
    return Math.min(Integer.MAX_VALUE - 16, Runtime.getRuntime().maxMemory() * 2 / 5);
  }

  private static void checkMemory(Path file, long bytes) {
    if (bytes > Integer.MAX_VALUE - 16) {
      throw new DataException(file + ": holds more than 2 GiB; cut it into several files");
    }
    if (bytes > room()) {
      throw new DataException(
          file + ": holds more than the " + (room() >> 20)
              + " MiB that there is room for; give Java more memory (-Xmx)");
    }
  }
}
