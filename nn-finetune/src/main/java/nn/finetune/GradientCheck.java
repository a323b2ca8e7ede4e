package nn.finetune;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nn.core.Gradients;
import nn.layers.Parameter;
import nn.layers.Paths;

/// The two guards before a step. Both errors are silent elsewhere and cost a training run:
///
/// * a trainable parameter of the groups got no gradient: the loss does not depend on it. The usual
///   causes are a head that was replaced after the optimizer was made, and a branch that this loss
///   does not use.
/// * a gradient has no group: a trainable parameter that nobody updates.
final class GradientCheck {
  private final List<Optimizer.Owned> owned;
  private final Predicate<Parameter> hasGroup;
  private final List<String> mayMiss = new ArrayList<>();
  private final List<String> mayStandAlone = new ArrayList<>();

  GradientCheck(List<Optimizer.Owned> owned, Predicate<Parameter> hasGroup) {
    this.owned = owned;
    this.hasGroup = hasGroup;
  }

  void allowMissing(String... patterns) {
    allow(mayMiss, patterns, owned.stream().map(Optimizer.Owned::path).toList(), "of the groups");
  }

  void allowWithoutGroup(String... patterns) {
    allow(mayStandAlone, patterns, List.copyOf(withoutGroup().keySet()), "outside of the groups");
  }

  private static void allow(
      List<String> allowed, String[] patterns, List<String> paths, String where) {
    for (String pattern : patterns) {
      if (paths.stream().noneMatch(path -> Paths.matches(pattern, path))) {
        throw new IllegalArgumentException(
            "the pattern '"
                + pattern
                + "' fits no parameter "
                + where
                + "; there are "
                + (paths.isEmpty() ? "none" : String.join(", ", paths)));
      }
    }
    allowed.addAll(List.of(patterns));
  }

  /// @throws IllegalStateException if a guard finds something: the message names everything that
  ///   was found
  void check(Gradients gradients) {
    int known = 0;
    List<Optimizer.Owned> missing = new ArrayList<>();
    for (Optimizer.Owned one : owned) {
      if (one.parameter().gradient(gradients).isPresent()) {
        known++;
      } else if (one.parameter().trainable() && !matches(mayMiss, one.path())) {
        missing.add(one);
      }
    }
    String problems =
        Stream.of(missing(missing), surplus(gradients, gradients.size() - known))
            .filter(problem -> !problem.isEmpty())
            .collect(Collectors.joining("\n"));
    if (!problems.isEmpty()) {
      throw new IllegalStateException(problems);
    }
  }

  private static String missing(List<Optimizer.Owned> missing) {
    if (missing.isEmpty()) {
      return "";
    }
    return "no gradient for "
        + names(missing.stream().map(GradientCheck::name))
        + ": trainable, but the loss does not depend on "
        + (missing.size() == 1 ? "it" : "them")
        + ". Freeze what this loss does not train; make the optimizer after replacing a head;"
        + " for branches that take turns, optimizer.allowMissingGradient(pattern)";
  }

  private String surplus(Gradients gradients, int unknown) {
    if (unknown == 0) {
      return "";
    }
    List<String> names = new ArrayList<>();
    for (Map.Entry<String, Parameter> entry : withoutGroup().entrySet()) {
      if (entry.getValue().gradient(gradients).isPresent()) {
        unknown--;
        if (!matches(mayStandAlone, entry.getKey())) {
          names.add(entry.getKey() + " " + entry.getValue().shape());
        }
      }
    }
    if (unknown > 0) {
      names.add(
          unknown + (unknown == 1 ? " variable" : " variables") + " of no network known here");
    }
    if (names.isEmpty()) {
      return "";
    }
    return "no group has "
        + names(names.stream())
        + ", but there is a gradient for "
        + (names.size() == 1 && unknown <= 1 ? "it" : "them")
        + ". Make the optimizer after replacing a head; put into a group what is to be trained and"
        + " freeze the rest; for a network that two optimizers share,"
        + " optimizer.allowGradientWithoutGroup(pattern)";
  }

  /// The parameters of the networks that the groups were selected from, as these are now, that have
  /// no group.
  private Map<String, Parameter> withoutGroup() {
    Map<String, Parameter> without = new LinkedHashMap<>();
    Map<Parameter, Boolean> seen = new IdentityHashMap<>();
    owned.stream()
        .map(o -> o.group().parameters())
        .distinct()
        .flatMap(parameters -> parameters.all().stream())
        .filter(entry -> !hasGroup.test(entry.parameter()))
        .filter(entry -> seen.put(entry.parameter(), true) == null)
        .forEach(entry -> without.put(entry.path(), entry.parameter()));
    return without;
  }

  private static boolean matches(List<String> patterns, String path) {
    return patterns.stream().anyMatch(pattern -> Paths.matches(pattern, path));
  }

  private static String name(Optimizer.Owned owned) {
    return owned.path() + " " + owned.parameter().shape();
  }

  /// All names if they are few, otherwise the first ones and how many more.
  private static String names(Stream<String> all) {
    List<String> names = all.toList();
    int shown = names.size() <= 8 ? names.size() : 6;
    return String.join(", ", names.subList(0, shown))
        + (shown < names.size() ? " and " + (names.size() - shown) + " more" : "");
  }
}
