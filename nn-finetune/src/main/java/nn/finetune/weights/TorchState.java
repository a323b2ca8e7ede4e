package nn.finetune.weights;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import nn.finetune.weights.Pickled.Storage;
import nn.finetune.weights.Pickled.View;
import nn.finetune.weights.Unpickler.Refusal;
import nn.layers.Paths;
import nn.layers.state.Bytes;
import nn.layers.state.DType;
import nn.layers.state.StateDict;
import nn.layers.state.StoredTensor;

/// Finds the state dict in what a PyTorch file holds, and cuts its tensors out of their storages.
final class TorchState {
  /// Where checkpoints keep the weights, beside the optimizer's state and other things.
  private static final List<String> USUAL =
      List.of("state_dict", "model_state_dict", "model", "net", "weights", "params");

  private static final int LISTED = 20; // names in a message
  private static final int MAX_DEPTH = 32;
  private static final int MAX_VALUES = 1_000_000;
  private static final int MAX_REPEATED = 1 << 16; // elements of a tensor that repeats its storage
  private static final int MAX_NAME = 2000; // letters
  private static final long MAX_LETTERS = 50_000_000; // of all names

  /// How many bytes may be copied out of storages, and how many may be looked at, for each byte of them: tied weights lie in
  /// the same storage, but a small file must not become large.
  private static final int MAX_COPIES = 4;
  private static final int MAX_TIES = 100;
  private static final long ALWAYS = 1 << 26;

  private final Storages storages;
  private final Map<String, byte[]> read = new HashMap<>(); // little-endian by now
  private final Map<String, DType> kinds = new HashMap<>();
  private long copied;
  private long tied;
  private int values;
  private long letters;

  private TorchState(Storages storages) {
    this.storages = storages;
  }

  /// @param root what the pickle holds
  /// @param part which of several sets of weights is meant; empty if there is one
  /// @throws Refusal if there are no weights in it, or they do not fit their storages
  static StateDict of(Object root, String part, Storages storages) throws IOException {
    return new TorchState(storages).find(root, part);
  }

  private StateDict find(Object root, String part) throws IOException {
    Map<String, View> views = new LinkedHashMap<>();
    collect(part.isEmpty() ? chosen(root) : named(root, part), "", 0, views);
    if (views.isEmpty()) {
      throw new Refusal("the file holds no tensors; save model.state_dict()");
    }
    List<StoredTensor> tensors = new ArrayList<>();
    for (Map.Entry<String, View> view : views.entrySet()) {
      tensors.add(cut(view.getKey(), view.getValue()));
    }
    return new StateDict(tensors, Map.of());
  }

  /// The map of weights itself, or the one that a checkpoint keeps under one of the usual names.
  private static Object chosen(Object root) {
    if (!(root instanceof Map<?, ?> map)
        || map.values().stream().anyMatch(View.class::isInstance)) {
      return root;
    }
    Map<String, Object> sets = new LinkedHashMap<>();
    for (String name : USUAL) {
      if (map.get(name) instanceof Map<?, ?> weights && count(weights) > 0) {
        sets.put(name, weights);
      }
    }
    if (sets.size() > 1) {
      throw new Refusal(
          "the file holds several sets of weights: "
              + sets.entrySet().stream()
                  .map(set -> set.getKey() + " (" + count(set.getValue()) + " tensors)")
                  .collect(Collectors.joining(", "))
              + ". Say which: Weights.read(file, \"" + sets.keySet().iterator().next() + "\")");
    }
    return sets.isEmpty() ? root : sets.values().iterator().next();
  }

  private static Object named(Object root, String part) {
    Object found = root instanceof Map<?, ?> map ? map.get(part) : null;
    if (found == null) {
      String names =
          root instanceof Map<?, ?> map
              ? map.keySet().stream().limit(LISTED).map(Object::toString)
                  .collect(Collectors.joining(", "))
              : "no names";
      throw new Refusal("the file has no part '" + part + "'; it has " + names);
    }
    return found;
  }

  /// How many tensors are in a value.
  private static int count(Object value) {
    Map<String, View> views = new LinkedHashMap<>();
    new TorchState(Storages.of(Map.of())).collect(value, "", 0, views);
    return views.size();
  }

