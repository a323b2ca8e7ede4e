package nn.finetune.weights;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nn.finetune.weights.Pickled.Global;
import nn.finetune.weights.Pickled.Mark;
import nn.finetune.weights.Pickled.None;
import nn.finetune.weights.Pickled.Storage;
import nn.finetune.weights.Pickled.View;
import nn.layers.state.DType;

/// Reads Python pickles of weights, and nothing else of what pickles can do.
///
/// A pickle is a program for a stack machine, and Python lets it import and call anything: opening one runs whatever its
/// author wrote. This machine has no way to call anything. It knows the opcodes that `torch.save` writes, builds strings,
/// numbers, lists, maps and [Pickled] values, and knows the few names of [#ALLOWED] by what they mean; any other name, and any
/// other opcode, is an error that says which.
final class Unpickler {
  /// The names that a pickle of weights may mention, beside the storages.
  private static final Set<String> ALLOWED =
      Set.of(
          "collections.OrderedDict",
          "torch._utils._rebuild_tensor",
          "torch._utils._rebuild_tensor_v2",
          "torch._utils._rebuild_parameter",
          "torch.nn.parameter.Parameter");

  private static final Map<String, DType> STORAGES =
      Map.of(
          "torch.DoubleStorage", DType.F64,
          "torch.FloatStorage", DType.F32,
          "torch.HalfStorage", DType.F16,
          "torch.BFloat16Storage", DType.BF16,
          "torch.LongStorage", DType.I64,
          "torch.IntStorage", DType.I32,
          "torch.ShortStorage", DType.I16,
          "torch.CharStorage", DType.I8,
          "torch.ByteStorage", DType.U8,
          "torch.BoolStorage", DType.BOOL);

  /// The kinds of tensors, which the oldest files mention beside their storages.
  private static final Set<String> TENSORS =
      STORAGES.keySet().stream()
          .map(name -> name.replace("Storage", "Tensor"))
          .flatMap(name -> Stream.of(name, name.replace("torch.", "torch.cuda.")))
          .collect(Collectors.toUnmodifiableSet());

  /// Published state dicts of ten thousand tensors take some 300,000.
  private static final int MAX_STEPS = 4_000_000;

  private static final int MAX_KEY = 1000; // letters
  static final int MAX_RANK = 64;

