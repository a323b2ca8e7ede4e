package nn.layers.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import nn.core.NdArray;
import nn.core.Shape;
import nn.layers.Buffer;
import nn.layers.Layer;
import nn.layers.Paths;
import nn.layers.state.LoadingReport.Outcome;
import nn.layers.state.LoadingReport.Row;

/// Puts stored tensors into a network: first a plan for every tensor, then all of it or nothing.
///
/// Names decide, never order. Both sides must have the same names with the same shapes; exemptions are named and narrow:
/// `new Loading(state, model).allowMissing("fc.*").apply()`. Two rules need no exemption: a prefix that wrappers put before
/// every name (`module.`, `_orig_mod.`) is taken off, and a [count][nn.layers.Buffer.Kind#COUNT] may be missing.
public final class Loading {
  private static final List<String> WRAPPERS = List.of("module.", "_orig_mod.");
  private static final int SHOWN = 12; // problems in a message
  private static final int SUGGESTED = 50; // problems for which a similar name is looked for
  private static final int COMPARED = 2000; // names that are looked at for that

  private final StateDict state;
  private final Layer network;
  private final List<String> missingAllowed = new ArrayList<>();
  private final List<String> unexpectedAllowed = new ArrayList<>();
  private final List<String> mismatchedAllowed = new ArrayList<>();
  private UnaryOperator<String> rename;

  public Loading(StateDict state, Layer network) {
    this.state = state;
    this.network = network;
    String wrapper = wrapper(state);
    boolean own = // a network may have a part of that name itself
        !wrapper.isEmpty()
            && targets().keySet().stream().anyMatch(name -> name.startsWith(wrapper));
    this.rename = own ? UnaryOperator.identity() : unwrapping(state);
  }

  /// Names of the network that the file need not have (`*` any characters, `?` one): they stay as they are.
  public Loading allowMissing(String... patterns) {
    missingAllowed.addAll(List.of(patterns));
    return this;
  }

  /// Names of the file that the network need not have: they are ignored.
  public Loading allowUnexpected(String... patterns) {
    unexpectedAllowed.addAll(List.of(patterns));
    return this;
  }

  /// Names that may have another shape in the file than in the network: they stay as they are, such as a new head.
  public Loading allowMismatched(String... patterns) {
    mismatchedAllowed.addAll(List.of(patterns));
    return this;
  }

  /// A rule from the file's names to the network's, in place of taking off a wrapper's prefix.
  public Loading rename(UnaryOperator<String> rule) {
    rename = rule;
    return this;
  }

  /// What would be done with each tensor. Touches nothing.
  public LoadingReport plan() {
    Map<String, StoredTensor> stored = new LinkedHashMap<>();
    for (StoredTensor tensor : state.tensors()) {
      String name = rename.apply(tensor.name());
      StoredTensor other = stored.put(name, tensor);
      if (other != null) {
        throw new IllegalArgumentException(
            "the rule gives '" + other.name() + "' and '" + tensor.name() + "' the same name '"
                + name + "'");
      }
    }
    List<Row> rows = new ArrayList<>();
    Map<String, Target> targets = targets();
    Set<String> unclaimed = new LinkedHashSet<>(stored.keySet());
    unclaimed.removeAll(targets.keySet());
    targets.forEach((name, target) -> rows.add(row(name, target, stored)));
    for (String name : unclaimed) {
      StoredTensor tensor = stored.get(name);
      boolean allowed = fits(unexpectedAllowed, name);
      rows.add(
          new Row(
              name,
              tensor == null ? name : tensor.name(),
              allowed ? Outcome.IGNORED : Outcome.UNEXPECTED,
              ""));
    }
    return new LoadingReport(suggesting(rows, unclaimed, targets.keySet()));
  }

  /// Loads.
  ///
  /// @return what was done with each tensor
  /// @throws LoadingException if a name is missing or unexpected, or a shape differs; nothing has been touched then
  /// @throws IOException if the file cannot be read; nothing has been touched then either
  public LoadingReport apply() throws IOException {
    LoadingReport report = plan();
    if (!report.problems().isEmpty()) {
      throw new LoadingException(message(report), report);
    }
    Map<String, Target> targets = targets();
    Map<NdArray, NdArray> values = new LinkedHashMap<>(); // arrays have identity: no equals of their own
    for (Row row : report.rows()) {
      if (row.outcome() == Outcome.LOADED || row.outcome() == Outcome.CAST) {
        StoredTensor tensor = state.find(row.fileName()).orElseThrow();
        Target target = targets.get(row.name());
        if (target != null) {
          values.put(target.value, tensor.toArray());
        }
      }
    }
    values.forEach(NdArray::set);
    return report;
  }