  private void collect(Object value, String path, int depth, Map<String, View> views) {
    if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
      throw new Refusal(
          "the file's values are nested too deeply, or refer to each other too often");
    }
    if (path.length() > MAX_NAME) {
      throw new Refusal("the file has a name longer than " + MAX_NAME + " letters");
    }
    switch (value) {
      case View view -> name(path.isEmpty() ? "tensor" : path, view, views);
      case Map<?, ?> map ->
          map.forEach(
              (key, item) -> collect(item, Paths.join(path, key.toString()), depth + 1, views));
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          collect(list.get(i), Paths.join(path, Integer.toString(i)), depth + 1, views);
        }
      }
      default -> {} // epochs, accuracies, names: not weights
    }
  }

  private void name(String name, View view, Map<String, View> views) {
    letters += name.length();
    if (letters > MAX_LETTERS) {
      throw new Refusal("the file's names are too long");
    }
    if (views.put(name, view) != null) {
      throw new Refusal("the file has two tensors named '" + name + "'");
    }
  }

  private StoredTensor cut(String name, View view) throws IOException {
    DType dtype = view.storage().dtype();
    if (kinds.computeIfAbsent(view.storage().key(), _ -> dtype) != dtype) {
      throw new Refusal(
          "storage " + view.storage().key() + " holds " + kinds.get(view.storage().key())
              + " and, as tensor '" + name + "' has it, " + dtype + ": the file is corrupt");
    }
    byte[] storage = storage(name, view.storage());
    long available = storage.length / dtype.bytes();
    long first = view.storage().offset() + view.offset();
    long last = first;
    long elements = 1;
    try {
      if (view.offset() < 0) {
        throw new Refusal("tensor '" + name + "' begins before its storage");
      }
      for (int axis = 0; axis < view.extents().length; axis++) {
        long extent = view.extents()[axis];
        if (extent < 0 || view.strides()[axis] < 0) {
          throw new Refusal("tensor '" + name + "' has a negative size or stride");
        }
        elements = Math.multiplyExact(elements, extent);
        last =
            Math.addExact(last, Math.multiplyExact(Math.max(0, extent - 1), view.strides()[axis]));
      }
    } catch (ArithmeticException e) {
      throw new Refusal("tensor '" + name + "' has an impossible size");
    }
    if (elements > 0 && (first < 0 || last >= available)) {
      throw new Refusal(
          "tensor '" + name + "' reaches to element " + last + " of a storage of " + available
              + ": the file is truncated or corrupt");
    }
    if (view.storage().elements() > available - Math.min(available, view.storage().offset())) {
      throw new Refusal(
          "storage " + view.storage().key() + " should have " + view.storage().elements()
              + " numbers, but has " + available + ": the file is truncated");
    }
    if (elements > Math.max(available, MAX_REPEATED)) {
      throw new Refusal(
          "tensor '" + name + "' repeats a small storage into " + elements + " elements");
    }
    int size = dtype.bytes();
    boolean contiguous = elements == 0 || isContiguous(view);
    tied += elements * size;
    copied += contiguous ? 0 : elements * size;
    if (copied > ALWAYS + MAX_COPIES * storages.bytes()
        || tied > ALWAYS + MAX_TIES * storages.bytes()) {
      throw new Refusal(
          "its tensors, up to '" + name + "', are far larger together than what is stored:"
              + " save clones of them");
    }
    Bytes bytes =
        contiguous
            ? Bytes.of(storage, elements == 0 ? 0 : (int) (first * size), (int) (elements * size))
            : Bytes.of(gather(storage, view, first, (int) elements, size));
    return new StoredTensor(name, dtype, view.extents(), bytes);
  }

  private byte[] storage(String tensor, Storage storage) throws IOException {
    byte[] bytes = read.get(storage.key());
    if (bytes == null) {
      bytes = storages.read(storage.key());
      if (bytes == null) {
        throw new Refusal(
            "tensor '" + tensor + "' lies in storage " + storage.key() + ", which is missing");
      }
      if (storages.isBigEndian()) {
        turn(bytes, storage.dtype().bytes());
      }
      read.put(storage.key(), bytes);
    }
    return bytes;
  }

  private static boolean isContiguous(View view) {
    long expected = 1;
    for (int axis = view.extents().length - 1; axis >= 0; axis--) {
      if (view.extents()[axis] != 1 && view.strides()[axis] != expected) {
        return false;
      }
      expected *= view.extents()[axis];
    }
    return true;
  }

  /// The elements of a strided view, row by row.
  private static byte[] gather(byte[] storage, View view, long first, int elements, int size) {
    byte[] gathered = new byte[Math.multiplyExact(elements, size)];
    long[] index = new long[view.extents().length];
    long at = first;
    for (int i = 0; i < elements; i++) {
      System.arraycopy(storage, (int) (at * size), gathered, i * size, size);
      for (int axis = index.length - 1; axis >= 0; axis--) {
        at += view.strides()[axis];
        if (++index[axis] < view.extents()[axis]) {
          break;
        }
        at -= view.strides()[axis] * index[axis];
        index[axis] = 0;
      }
    }
    return gathered;
  }

  /// Turns the bytes of each number around.
  private static void turn(byte[] storage, int size) {
    for (int at = 0; at + size <= storage.length; at += size) {
      for (int i = 0; i < size / 2; i++) {
        byte first = storage[at + i];
        storage[at + i] = storage[at + size - 1 - i];
        storage[at + size - 1 - i] = first;
      }
    }
  }
}
