package nn.finetune.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/// Reads a file whole, unpacking gzip, which is told by its first bytes.
final class PlainOrGzip {
  /// Images do not shrink to less than a hundredth: what does was made to fill memory.
  private static final long MAX_RATIO = 100;

  private static final long ALWAYS_ALLOWED = 64 << 20;

  private PlainOrGzip() {}

  static byte[] read(Path file) {
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      raw.mark(2);
      boolean packed = raw.read() == 0x1f && raw.read() == 0x8b;
      raw.reset();
      if (!packed) {
        if (Files.size(file) > Integer.MAX_VALUE - 8) {
          throw new DataException(file + ": is larger than 2 GiB; cut it into several files");
        }
        return raw.readAllBytes();
      }
      long most =
          Math.min(
              Integer.MAX_VALUE - 8, Math.max(ALWAYS_ALLOWED, MAX_RATIO * Files.size(file)));
      try (InputStream in = new GZIPInputStream(raw, 1 << 16)) {
        byte[] bytes = in.readNBytes((int) most);
        if (in.read() >= 0) {
          throw new DataException(
              file + ": unpacks to more than " + most + " bytes, which no images of this size do");
        }
        return bytes;
      }
    } catch (NoSuchFileException e) {
      throw new DataException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw new DataException(
          file + ": cannot be read, it is truncated or corrupt (" + e.getMessage() + ")", e);
    }
  }
}
