package nn.finetune.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nn.finetune.weights.Pickled.Storage;
import nn.finetune.weights.Unpickler.Refusal;
import nn.layers.state.DType;
import nn.layers.state.StateDict;
import nn.layers.state.WeightFileException;

/// The files of PyTorch before 1.6: five pickles one after another (a magic number, the protocol, facts about the machine, the
/// object, the keys of the storages), then each storage: how many elements it has, and their bytes.
final class PyTorchLegacy {
  /// How such a file begins, in hexadecimal: the pickled magic number.
  static final String MAGIC = "80028a0a6cfc9c46f920";

  private PyTorchLegacy() {}

  /// @param part which of several sets of weights; empty if there is one
  static StateDict read(Path file, String part) throws IOException {
    ByteBuffer in = whole(file);
    try {
      Unpickler.read(in); // the magic number, which has been seen
      if (!Long.valueOf(1001).equals(Unpickler.read(in))) {
        throw new Refusal("it says it has another protocol than 1001");
      }
      Unpickler.read(in); // facts about the machine
      Map<String, DType> kinds = new HashMap<>();
      Object root =
          Unpickler.read(
              in,
              id -> {
                Storage storage = Unpickler.storage(id);
                kinds.put(storage.key(), storage.dtype());
                return storage;
              });
      if (!(Unpickler.read(in) instanceof List<?> keys)) {
        throw new Refusal("the list of its storages is missing");
      }
      Map<String, byte[]> storages = new HashMap<>();
      for (Object key : keys) {
        if (!(key instanceof String name)) {
          throw new Refusal("the list of its storages has what is not a string");
        }
        DType dtype = kinds.get(name);
        if (dtype == null) {
          throw new Refusal("nothing refers to its storage " + name);
        }
        storages.put(name, storage(in, dtype, name));
      }
      return TorchState.of(root, part, Storages.of(storages));
    } catch (Refusal e) {
      throw new WeightFileException(file, String.valueOf(e.getMessage()), e);
    }
  }

  /// A file of an old form, which has no table that says where things are.
  static ByteBuffer whole(Path file) throws IOException {
    if (Files.size(file) > Integer.MAX_VALUE - 8) {
      throw new WeightFileException(
          file, "is larger than 2 GiB, the most that is read of this old form; save it anew");
    }
    return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// How many numbers, then the numbers. These are little-endian whatever the machine was; how many there are, early
  /// PyTorch wrote as the machine has it.
  static byte[] storage(ByteBuffer in, DType dtype, String key) {
    if (in.remaining() < 8) {
      throw new Refusal("it is truncated: storage " + key + " is missing");
    }
    long written = in.getLong();
    long most = in.remaining() / dtype.bytes();
    long turned = Long.reverseBytes(written);
    long elements = (written < 0 || written > most) && turned >= 0 ? turned : written;
    if (elements < 0 || elements > most) {
      throw new Refusal(
          "it is truncated: storage " + key + " should have " + written + " numbers, "
              + in.remaining() + " bytes are left");
    }
    byte[] bytes = new byte[(int) elements * dtype.bytes()];
    in.get(bytes);
    return bytes;
  }
}