  /// A place in the network.
  private record Target(NdArray value, boolean optional) {}

  private Map<String, Target> targets() {
    Map<String, Target> targets = new LinkedHashMap<>();
    network.walk(
        (path, layer) -> {
          layer
              .ownParameters()
              .forEach(p -> targets.put(Paths.join(path, p.name()), new Target(p.value(), false)));
          layer
              .ownBuffers()
              .forEach(
                  b -> targets.put(
                      Paths.join(path, b.name()),
                      new Target(b.value(), b.kind() == Buffer.Kind.COUNT)));
        });
    return targets;
  }

  private Row row(String name, Target target, Map<String, StoredTensor> stored) {
    StoredTensor tensor = stored.get(name);
    if (tensor == null) {
      boolean allowed = target.optional || fits(missingAllowed, name);
      return new Row(name, "", allowed ? Outcome.KEPT : Outcome.MISSING, "");
    }
    Shape shape = target.value.shape();
    if (!Arrays.equals(
        tensor.extents(), Arrays.stream(shape.toArray()).asLongStream().toArray())) {
      return new Row(
          name,
          tensor.name(),
          fits(mismatchedAllowed, name) ? Outcome.KEPT : Outcome.MISMATCHED,
          "the file has " + StoredTensor.describe(tensor.extents()) + ", the network " + shape);
    }
    return tensor.dtype() == DType.F32
        ? new Row(name, tensor.name(), Outcome.LOADED, "")
        : new Row(name, tensor.name(), Outcome.CAST, "from " + tensor.dtype());
  }

  private static String message(LoadingReport report) {
    List<Row> problems = report.problems();
    StringBuilder text =
        new StringBuilder("the weights do not fit the network (nothing was loaded):");
    for (Row row : problems.subList(0, Math.min(SHOWN, problems.size()))) {
      text.append("\n  ").append(row);
    }
    if (problems.size() > SHOWN) {
      text.append("\n  and ").append(problems.size() - SHOWN).append(" more");
    }
    boolean mismatched = report.count(Outcome.MISMATCHED) > 0;
    text.append(
        mismatched
            ? "\nA head for another number of classes is put on after loading: replaceHead(classes, random)."
                + "\nWhat is to stay as it is in the network is allowed by name: allowMismatched(…)."
            : "\nIf that is meant, allow it by name: allowMissing(…), allowUnexpected(…).");
    return text.toString();
  }

  private static boolean fits(List<String> patterns, String name) {
    return patterns.stream().anyMatch(pattern -> Paths.matches(pattern, name));
  }

  /// The rows, the first problems with a similar name of the other side: a file may have any number of names.
  private static List<Row> suggesting(List<Row> rows, Set<String> unclaimed, Set<String> wanted) {
    List<String> ofFile = unclaimed.stream().limit(COMPARED).toList();
    List<Row> suggested = new ArrayList<>();
    int left = SUGGESTED;
    for (Row row : rows) {
      boolean missing = row.outcome() == Outcome.MISSING;
      if ((missing || row.outcome() == Outcome.UNEXPECTED) && left-- > 0) {
        String similar =
            Paths.nearest(row.name(), missing ? ofFile : wanted)
                .map(near -> "similar is " + near)
                .orElse("");
        suggested.add(new Row(row.name(), row.fileName(), row.outcome(), similar));
      } else {
        suggested.add(row);
      }
    }
    return suggested;
  }

  /// Takes a wrapper's prefix off if every name has it.
  static UnaryOperator<String> unwrapping(StateDict state) {
    int length = wrapper(state).length();
    return name -> name.substring(length);
  }

  /// What wrappers, one around another, put before every name; empty if there was none.
  private static String wrapper(StateDict state) {
    List<String> names = state.names();
    String prefix = "";
    for (int i = 0; i < WRAPPERS.size() && !names.isEmpty(); i++) {
      String longer = prefix + WRAPPERS.get(i);
      if (names.stream().allMatch(name -> name.startsWith(longer))) {
        prefix = longer;
        i = -1; // from the first again
      }
    }
    return prefix;
  }
}
