package nn.finetune.weights;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Enumeration;
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

  /// @param part which of several sets of weights; empty if there is one
  static StateDict read(Path file, String part) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry pickle = pickle(zip);
      if (pickle == null) {
        throw new WeightFileException(file, OtherKinds.ofZip(zip));
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
      return TorchState.of(value, part, storages(file, zip, root, big));
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

  /// The entries that are storages, read when they are asked for: a checkpoint holds the optimizer's as well.
  private static Storages storages(Path file, ZipFile zip, String root, boolean big)
      throws IOException {
    long total = 0;
    Enumeration<? extends ZipEntry> entries = zip.entries();
    while (entries.hasMoreElements()) {
      ZipEntry entry = entries.nextElement();
      if (entry.getName().startsWith(root + "data/")) {
        total += Math.max(0, entry.getSize());
        if (total > file.toFile().length()) {
          throw new WeightFileException(file, "has entries that are larger together than the file");
        }
      }
    }
    long bytes = total;
    return new Storages() {
      @Override
      public byte @Nullable [] read(String key) throws IOException {
        ZipEntry entry = zip.getEntry(root + "data/" + key);
        return entry == null ? null : PyTorchZip.bytes(file, zip, entry);
      }

      @Override
      public long bytes() {
        return bytes;
      }

      @Override
      public boolean isBigEndian() {
        return big;
      }
    };
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
