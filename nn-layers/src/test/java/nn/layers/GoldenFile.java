package nn.layers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nn.core.NdArray;
import nn.core.Shape;

/// One reference answer: tensors and metadata of a small safetensors file, read as simply as can
/// be.
public record GoldenFile(String name, Map<String, Object> header, ByteBuffer data) {
  private static final String SUFFIX = ".safetensors";

  /// All files in a folder below the one that the property `nn.goldens` names; none if there is
  /// none.
  public static List<GoldenFile> all(String folder) throws IOException {
    Path path = Path.of(System.getProperty("nn.goldens", "../../shared/goldens"), folder);
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(path)) {
      List<GoldenFile> goldens = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList()) {
        goldens.add(read(file));
      }
      return goldens;
    }
  }

  private static GoldenFile read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = Math.toIntExact(bytes.getLong());
    String json = new String(bytes.array(), 8, length, StandardCharsets.UTF_8);
    String name = file.getFileName().toString();
    return new GoldenFile(
        name.substring(0, name.length() - SUFFIX.length()),
        object(json),
        bytes.position(8 + length).slice().order(ByteOrder.LITTLE_ENDIAN));
  }

  /// A metadata entry.
  public String metadata(String key) {
    return (String) map(header.get("__metadata__")).get(key);
  }

  /// An attribute of the operation.
  public Object attribute(String key) throws IOException {
    return object(metadata("attrs")).get(key);
  }

  public int integer(String key) throws IOException {
    return ((Number) attribute(key)).intValue();
  }

  public float real(String key) throws IOException {
    return ((Number) attribute(key)).floatValue();
  }

  /// A pair of integers, also where the file has one for both.
  public int[] pair(String key) throws IOException {
    return attribute(key) instanceof List<?> list
        ? list.stream().mapToInt(n -> ((Number) n).intValue()).toArray()
        : new int[] {integer(key), integer(key)};
  }

  public boolean has(String tensor) {
    return header.containsKey(tensor);
  }

  /// The numbers of a tensor; whole ones as floats.
  public NdArray array(String tensor) {
    Map<String, Object> entry = map(header.get(tensor));
    int[] extents =
        ((List<?>) entry.get("shape")).stream().mapToInt(n -> ((Number) n).intValue()).toArray();
    int at = ((Number) ((List<?>) entry.get("data_offsets")).getFirst()).intValue();
    Shape shape = Shape.of(extents);
    float[] values = new float[shape.size()];
    boolean whole = entry.get("dtype").equals("I64");
    for (int i = 0; i < values.length; i++) {
      values[i] = whole ? data.getLong(at + 8 * i) : data.getFloat(at + 4 * i);
    }
    return NdArray.of(shape, values);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  private static Map<String, Object> object(String json) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      parser.nextToken();
      return map(value(parser));
    }
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String key = parser.currentName();
          parser.nextToken();
          object.put(key, value(parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw new IOException("unexpected " + parser.currentToken());
    };
  }
}
