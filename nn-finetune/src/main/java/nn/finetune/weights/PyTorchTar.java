package nn.finetune.weights;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nn.finetune.weights.Pickled.Global;
import nn.finetune.weights.Pickled.None;
import nn.finetune.weights.Pickled.Storage;
import nn.finetune.weights.Pickled.View;
import nn.finetune.weights.Unpickler.Refusal;
import nn.layers.state.DType;
import nn.layers.state.StateDict;
import nn.layers.state.WeightFileException;

/// The oldest files of PyTorch, of 2016 and 2017: a tar of `storages` (a pickle of what it is, and the bytes, of each),
/// `tensors` (a pickle of its name and storage, and the sizes, of each), and `pickle`, the object, which names tensors.
final class PyTorchTar {
  private static final int BLOCK = 512; // of a tar: headers and files begin at multiples of it

  private PyTorchTar() {}

  /// Whether a file that starts so is a tar.
  static boolean isTar(byte[] start) {
    return start.length == BLOCK
        && new String(start, 257, 5, StandardCharsets.ISO_8859_1).equals("ustar");
  }

  /// @param part which of several sets of weights; empty if there is one
  static StateDict read(Path file, String part) throws IOException {
    ByteBuffer tar = PyTorchLegacy.whole(file);
    try {
      Map<String, ByteBuffer> entries = entries(tar);
      Map<String, byte[]> bytes = new HashMap<>();
      Map<String, Storage> storages = storages(entry(entries, "storages"), bytes);
      Map<String, View> tensors = tensors(entry(entries, "tensors"), storages);
      Object root =
          Unpickler.read(
              entry(entries, "pickle"),
              id -> known(tensors, Unpickler.argument(List.of(id), 0, "a name", String.class)));
      return TorchState.of(root, part, Storages.of(bytes));
    } catch (Refusal e) {
      throw new WeightFileException(file, String.valueOf(e.getMessage()), e);
    } catch (BufferUnderflowException e) {
      throw new WeightFileException(file, "is truncated", e);
    }
  }

  private static Map<String, ByteBuffer> entries(ByteBuffer tar) {
    Map<String, ByteBuffer> entries = new HashMap<>();
    while (tar.remaining() >= BLOCK && tar.get(tar.position()) != 0) { // zeros end it
      byte[] header = new byte[BLOCK];
      tar.get(header);
      long size = octal(new String(header, 124, 12, StandardCharsets.ISO_8859_1));
      if (size > tar.remaining()) {
        throw new Refusal("it is truncated: an entry should have " + size + " bytes");
      }
      String name = new String(header, 0, 100, StandardCharsets.UTF_8);
      entries.put(
          name.substring(0, Math.max(0, name.indexOf(0))),
          tar.slice(tar.position(), (int) size).order(ByteOrder.LITTLE_ENDIAN));
      long next = tar.position() + (size + BLOCK - 1) / BLOCK * BLOCK;
      tar.position((int) Math.min(next, tar.limit()));
    }
    return entries;
  }

  private static long octal(String digits) {
    try {
      return Long.parseUnsignedLong(digits.replace('\0', ' ').strip(), 8);
    } catch (NumberFormatException e) {
      throw new Refusal("it is a damaged tar: an entry has no size");
    }
  }

  private static ByteBuffer entry(Map<String, ByteBuffer> entries, String name) {
    ByteBuffer entry = entries.get(name);
    if (entry == null) {
      throw new Refusal("it is a tar, but not one that torch.save wrote: it has no '" + name + "'");
    }
    return entry;
  }

  /// How many, then for each: `(key, location, kind)` and its bytes; at last the views `(key, root, offset, elements)`.
  private static Map<String, Storage> storages(ByteBuffer in, Map<String, byte[]> bytes) {
    Map<String, Storage> storages = new HashMap<>();
    for (long left = count(in); left > 0; left--) {
      List<?> facts = Unpickler.list(Unpickler.read(in), "a storage");
      String key = key(facts, 0);
      DType dtype =
          Unpickler.dtype(Unpickler.argument(facts, 2, "a storage's type", Global.class));
      byte[] content = PyTorchLegacy.storage(in, dtype, key);
      bytes.put(key, content);
      storages.put(key, new Storage(dtype, key, 0, content.length / dtype.bytes()));
    }
    for (Object item : Unpickler.list(Unpickler.read(in), "the list of views")) {
      List<?> view = Unpickler.list(item, "a view");
      Storage root = known(storages, key(view, 1));
      long offset = Unpickler.argument(view, 2, "a view's offset", Long.class);
      long elements = Unpickler.argument(view, 3, "a view's size", Long.class);
      if (offset < 0 || elements < 0) {
        throw new Refusal("the pickle is corrupt: a storage of negative size");
      }
      storages.put(key(view, 0), new Storage(root.dtype(), root.key(), offset, elements));
    }
    return storages;
  }

  /// How many, then for each: `(key, storage, kind)`, its rank, sizes, strides, and offset.
  private static Map<String, View> tensors(ByteBuffer in, Map<String, Storage> storages) {
    Map<String, View> tensors = new HashMap<>();
    for (long left = count(in); left > 0; left--) {
      List<?> facts = Unpickler.list(Unpickler.read(in), "a tensor");
      int rank = in.getInt();
      in.getInt(); // the rank takes eight bytes, of which four count
      if (rank < 0 || rank > Unpickler.MAX_RANK) {
        throw new Refusal("it is corrupt: a tensor of rank " + rank);
      }
      long[] extents = longs(in, rank);
      long[] strides = longs(in, rank);
      long offset = in.getLong();
      boolean bare = facts.size() > 1 && facts.get(1) == None.NONE; // a tensor that was never filled
      if (!bare) {
        Storage storage = known(storages, key(facts, 1));
        tensors.put(key(facts, 0), new View(storage, offset, extents, strides));
      }
    }
    return tensors;
  }

  private static long[] longs(ByteBuffer in, int count) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = in.getLong();
    }
    return values;
  }

  private static long count(ByteBuffer in) {
    return Unpickler.argument(List.of(Unpickler.read(in)), 0, "a number of things", Long.class);
  }

  private static String key(List<?> facts, int at) {
    return Unpickler.argument(facts, at, "a key", Long.class).toString();
  }

  private static <T> T known(Map<String, T> things, String key) {
    T thing = things.get(key);
    if (thing == null) {
      throw new Refusal("it is corrupt: it refers to " + key + ", which is not there");
    }
    return thing;
  }
}
