package nn.layers.state;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a model file says about itself, so that it can be used by whoever has nothing but the file.
///
/// @param architecture the name under which the zoo makes the network
/// @param classes the names of the classes, in the order of the head's outputs
/// @param preprocessing how an image becomes the network's input, as JSON (see
///     [nn.layers.image.Preprocessing]); empty if that is not known
/// @param base what the network was fine-tuned from: a name and the hash of its file; empty if trained from scratch
/// @param extra anything else, by name
public record ModelCard(
    String architecture,
    List<String> classes,
    String preprocessing,
    String base,
    Map<String, String> extra) {
  private static final String PREFIX = "graft.";
  private static final String VERSION = "1";
  private static final JsonFactory JSON = new JsonFactory();

  public ModelCard {
    classes = List.copyOf(classes);
    extra = Map.copyOf(extra);
  }

  /// As the metadata of a file: strings under names that begin with `graft.`.
  public Map<String, String> toMetadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", "pt"); // the layout of kernels, as other readers name it
    metadata.put(PREFIX + "version", VERSION);
    metadata.put(PREFIX + "architecture", architecture);
    metadata.put(PREFIX + "classes", toJson(classes));
    if (!preprocessing.isEmpty()) {
      metadata.put(PREFIX + "preprocessing", preprocessing);
    }
    if (!base.isEmpty()) {
      metadata.put(PREFIX + "base", base);
    }
    extra.forEach((key, value) -> metadata.put(PREFIX + "extra." + key, value));
    return metadata;
  }

  /// What a file's metadata says; empty if Graft did not write it.
  ///
  /// @throws IllegalArgumentException if it says something that cannot be
  public static Optional<ModelCard> of(Map<String, String> metadata) {
    String version = metadata.get(PREFIX + "version");
    if (version == null) {
      return Optional.empty();
    }
    if (!version.equals(VERSION)) {
      throw new IllegalArgumentException(
          "the file was written by a newer Graft (its version is " + version + ", this one reads "
              + VERSION + ")");
    }
    Map<String, String> extra = new LinkedHashMap<>();
    metadata.forEach(
        (key, value) -> {
          if (key.startsWith(PREFIX + "extra.")) {
            extra.put(key.substring((PREFIX + "extra.").length()), value);
          }
        });
    return Optional.of(
        new ModelCard(
            metadata.getOrDefault(PREFIX + "architecture", ""),
            fromJson(metadata.getOrDefault(PREFIX + "classes", "[]")),
            metadata.getOrDefault(PREFIX + "preprocessing", ""),
            metadata.getOrDefault(PREFIX + "base", ""),
            extra));
  }

  private static String toJson(List<String> strings) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartArray();
      for (String string : strings) {
        json.writeString(string);
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return text.toString();
  }

  private static List<String> fromJson(String text) {
    List<String> strings = new ArrayList<>();
    try (JsonParser json = JSON.createParser(text)) {
      boolean list = json.nextToken() == JsonToken.START_ARRAY;
      while (list && json.nextToken() == JsonToken.VALUE_STRING) {
        strings.add(json.getText());
      }
      if (!list || json.currentToken() != JsonToken.END_ARRAY || json.nextToken() != null) {
        throw new IllegalArgumentException("the file's class names are not a list of strings");
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("the file's class names are not valid JSON", e);
    }
    return strings;
  }
}
