package nn.core;

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

/// A file of reference answers: safetensors, read by the least code that can, since nn-core depends on nothing.
record Golden(String name, String op, Map<String, Object> attributes, Map<String, Object> tensors) {
  static Golden read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) bytes.getLong();
    byte[] header = new byte[length];
    bytes.get(header);
    Map<String, Object> entries =
        object(new Json(new String(header, StandardCharsets.UTF_8)).value());
    Map<String, Object> metadata = object(entries.remove("__metadata__"));
    Map<String, Object> tensors = new LinkedHashMap<>();
    entries.forEach(
        (name, entry) -> {
          Map<String, Object> e = object(entry);
          int[] extents = ints(e.get("shape"));
          int at = 8 + length + ints(e.get("data_offsets"))[0];
          Shape shape = Shape.of(extents);
          if (e.get("dtype").equals("F32")) {
            float[] values = new float[shape.size()];
            bytes.slice(at, 4 * values.length).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()
                .get(values);
            tensors.put(name, NdArray.of(shape, values));
          } else {
            int[] values = new int[shape.size()];
            for (int i = 0; i < values.length; i++) {
              values[i] = (int) bytes.getLong(at + 8 * i);
            }
            tensors.put(name, new Ints(shape, values));
          }
        });
    String attributes = (String) metadata.getOrDefault("attrs", "{}");
    return new Golden(
        file.getFileName().toString().replace(".safetensors", ""),
        (String) metadata.get("op"),
        object(new Json(attributes).value()),
        tensors);
  }

  /// Whole numbers with a shape.
  record Ints(Shape shape, int[] values) {}

  NdArray array(String name) {
    return (NdArray) tensors.get(name);
  }

  boolean has(String name) {
    return tensors.containsKey(name);
  }

  Ints integers(String name) {
    return (Ints) tensors.get(name);
  }

  double number(String attribute, double otherwise) {
    Object value = attributes.get(attribute);
    return value == null ? otherwise : (Double) value;
  }

  int integer(String attribute) {
    return (int) number(attribute, Double.NaN);
  }

  boolean flag(String attribute) {
    return Boolean.TRUE.equals(attributes.get(attribute));
  }

  int[] pair(String attribute) {
    return ints(attributes.get(attribute));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Object json) {
    return json == null ? Map.of() : (Map<String, Object>) json;
  }

  private static int[] ints(Object json) {
    return ((List<?>) json).stream().mapToInt(v -> ((Double) v).intValue()).toArray();
  }

  /// JSON to maps, lists, strings, doubles and booleans.
  private static final class Json {
    private final String text;
    private int at;

    Json(String text) {
      this.text = text;
    }

    Object value() {
      blanks();
      char c = text.charAt(at);
      if (c == '{') {
        Map<String, Object> map = new LinkedHashMap<>();
        at++;
        for (blanks(); text.charAt(at) != '}'; blanks()) {
          String key = string();
          blanks();
          at++; // the colon
          map.put(key, value());
          blanks();
          at += text.charAt(at) == ',' ? 1 : 0;
        }
        at++;
        return map;
      }
      if (c == '[') {
        List<Object> list = new ArrayList<>();
        at++;
        for (blanks(); text.charAt(at) != ']'; blanks()) {
          list.add(value());
          blanks();
          at += text.charAt(at) == ',' ? 1 : 0;
        }
        at++;
        return list;
      }
      if (c == '"') {
        return string();
      }
      int from = at;
      while (at < text.length() && ",]} \n".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      String word = text.substring(from, at);
      return word.equals("true") || word.equals("false")
          ? Boolean.valueOf(word)
          : Double.valueOf(word);
    }

    private String string() {
      StringBuilder result = new StringBuilder();
      for (at++; text.charAt(at) != '"'; at++) {
        if (text.charAt(at) == '\\') {
          at++;
        }
        result.append(text.charAt(at));
      }
      at++;
      return result.toString();
    }

    private void blanks() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }
  }
}
