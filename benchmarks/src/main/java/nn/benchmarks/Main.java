package nn.benchmarks;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/// Runs benchmarks with JMH's own arguments, and says at the end how many times as fast as each peer Graft is.
///
/// The methods of a benchmark class are alternatives: the one called `graft` is compared with every other.
public final class Main {
  private static final String OURS = "graft";

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    CommandLineOptions options = new CommandLineOptions(arguments);
    if (options.shouldHelp()
        || options.shouldList()
        || options.shouldListWithParams()
        || options.shouldListProfilers()
        || options.shouldListResultFormats()) {
      org.openjdk.jmh.Main.main(arguments);
      return;
    }
    Collection<RunResult> results = new Runner(options).run();
    Map<String, List<RunResult>> rivals =
        results.stream().collect(Collectors.groupingBy(Main::contest));
    System.out.println();
    rivals.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(
        contest -> print(contest.getKey(), contest.getValue()));
  }

  private static void print(String contest, List<RunResult> rivals) {
    rivals.stream()
        .filter(r -> method(r).equals(OURS))
        .findFirst()
        .ifPresent(
            ours -> rivals.stream()
                .filter(r -> r != ours)
                .sorted(Comparator.comparing(Main::method))
                .forEach(
                    peer -> System.out.printf(
                        "%-40s %6.2f times as fast as %s%n",
                        contest,
                        timesAsFast(ours, peer),
                        method(peer))));
  }

  private static double timesAsFast(RunResult ours, RunResult peer) {
    double ratio = score(peer) / score(ours); // of times
    return ours.getPrimaryResult().getScoreUnit().startsWith("ops") ? 1 / ratio : ratio;
  }

  private static double score(RunResult result) {
    return result.getPrimaryResult().getScore();
  }

  private static String method(RunResult result) {
    String name = result.getParams().getBenchmark();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /// The benchmark class with its parameters.
  private static String contest(RunResult result) {
    String name = result.getParams().getBenchmark();
    String type = name.substring(0, name.lastIndexOf('.'));
    return type.substring(type.lastIndexOf('.') + 1)
        + result.getParams().getParamsKeys().stream()
            .map(key -> " " + key + "=" + result.getParams().getParam(key))
            .collect(Collectors.joining());
  }
}
