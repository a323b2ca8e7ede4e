package nn.finetune.weights;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import nn.finetune.weights.Unpickler.Refusal;
import nn.layers.state.StateDict;
import nn.layers.state.WeightFileException;
import org.jspecify.annotations.Nullable;

/// The files of PyTorch since 1.6: an uncompressed zip with a pickle (`…/data.pkl`) that describes the tensors, and an entry
/// for each storage (`…/data/0`).
final class PyTorchZip {
  private PyTorchZip() {}

  static StateDict read(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry pickle = pickle(zip);
      if (pickle == null) {
        throw new WeightFileException(
            file, "is a zip, but not one that torch.save wrote: it has no data.pkl");
      }
      String root = pickle.getName().substring(0, pickle.getName().length() - "data.pkl".length());
      if (zip.getEntry(root + "constants.pkl") != null) {
        throw new WeightFileException(
            file,
            "is a TorchScript program, not weights: save model.state_dict() with torch.save instead");
      }
      Object value = Unpickler.read(ByteBuffer.wrap(bytes(file, zip, pickle)));
      ZipEntry order = zip.getEntry(root + "byteorder");
      boolean big =
          order != null
              && new String(bytes(file, zip, order), StandardCharsets.UTF_8).strip().equals("big");
      return TorchState.of(
          value,
          storages(file, zip, root),
          big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    } catch (Refusal e) {
      throw new WeightFileException(file, String.valueOf(e.getMessage()), e);
    } catch (ZipException e) {
      throw new WeightFileException(
          file, "is a damaged zip (" + e.getMessage() + "): it is truncated or corrupt", e);
    } catch (EOFException e) {
      throw new WeightFileException(file, "is a damaged zip: it is truncated or corrupt", e);
    }
  }

  private static @Nullable ZipEntry pickle(ZipFile zip) {
    Enumeration<? extends ZipEntry> entries = zip.entries();
    while (entries.hasMoreElements()) {
      ZipEntry entry = entries.nextElement();
      if (entry.getName().equals("data.pkl") || entry.getName().endsWith("/data.pkl")) {
        return entry;
      }
    }
    return null;
  }

  private static Map<String, byte[]> storages(Path file, ZipFile zip, String root)
      throws IOException {
    Map<String, byte[]> storages = new HashMap<>();
    long total = 0;
    Enumeration<? extends ZipEntry> entries = zip.entries();
    while (entries.hasMoreElements()) {
      ZipEntry entry = entries.nextElement();
      if (entry.getName().startsWith(root + "data/")) {
        total += Math.max(0, entry.getSize());
        if (total > file.toFile().length()) {
          throw new WeightFileException(file, "has entries that are larger together than the file");
        }
        storages.put(
            entry.getName().substring((root + "data/").length()), bytes(file, zip, entry));
      }
    }
    return storages;
  }

  /// An entry's bytes. Entries are stored, not compressed, so they cannot be larger than the file.
  private static byte[] bytes(Path file, ZipFile zip, ZipEntry entry) throws IOException {
    if (entry.getMethod() != ZipEntry.STORED || entry.getSize() != entry.getCompressedSize()) {
      throw new WeightFileException(
          file, "has a compressed entry " + entry.getName() + ": torch.save does not compress");
    }
    if (entry.getSize() < 0 || entry.getSize() > file.toFile().length()
        || entry.getSize() > Integer.MAX_VALUE - 8) {
      throw new WeightFileException(
          file, "has an entry " + entry.getName() + " of " + entry.getSize()
              + " bytes: at most 2 GiB are read");
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes((int) entry.getSize());
      if (bytes.length != entry.getSize()) {
        throw new WeightFileException(file, "ends within its entry " + entry.getName());
      }
      return bytes;
    }
  }
}
