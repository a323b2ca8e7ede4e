package nn.finetune;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import nn.layers.Layer;
import nn.layers.Parameter;
import nn.layers.Parameters;
import nn.layers.Paths;
import nn.layers.Slot;

/// A recipe that says what of a network is trained; everything else is frozen.
///
/// | recipe | written | trained |
/// | --- | --- | --- |
/// | [#all] | `all` | every layer |
/// | [#head] | `head` | the [head][Layer#headPath] alone: the network below gives its features |
/// | [#lastStage] | `last-stage` | the head, and the last part with parameters below it |
/// | [#trainOnly] | `layer4.*,head` | the parameters that fit a pattern |
///
/// A layer that owns a trained parameter behaves as in training, every other as at inference: so
/// `layer4.*` also lets batch norm in `layer4` use and update its statistics. A layer without
/// parameters, such as dropout, behaves as in training if its own path fits a pattern.
public final class Freezing {
  private static final String HEAD = "head";
  private static final String ALL = "all";
  private static final String LAST_STAGE = "last-stage";

  private final List<String> patterns; // "head" stands for the head; [all] for everything

  private Freezing(List<String> patterns) {
    this.patterns = List.copyOf(patterns);
  }

  /// Trains everything.
  public static void all(Layer model) {
    model.unfreeze();
  }

  /// Trains the head alone.
  ///
  /// @throws IllegalStateException if the network does not know its head
  public static void head(Layer model) {
    Layer head = model.at(model.headPath());
    model.freeze();
    head.unfreeze();
  }

  /// Trains the head and the last stage below it: the last child with parameters, `layer4` in a ResNet. Where a single
  /// child holds all that is below the head, its own last child, as `features.18` in MobileNetV2.
  ///
  /// @throws IllegalStateException if the network does not know its head
  public static void lastStage(Layer model) {
    String head = model.headPath();
    String stage = "";
    List<String> parts = parts(model, stage, head);
    while (!parts.isEmpty() && (stage.isEmpty() || parts.size() > 1)) {
      boolean single = parts.size() == 1;
      stage = parts.getLast();
      parts = single ? parts(model, stage, head) : List.of();
    }
    if (stage.isEmpty()) {
      head(model);
    } else {
      trainOnly(model, stage + ".*", HEAD);
    }
  }

  /// The paths of a layer's children that have parameters and do not hold the head.
  private static List<String> parts(Layer model, String path, String head) {
    return model.at(path).slots().stream()
        .filter(slot -> slot.layer().parameters().size() > 0)
        .map(slot -> Paths.join(path, slot.name()))
        .filter(part -> !(head + ".").startsWith(part + "."))
        .toList();
  }

  /// Trains the parameters that fit one of the patterns: paths in which `*` stands for any
  /// characters and `?` for one; `head` stands for all of the head.
  ///
  /// @throws IllegalArgumentException if a pattern fits nothing: the message lists what there is
  ///   and the nearest; nothing has been changed then
  public static void trainOnly(Layer model, String... patterns) {
    if (patterns.length == 0) {
      throw new IllegalArgumentException(
          "trainOnly needs a pattern, such as \"layer4.*\"; to freeze everything, model.freeze()");
    }
    Parameters parameters = model.parameters();
    Set<Parameter> trained = new LinkedHashSet<>();
    List<String> globs = new ArrayList<>();
    for (String pattern : patterns) {
      String glob = pattern;
      if (pattern.equals(HEAD)) {
        String path = model.headPath();
        model.at(path).parameters().forEach(entry -> trained.add(entry.parameter()));
        globs.add(path);
        glob = path + ".*";
      } else {
        parameters.matching(pattern).forEach(entry -> trained.add(entry.parameter()));
      }
      globs.add(glob);
    }
    model.freeze();
    model.walk((path, layer) -> {
      if (isTrained(path, layer, trained, globs)) {
        unfreezeAlone(layer);
        layer.ownParameters().forEach(p -> p.trainable(trained.contains(p)));
      }
    });
  }

  private static boolean isTrained(
      String path, Layer layer, Set<Parameter> trained, List<String> globs) {
    List<Parameter> own = layer.ownParameters();
    return own.isEmpty()
        ? globs.stream().anyMatch(glob -> Paths.matches(glob, path))
        : own.stream().anyMatch(trained::contains);
  }

  /// Unfreezes a layer, but not those below, which are visited later.
  private static void unfreezeAlone(Layer layer) {
    layer.unfreeze();
    layer.slots().stream().map(Slot::layer).forEach(Layer::freeze);
  }

  /// The recipe that a text says: `all`, `last-stage`, `head`, or patterns separated by commas, of which `head`
  /// may be one.
  ///
  /// @throws IllegalArgumentException if the text says nothing, or `all` or `last-stage` and more
  public static Freezing parse(String text) {
    List<String> patterns = Stream.of(text.split(",", -1)).map(String::strip).toList();
    if (patterns.stream().anyMatch(String::isEmpty)) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' does not say what to train: write all, last-stage, head, or patterns separated by"
              + " commas such as layer4.*,head");
    }
    for (String alone : List.of(ALL, LAST_STAGE)) {
      if (patterns.contains(alone) && patterns.size() > 1) {
        throw new IllegalArgumentException(
            "'" + text + "' says " + alone + " and more: write " + alone
                + " alone, or the patterns alone");
      }
    }
    return new Freezing(patterns);
  }

  /// Freezes and unfreezes a network as this recipe says.
  ///
  /// @throws IllegalArgumentException if a pattern fits nothing; nothing has been changed then
  public void applyTo(Layer model) {
    if (patterns.equals(List.of(ALL))) {
      all(model);
    } else if (patterns.equals(List.of(HEAD))) {
      head(model);
    } else if (patterns.equals(List.of(LAST_STAGE))) {
      lastStage(model);
    } else {
      trainOnly(model, patterns.toArray(String[]::new));
    }
  }

  /// This recipe as [#parse] understands it.
  @Override
  public String toString() {
    return String.join(",", patterns);
  }
}
