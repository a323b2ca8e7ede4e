package nn.finetune.weights;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The storages of a file, by their keys: little-endian bytes that tensors are cut out of.
interface Storages {
  /// The bytes of a storage; null if the file does not have it.
  byte @Nullable [] read(String key) throws IOException;

  /// How many bytes all storages take.
  long bytes();

  /// Whether their numbers are big-endian.
  default boolean isBigEndian() {
    return false;
  }

  /// Storages in memory.
  static Storages of(Map<String, byte[]> storages) {
    long bytes = storages.values().stream().mapToLong(storage -> storage.length).sum();
    return new Storages() {
      @Override
      public byte @Nullable [] read(String key) {
        return storages.get(key);
      }

      @Override
      public long bytes() {
        return bytes;
      }
    };
  }
}
