package nn.layers;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

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
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      regex.append(
          switch (c) {
            case '*' -> ".*";
            case '?' -> ".";
            default -> Pattern.quote(String.valueOf(c));
          });
    }
    return path.matches(regex.toString());
  }

  /// The name nearest to one that was mistyped: that with the fewest letters to change (Levenshtein's distance), the
  /// first of several; empty if more than half of the letters differ.
  public static Optional<String> nearest(String mistyped, Collection<String> names) {
    String best = null;
    int least = Integer.MAX_VALUE;
    for (String name : names) {
      int distance = distance(mistyped, name);
      if (distance < least && 2 * distance <= Math.max(mistyped.length(), name.length())) {
        least = distance;
        best = name;
      }
    }
    return Optional.ofNullable(best);
  }

  private static int distance(String a, String b) {
    int[] above = IntStream.rangeClosed(0, b.length()).toArray();
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(changed, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[b.length()];
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