  /// A pickle that is not understood, or refused. Becomes a [nn.layers.state.WeightFileException] where the file is known.
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String problem) {
      super(problem);
    }
  }

  private final ByteBuffer in;
  private final Deque<Object> stack = new ArrayDeque<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  private final Function<Object, Object> outside;
  private int steps;

  private Unpickler(ByteBuffer in, Function<Object, Object> outside) {
    this.in = in;
    this.outside = outside;
  }

  /// Reads the pickle at the buffer's position, and leaves the position behind it.
  ///
  /// @throws Refusal if it is not a pickle of weights
  static Object read(ByteBuffer in) {
    return read(in, Unpickler::storage);
  }

  /// The same, with what the pickle's references to things outside of it mean; they are storages otherwise.
  static Object read(ByteBuffer in, Function<Object, Object> outside) {
    in.order(ByteOrder.LITTLE_ENDIAN);
    Unpickler machine = new Unpickler(in, outside);
    try {
      return machine.run();
    } catch (BufferUnderflowException e) {
      throw new Refusal("the pickle is truncated at byte " + in.position());
    }
  }

  private Object run() {
    while (true) {
      step();
      int at = in.position();
      int opcode = in.get() & 0xff;
      switch (opcode) {
        case 0x80 -> protocol(in.get() & 0xff); // PROTO
        case 0x95 -> in.getLong(); // FRAME
        case '.' -> { // STOP
          return pop();
        }
        case 'N' -> push(None.NONE);
        case 0x88 -> push(true); // NEWTRUE
        case 0x89 -> push(false); // NEWFALSE
        case 'I' -> push(number(line())); // INT, of Python 2
        case 'J' -> push((long) in.getInt()); // BININT
        case 'K' -> push((long) (in.get() & 0xff)); // BININT1
        case 'M' -> push((long) (in.getShort() & 0xffff)); // BININT2
        case 0x8a -> push(longOf(take(in.get() & 0xff))); // LONG1
        case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong()))); // BINFLOAT
        case 'X' -> push(text(in.getInt())); // BINUNICODE
        case 0x8c -> push(text(in.get() & 0xff)); // SHORT_BINUNICODE
        case 'U' -> push(text(in.get() & 0xff)); // SHORT_BINSTRING
        case 'T' -> push(text(in.getInt())); // BINSTRING
        case '(' -> push(Mark.MARK);
        case ')' -> push(List.of()); // EMPTY_TUPLE
        case 't' -> push(Collections.unmodifiableList(popToMark())); // TUPLE
        case 0x85 -> push(tuple(1));
        case 0x86 -> push(tuple(2));
        case 0x87 -> push(tuple(3));
        case ']' -> push(new ArrayList<Object>()); // EMPTY_LIST
        case 'l' -> push(popToMark()); // LIST
        case 'a' -> append(List.of(pop())); // APPEND
        case 'e' -> append(popToMark()); // APPENDS
        case '}' -> push(new LinkedHashMap<Object, Object>()); // EMPTY_DICT
        case 's' -> setItem(); // SETITEM
        case 'u' -> setItems(popToMark()); // SETITEMS
        case '0' -> pop(); // POP
        case '2' -> push(peek()); // DUP
        case 'q' -> memo.put(in.get() & 0xff, peek()); // BINPUT
        case 'r' -> memo.put(in.getInt(), peek()); // LONG_BINPUT
        case 0x94 -> memo.put(memo.size(), peek()); // MEMOIZE
        case 'h' -> push(remembered(in.get() & 0xff)); // BINGET
        case 'j' -> push(remembered(in.getInt())); // LONG_BINGET
        case 'c' -> push(global(line(), line())); // GLOBAL
        case 0x93 -> stackGlobal();
        case 'R', 0x81 -> reduce(); // REDUCE, NEWOBJ
        case 'b' -> pop(); // BUILD: attributes of an object, of which weights need none
        case 'Q' -> push(outside.apply(pop())); // BINPERSID
        default ->
            throw new Refusal(
                "the pickle's opcode 0x" + Integer.toHexString(opcode) + " at byte " + at
                    + " is not one that weights need");
      }
    }
  }

  /// Counts the work, so that a small file cannot ask for a lot of it.
  private void step() {
    if (++steps > MAX_STEPS) {
      throw new Refusal(
          "the pickle takes more than " + MAX_STEPS + " steps: it holds more than weights."
              + " Save the state dict alone: torch.save(model.state_dict(), file)");
    }
  }

  private static void protocol(int version) {
    if (version < 2 || version > 5) {
      throw new Refusal("pickles of protocol " + version + " are not read");
    }
  }

  // ---- the stack

  private void push(Object value) {
    stack.push(value);
  }

  private Object pop() {
    Object value = stack.poll();
    if (value == null) {
      throw new Refusal("the pickle is corrupt: its stack is empty at byte " + in.position());
    }
    return value;
  }

  private Object peek() {
    Object value = stack.peek();
    if (value == null) {
      throw new Refusal("the pickle is corrupt: its stack is empty at byte " + in.position());
    }
    return value;
  }

  private List<Object> popToMark() {
    List<Object> values = new ArrayList<>();
    for (Object value = pop(); value != Mark.MARK; value = pop()) {
      values.add(value);
    }
    Collections.reverse(values);
    return values;
  }

  private List<Object> tuple(int size) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      values.add(pop());
    }
    Collections.reverse(values);
    return Collections.unmodifiableList(values);
  }

  private Object remembered(int key) {
    return Optional.ofNullable(memo.get(key))
        .orElseThrow(
            () -> new Refusal(
                "the pickle is corrupt: it refers to " + key + ", which is not there"));
  }

  private void append(List<Object> values) {
    if (!(peek() instanceof ArrayList<?>)) {
      throw new Refusal("the pickle is corrupt: it appends to what is not a list");
    }
    @SuppressWarnings("unchecked") // only this machine makes lists, and of objects
    List<Object> list = (List<Object>) peek();
    list.addAll(values);
  }

  private void setItem() {
    Object value = pop();
    Object key = pop();
    setItems(List.of(key, value));
  }

  private void setItems(List<Object> keysAndValues) {
    if (!(peek() instanceof LinkedHashMap<?, ?>) || keysAndValues.size() % 2 != 0) {
      throw new Refusal("the pickle is corrupt: it sets items of what is not a map");
    }
    @SuppressWarnings("unchecked") // only this machine makes maps, and of objects
    Map<Object, Object> map = (Map<Object, Object>) peek();
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      put(map, keysAndValues.get(i), keysAndValues.get(i + 1));
    }
  }

  /// Keys are plain values, as a container could contain itself; kept as text, as they become parts of names.
  private static void put(Map<Object, Object> map, Object key, Object value) {
    if (!(key instanceof String || key instanceof Number || key instanceof Boolean)) {
      throw new Refusal("the pickle has a map whose key is not a string or a number");
    }
    String text = key.toString();
    if (text.length() > MAX_KEY) {
      throw new Refusal("the pickle has a map with a key longer than " + MAX_KEY + " letters");
    }
    if (map.put(text, value) != null) {
      throw new Refusal("the pickle has a map with the key '" + text + "' twice");
    }
  }

  // ---- bytes

  private byte[] take(int count) {
    if (count < 0 || count > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[count];
    in.get(bytes);
    return bytes;
  }

  private String text(int count) {
    return new String(take(count), StandardCharsets.UTF_8);
  }

  private String line() {
    int from = in.position();
    while (in.get() != '\n') {
      if (in.position() - from > 1000) {
        throw new Refusal("the pickle has a name longer than 1000 letters");
      }
    }
    int length = in.position() - from - 1;
    byte[] bytes = new byte[length];
    in.get(from, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// Digits, of which `00` and `01` are the truth values.
  private static Object number(String digits) {
    try {
      return switch (digits) {
        case "00" -> false;
        case "01" -> true;
        default -> Long.parseLong(digits);
      };
    } catch (NumberFormatException e) {
      throw new Refusal("the pickle is corrupt: a number that is none, or too large");
    }
  }

  /// A Long if the number fits one. The first number of an old file, its magic, does not.
  private static Object longOf(byte[] littleEndian) {
    byte[] bigEndian = new byte[littleEndian.length + 1];
    int last = littleEndian.length - 1;
    bigEndian[0] = (byte) (last >= 0 && littleEndian[last] < 0 ? -1 : 0);
    for (int i = 0; i <= last; i++) {
      bigEndian[i + 1] = littleEndian[last - i];
    }
    BigInteger value = new BigInteger(bigEndian);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  // ---- names and what they mean

  private static Global global(String module, String name) {
    Global global = new Global(module, name);
    String whole = global.toString();
    if (!ALLOWED.contains(whole) && !STORAGES.containsKey(whole) && !TENSORS.contains(whole)) {
      throw new Refusal(
          "the pickle names '" + global + "', which weights do not need; nothing was executed."
              + " Save the state dict alone: torch.save(model.state_dict(), file)");
    }
    return global;
  }

  private void stackGlobal() {
    Object name = pop();
    Object module = pop();
    if (!(name instanceof String n) || !(module instanceof String m)) {
      throw new Refusal("the pickle is corrupt: a name is not a string");
    }
    push(global(m, n));
  }

  private void reduce() {
    List<?> arguments = list(pop(), "arguments");
    if (!(pop() instanceof Global global)) {
      throw new Refusal("the pickle is corrupt: it calls what is not a name");
    }
    push(
        switch (global.name()) {
          case "OrderedDict" -> orderedDict(arguments);
          case "_rebuild_parameter", "Parameter" ->
              argument(arguments, 0, "a parameter", View.class);
          case "_rebuild_tensor", "_rebuild_tensor_v2" -> view(arguments);
          default -> throw new Refusal("the pickle calls '" + global + "'");
        });
  }

  private Object orderedDict(List<?> arguments) {
    Map<Object, Object> map = new LinkedHashMap<>();
    if (!arguments.isEmpty()) {
      for (Object pair : list(arguments.getFirst(), "an OrderedDict's items")) {
        List<?> items = list(pair, "an OrderedDict's item");
        if (items.size() != 2) {
          throw new Refusal("the pickle is corrupt: an OrderedDict's item is not a pair");
        }
        step();
        put(map, items.get(0), items.get(1));
      }
    }
    return map;
  }

  /// `(storage, offset, size, stride, …)`
  private static View view(List<?> arguments) {
    Storage storage = argument(arguments, 0, "a tensor's storage", Storage.class);
    long offset = argument(arguments, 1, "a tensor's offset", Long.class);
    long[] extents = longs(list(argument(arguments, 2, "a tensor's size", Object.class), "a size"));
    long[] strides =
        longs(list(argument(arguments, 3, "a tensor's stride", Object.class), "a stride"));
    if (extents.length != strides.length) {
      throw new Refusal("the pickle is corrupt: a tensor's size and stride do not fit");
    }
    return new View(storage, offset, extents, strides);
  }

  /// `('storage', type, key, location, elements[, view])`, a view being `(key, offset, elements)` or None.
  static Storage storage(Object persistentId) {
    List<?> id = list(persistentId, "a persistent id");
    if (id.size() < 5 || !"storage".equals(id.get(0))) {
      throw new Refusal("the pickle refers to something outside that is not a storage");
    }
    DType dtype = dtype(argument(id, 1, "a storage's type", Global.class));
    String key = argument(id, 2, "a storage's key", String.class);
    long elements = argument(id, 4, "a storage's size", Long.class);
    long offset = 0;
    if (id.size() > 5 && id.get(5) instanceof List<?> view) {
      offset = argument(view, 1, "a view's offset", Long.class);
      elements = argument(view, 2, "a view's size", Long.class);
    }
    if (offset < 0 || elements < 0) {
      throw new Refusal("the pickle is corrupt: a storage of negative size");
    }
    return new Storage(dtype, key, offset, elements);
  }

  static DType dtype(Global storage) {
    DType dtype = STORAGES.get(storage.toString());
    if (dtype == null) {
      throw new Refusal(
          "the pickle has a storage of the kind '" + storage + "', which is not known");
    }
    return dtype;
  }

  static <T> T argument(List<?> arguments, int at, String what, Class<T> kind) {
    if (at >= arguments.size() || !kind.isInstance(arguments.get(at))) {
      throw new Refusal("the pickle is corrupt: " + what + " is missing or of another kind");
    }
    return kind.cast(arguments.get(at));
  }

  static List<?> list(Object value, String what) {
    if (value instanceof List<?> values) {
      return values;
    }
    throw new Refusal("the pickle is corrupt: " + what + " should be a tuple");
  }

  private static long[] longs(List<?> values) {
    if (values.size() > MAX_RANK) {
      throw new Refusal("the pickle is corrupt: a tensor of rank " + values.size());
    }
    long[] numbers = new long[values.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = argument(values, i, "a number", Long.class);
    }
    return numbers;
  }
}
