package nn.layers;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A selection of a network's parameters, each with its path, in the order of registration. A
/// parameter that stands in several places appears once, under its first path.
public final class Parameters implements Iterable<Parameters.Entry> {
  /// A parameter and where it stands.
  public record Entry(String path, Parameter parameter) {}

  private final Layer root;
  private final List<Entry> entries;

  private Parameters(Layer root, List<Entry> entries) {
    this.root = root;
    this.entries = List.copyOf(entries);
  }

  static Parameters of(Layer root) {
    List<Entry> entries = new ArrayList<>();
    Map<Parameter, Boolean> seen = new IdentityHashMap<>();
    root.walk((path, layer) -> {
      for (Parameter parameter : layer.ownParameters()) {
        if (seen.put(parameter, true) == null) {
          entries.add(new Entry(Paths.join(path, parameter.name()), parameter));
        }
      }
    });
    return new Parameters(root, entries);
  }

  /// All parameters of the network that these were selected from, as it is now: also those of a
  /// head that has been replaced since.
  public Parameters all() {
    return root.parameters();
  }

  /// Those whose path fits one of the patterns (`*` any characters, `?` one character).
  ///
  /// @throws IllegalArgumentException if a pattern fits nothing: the message lists what there is
  ///   and the nearest
  public Parameters matching(String... patterns) {
    for (String pattern : patterns) {
      if (entries.stream().noneMatch(e -> Paths.matches(pattern, e.path()))) {
        throw new IllegalArgumentException(
            "the pattern '"
                + pattern
                + "' fits no parameter"
                + nearest(pattern).map(near -> " (the nearest is '" + near + "')").orElse("")
                + "; there are "
                + Paths.list(paths()));
      }
    }
    return where(
        entry -> Stream.of(patterns).anyMatch(pattern -> Paths.matches(pattern, entry.path())));
  }

  /// The pattern nearest to one that fits nothing, of those that name one parameter, all of a layer
  /// (`layer4.*`) or all of a name (`*.bias`).
  private Optional<String> nearest(String pattern) {
    Set<String> patterns = new LinkedHashSet<>();
    for (Entry entry : entries) {
      String path = entry.path();
      patterns.add(path);
      for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
        patterns.add(path.substring(0, dot) + ".*");
      }
      patterns.add("*" + path.substring(Math.max(0, path.lastIndexOf('.'))));
    }
    String whole = pattern + ".*"; // the name of a layer, written without the star
    return patterns.contains(whole) ? Optional.of(whole) : Paths.nearest(pattern, patterns);
  }

  /// Those for which a condition holds.
  public Parameters where(Predicate<Entry> condition) {
    return new Parameters(root, entries.stream().filter(condition).toList());
  }

  /// Those that are trained.
  public Parameters trainable() {
    return where(e -> e.parameter().trainable());
  }

  /// Those that are not trained.
  public Parameters frozen() {
    return where(e -> !e.parameter().trainable());
  }

  /// Says for each of these whether it is trained; how the layers behave does not change.
  public Parameters trainable(boolean trainable) {
    entries.forEach(e -> e.parameter().trainable(trainable));
    return this;
  }

  /// The parameter with this path.
  ///
  /// @throws IllegalArgumentException if there is none: the message lists what there is and the
  ///   nearest
  public Parameter at(String path) {
    return entries.stream()
        .filter(e -> e.path().equals(path))
        .map(Entry::parameter)
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException(
                "there is no parameter '"
                    + path
                    + "'"
                    + Paths.hint(path, paths())
                    + "; there are "
                    + Paths.list(paths())));
  }

  /// The path of each.
  public List<String> paths() {
    return entries.stream().map(Entry::path).toList();
  }

  /// How many parameters there are, as arrays.
  public int size() {
    return entries.size();
  }

  /// How many numbers these parameters have together.
  public long elements() {
    return entries.stream().mapToLong(e -> e.parameter().value().size()).sum();
  }

  /// The selection as a stream, in the order of registration.
  public Stream<Entry> stream() {
    return entries.stream();
  }

  @Override
  public Iterator<Entry> iterator() {
    return entries.iterator();
  }
}
