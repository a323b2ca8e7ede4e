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
/// | [#trainOnly] | `layer4.*,head` | the parameters that fit a pattern |
///
/// A layer that owns a trained parameter behaves as in training, every other as at inference: so
/// `layer4.*` also lets batch norm in `layer4` use and update its statistics. A layer without
/// parameters, such as dropout, behaves as in training if its own path fits a pattern.
public final class Freezing {
  private static final String HEAD = "head";
  private static final String ALL = "all";

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

  /// The recipe that a text says: `all`, `head`, or patterns separated by commas, of which `head`
  /// may be one.
  ///
  /// @throws IllegalArgumentException if the text says nothing, or `all` and more
  public static Freezing parse(String text) {
    List<String> patterns = Stream.of(text.split(",", -1)).map(String::strip).toList();
    if (patterns.stream().anyMatch(String::isEmpty)) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' does not say what to train: write all, head, or patterns separated by"
              + " commas such as layer4.*,head");
    }
    if (patterns.contains(ALL) && patterns.size() > 1) {
      throw new IllegalArgumentException(
          "'" + text + "' says all and more: write all alone, or the patterns alone");
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
