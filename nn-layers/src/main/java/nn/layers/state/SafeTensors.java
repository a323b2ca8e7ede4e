package nn.layers.state;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The safetensors format: the length of a JSON header (8 bytes, little-endian), the header, and the numbers.
///
/// The header maps each name to its kind of number, its shape and where its bytes are; `__metadata__` maps strings to
/// strings. Reading checks everything the header says against the file before a number is read, and reads the numbers
/// themselves only when they are asked for.
public final class SafeTensors {
  /// Longer headers are not read: that of the largest published networks is far below.
  private static final long MAX_HEADER = 100_000_000;

  private static final String METADATA = "__metadata__";

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // a file's names are no business of the whole JVM
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(8)
                  .maxNumberLength(20)
                  .maxNameLength(10_000)
                  .maxStringLength(20_000_000)
                  .build())
          .build();

  private SafeTensors() {}

  /// Reads a file, or all files of an index (`….safetensors.index.json`).
  ///
  /// @throws WeightFileException if the file is not what it says it is
  public static StateDict read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "there is no such file");
    }
    if (Files.isDirectory(file)) {
      throw new WeightFileException(file, "is a folder: name the weight file in it");
    }
    return file.getFileName().toString().endsWith(".index.json") ? readIndex(file) : readOne(file);
  }

  /// Writes tensors as they are, so that the same state gives the same bytes.
  ///
  /// The widest kinds come first, so that every number is aligned; otherwise the order is that of the state.
  ///
  /// @throws IllegalArgumentException if a tensor has the name that the format keeps for itself, `__metadata__`
  public static void write(Path file, StateDict state) throws IOException {
    if (state.find(METADATA).isPresent()) {
      throw new IllegalArgumentException(
          "a tensor cannot be named '" + METADATA + "': safetensors keeps that name for itself");
    }
    List<StoredTensor> tensors = new ArrayList<>(state.tensors());
    tensors.sort(Comparator.comparingInt(t -> -t.dtype().bytes()));
    byte[] header = header(tensors, state.metadata());
    AtomicFile.write(
        file,
        out -> {
          out.write(
              ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
          out.write(header);
          for (StoredTensor tensor : tensors) {
            tensor.eachChunk(
                chunk -> {
                  byte[] bytes = new byte[chunk.remaining()];
                  chunk.get(bytes);
                  out.write(bytes);
                });
          }
        });
  }

  private static byte[] header(List<StoredTensor> tensors, Map<String, String> metadata)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(METADATA);
        for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      long at = 0;
      for (StoredTensor tensor : tensors) {
        json.writeObjectFieldStart(tensor.name());
        json.writeStringField("dtype", tensor.dtype().name());
        json.writeArrayFieldStart("shape");
        for (long extent : tensor.extents()) {
          json.writeNumber(extent);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("data_offsets");
        json.writeNumber(at);
        at += tensor.bytes();
        json.writeNumber(at);
        json.writeEndArray();
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    while (bytes.size() % 8 != 0) {
      bytes.write(' ');
    }
    return bytes.toByteArray();
  }

  private static StateDict readOne(Path file) throws IOException {
    long size;
    byte[] header;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      size = channel.size();
      if (size < 8) {
        throw new WeightFileException(
            file, "is " + size + " bytes long: too short to be safetensors");
      }
      long length = exactly(file, channel, 0, 8).getLong();
      if (length < 2 || length > MAX_HEADER || length > size - 8) {
        throw new WeightFileException(
            file,
            "says that its header has " + Long.toUnsignedString(length) + " bytes, of a file of "
                + size + ": it is truncated, or not safetensors");
      }
      header = exactly(file, channel, 8, (int) length).array();
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Entry> entries = entries(file, header, metadata);
    check(file, entries, size - 8 - header.length);
    List<StoredTensor> tensors = new ArrayList<>();
    for (Entry entry : entries) {
      Bytes bytes = Bytes.of(file, 8 + header.length + entry.from, entry.to - entry.from);
      tensors.add(new StoredTensor(entry.name, entry.dtype, entry.extents, bytes));
    }
    return new StateDict(tensors, metadata);
  }

  private static ByteBuffer exactly(Path file, FileChannel channel, long at, int count)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new WeightFileException(file, "became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  /// What the header says of one tensor.
  private record Entry(String name, DType dtype, long[] extents, long from, long to) {}

  private static List<Entry> entries(Path file, byte[] header, Map<String, String> metadata)
      throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (JsonParser json = JSON.createParser(header)) {
      expect(file, json, json.nextToken(), JsonToken.START_OBJECT, "the header");
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        expect(file, json, json.nextToken(), JsonToken.START_OBJECT, name);
        if (name.equals(METADATA)) {
          while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            expect(file, json, json.nextToken(), JsonToken.VALUE_STRING, METADATA + "." + key);
            metadata.put(key, json.getText());
          }
        } else {
          entries.add(entry(file, json, name));
        }
      }
      if (json.nextToken() != null) {
        throw new WeightFileException(file, "has something after the end of its header's JSON");
      }
    } catch (WeightFileException e) {
      throw e;
    } catch (IOException e) {
      throw new WeightFileException(
          file, "has a header that is not valid: " + firstLine(e.getMessage()), e);
    }
    return entries;
  }

  private static Entry entry(Path file, JsonParser json, String name) throws IOException {
    DType dtype = null;
    long[] extents = null;
    long[] offsets = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = json.currentName();
      json.nextToken();
      switch (key) {
        case "dtype" -> {
          expect(file, json, json.currentToken(), JsonToken.VALUE_STRING, name + ".dtype");
          String kind = json.getText();
          dtype =
              DType.of(kind)
                  .orElseThrow(
                      () -> new WeightFileException(
                          file,
                          "tensor '" + name + "' has the kind of number '" + kind
                              + "', which is not known"));
        }
        case "shape" -> extents = longs(file, json, name + ".shape", 64);
        case "data_offsets" -> offsets = longs(file, json, name + ".data_offsets", 2);
        default ->
            throw new WeightFileException(
                file, "tensor '" + name + "' has an unknown property '" + key + "'");
      }
    }
    if (dtype == null || extents == null || offsets == null || offsets.length != 2) {
      throw new WeightFileException(
          file, "tensor '" + name + "' lacks a dtype, a shape or two data_offsets");
    }
    return new Entry(name, dtype, extents, offsets[0], offsets[1]);
  }

  private static long[] longs(Path file, JsonParser json, String what, int most)
      throws IOException {
    expect(file, json, json.currentToken(), JsonToken.START_ARRAY, what);
    List<Long> values = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(file, json, json.currentToken(), JsonToken.VALUE_NUMBER_INT, what);
      if (values.size() == most) {
        throw new WeightFileException(file, what + " has more than " + most + " numbers");
      }
      values.add(json.getLongValue());
    }
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  private static void expect(
      Path file, JsonParser json, @Nullable JsonToken got, JsonToken wanted, String what)
      throws IOException {
    if (got != wanted) {
      throw new WeightFileException(
          file,
          "is not what it should be: " + what + " should be " + wanted + ", at byte "
              + json.currentTokenLocation().getByteOffset() + " of its JSON");
    }
  }

  /// Every tensor lies in the file, has as many bytes as its shape takes, and shares none with another; every byte belongs
  /// to a tensor, as the format demands: what could hide in between is of no use to anyone but an attacker.
  private static void check(Path file, List<Entry> entries, long available) throws IOException {
    List<Entry> inOrder = new ArrayList<>(entries);
    inOrder.sort(Comparator.comparingLong(Entry::from).thenComparingLong(Entry::to));
    long end = 0;
    for (Entry e : inOrder) {
      if (e.from < 0 || e.to < e.from || e.to > available) {
        throw new WeightFileException(
            file,
            "tensor '" + e.name + "' should lie at " + e.from + " to " + e.to + " of " + available
                + " bytes: the file is truncated or corrupt");
      }
      long wanted;
      try {
        wanted = Math.multiplyExact(StoredTensor.elements(e.extents), e.dtype.bytes());
      } catch (ArithmeticException overflow) {
        throw new WeightFileException(
            file, "tensor '" + e.name + "' has an impossible shape "
                + StoredTensor.describe(e.extents),
            overflow);
      }
      if (wanted != e.to - e.from) {
        throw new WeightFileException(
            file,
            "tensor '" + e.name + "' " + e.dtype + StoredTensor.describe(e.extents) + " takes "
                + wanted + " bytes, but " + (e.to - e.from) + " are set aside");
      }
      if (e.from < end) {
        throw new WeightFileException(file, "tensor '" + e.name + "' overlaps another");
      }
      if (e.from > end) {
        throw new WeightFileException(file, unused(end, e.from));
      }
      end = e.to;
    }
    if (end < available) {
      throw new WeightFileException(file, unused(end, available));
    }
  }

  private static String unused(long from, long to) {
    return "has " + (to - from) + " bytes, from " + from + " on, that belong to no tensor:"
        + " it is corrupt, or something was put into it";
  }

  private static StateDict readIndex(Path index) throws IOException {
    Map<String, String> shards = new LinkedHashMap<>(); // tensor → file
    if (Files.size(index) > MAX_HEADER) {
      throw new WeightFileException(index, "is too long to be an index");
    }
    try (JsonParser json = JSON.createParser(Files.readAllBytes(index))) {
      expect(index, json, json.nextToken(), JsonToken.START_OBJECT, "the index");
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean map = json.currentName().equals("weight_map");
        json.nextToken();
        if (!map) {
          json.skipChildren();
          continue;
        }
        expect(index, json, json.currentToken(), JsonToken.START_OBJECT, "weight_map");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String name = json.currentName();
          expect(index, json, json.nextToken(), JsonToken.VALUE_STRING, name);
          shards.put(name, json.getText());
        }
      }
      if (json.nextToken() != null) {
        throw new WeightFileException(index, "has something after the end of its JSON");
      }
    } catch (WeightFileException e) {
      throw e;
    } catch (IOException e) {
      throw new WeightFileException(index, "is not valid: " + firstLine(e.getMessage()), e);
    }
    Map<String, StateDict> files = new LinkedHashMap<>();
    List<StoredTensor> tensors = new ArrayList<>();
    for (Map.Entry<String, String> shard : shards.entrySet()) {
      String name = shard.getValue();
      StateDict state = files.get(name);
      if (state == null) {
        state = readOne(part(index, name));
        files.put(name, state);
      }
      tensors.add(
          state
              .find(shard.getKey())
              .orElseThrow(
                  () -> new WeightFileException(
                      index, "says that '" + shard.getKey() + "' is in " + name + "; it is not")));
    }
    if (tensors.isEmpty()) {
      throw new WeightFileException(index, "has no weight_map, or an empty one");
    }
    return new StateDict(tensors, Map.of());
  }

  /// A file beside the index.
  private static Path part(Path index, String name) throws IOException {
    Path part;
    try {
      part = Path.of(name);
    } catch (InvalidPathException e) {
      throw new WeightFileException(index, "names a part that no file can be called", e);
    }
    if (part.getNameCount() != 1
        || part.isAbsolute()
        || Files.isDirectory(index.resolveSibling(part))) {
      throw new WeightFileException(
          index, "names '" + name + "': the parts must lie beside the index");
    }
    if (!Files.exists(index.resolveSibling(part))) {
      throw new WeightFileException(
          index, "has a part " + name + ", which is missing: put it beside the index");
    }
    return index.resolveSibling(part);
  }

  private static String firstLine(@Nullable String message) {
    return message == null ? "" : message.lines().findFirst().orElse("");
  }
}
