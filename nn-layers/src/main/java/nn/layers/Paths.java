package nn.layers;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Paths and path patterns. A path is the names from the root joined by dots; in a pattern `*`
/// stands for any characters, dots included, and `?` for one.
public final class Paths {
  private static final int LISTED = 20; // how many names a message lists

  private Paths() {}

  /// A path and one more name.
  public static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /// The path without its last name: `layer1.0` for `layer1.0.conv1`, empty for `fc`.
  public static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('.')));
  }

  /// The last name of a path: `conv1` for `layer1.0.conv1`.
  public static String name(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
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

  /// The name nearest to one that was mistyped: that with the fewest letters to change
  /// (Levenshtein's distance), the first of several; empty if more than half of the letters differ.
  public static Optional<String> nearest(String mistyped, Collection<String> names) {
    String best = null;
    int least = Integer.MAX_VALUE;
    for (String name : names) {
      int longest = Math.max(mistyped.length(), name.length());
      if (2 * Math.abs(mistyped.length() - name.length()) > longest) {
        continue; // so many letters differ at least
      }
      int distance = distance(mistyped, name);
      if (distance < least && 2 * distance <= longest) {
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

  /// ` (the nearest is 'fc.weight')`, to put behind a mistyped name in a message; nothing if none
  /// is near.
  public static String hint(String mistyped, Collection<String> names) {
    return nearest(mistyped, names).map(near -> " (the nearest is '" + near + "')").orElse("");
  }

  /// `a, b, c`, cut short where there are more than a reader wants to see.
  public static String list(Collection<String> names) {
    List<String> shown = names.stream().limit(LISTED).toList();
    int more = names.size() - shown.size();
    return (shown.isEmpty() ? "none" : String.join(", ", shown))
        + (more == 0 ? "" : ", … and " + more + " more");
  }

  /// The slot at a path below `root`.
  ///
  /// @throws IllegalArgumentException if there is none: the message says how far the path leads,
  ///   what there is at that place, and the nearest path of all
  static Slot slot(Layer root, String path) {
    if (path.isEmpty()) {
      throw new IllegalArgumentException(
          "an empty path names the network itself, not a part of it");
    }
    Slot slot = find(root, path);
    if (slot == null) {
      String reached = parent(path);
      while (!reached.isEmpty() && find(root, reached) == null) {
        reached = parent(reached);
      }
      Map<String, Slot> there = root.at(reached).slots;
      throw new IllegalArgumentException(
          "there is no layer '"
              + path
              + "'"
              + hint(path, all(root))
              + ": "
              + (reached.isEmpty() ? "the network" : "'" + reached + "'")
              + (there.isEmpty() ? " has no layers below it" : " has " + list(there.keySet())));
    }
    return slot;
  }

  /// The slot at a path below `root`, or null.
  static @Nullable Slot find(Layer root, String path) {
    Layer layer = root;
    Slot slot = null;
    int from = 0;
    while (from <= path.length()) {
      int dot = path.indexOf('.', from);
      int to = dot < 0 ? path.length() : dot;
      slot = layer.slots.get(path.substring(from, to));
      if (slot == null) {
        return null;
      }
      layer = slot.layer();
      from = to + 1;
    }
    return slot;
  }

  /// The paths of all layers below `root`.
  private static List<String> all(Layer root) {
    List<String> paths = new ArrayList<>();
    root.walk((path, _) -> paths.add(path));
    return paths.subList(1, paths.size());
  }
}
