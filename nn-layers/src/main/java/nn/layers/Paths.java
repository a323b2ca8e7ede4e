package nn.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Paths and path patterns. A path is the names from the root joined by dots; in a pattern `*`
/// stands for any characters, dots included, and `?` for one.
public final class Paths {
  private Paths() {}

  /// A path and one more name.
  public static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /// Whether a path fits a pattern such as `layer4.*` or `*.bias`.
  public static boolean matches(String pattern, String path) {
    StringBuilder regex = new StringBuilder();
    for (char c : pattern.toCharArray()) {
      regex.append(
          switch (c) {
            case '*' -> ".*";
            case '?' -> ".";
            default -> Pattern.quote(String.valueOf(c));
          });
    }
    return path.matches(regex.toString());
  }

  /// The slot at a path below `root`.
  ///
  /// @throws IllegalArgumentException if there is none: the message names the nearest layer and its
  ///     children
  static Slot slot(Layer root, String path) {
    Layer layer = root;
    Slot slot = null;
    String reached = "";
    for (String name : path.split("\\.", -1)) {
      slot = layer.slots.get(name);
      if (slot == null) {
        List<String> children = new ArrayList<>(layer.slots.keySet());
        throw new IllegalArgumentException(
            "there is no layer '" + path + "': "
                + (reached.isEmpty() ? "the network" : "'" + reached + "'")
                + (children.isEmpty()
                    ? " has no layers below it"
                    : " has " + String.join(", ", children)));
      }
      reached = join(reached, name);
      layer = slot.layer();
    }
    if (slot == null) {
      throw new IllegalArgumentException("an empty path names the network itself, not a part of it");
    }
    return slot;
  }
}
