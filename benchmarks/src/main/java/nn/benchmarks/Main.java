package nn.benchmarks;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/// Runs benchmarks with JMH's own arguments, and says at the end how many times as fast as its peers each one is.
///
/// If a benchmark class has a method called `graft`, its other methods do the same work and are compared with it. A benchmark
/// that ran with the Vector API and without ([OnBothKernels]) is compared with itself. What was not steady has no ratio: code that
/// is still being compiled gets faster from one iteration to the next.
public final class Main {
  private static final String OURS = "graft";
  private static final String KERNELS = "kernels"; // the parameter
  private static final double TOLERANCE = 0.1; // between the halves of a fork's iterations

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
    Map<String, List<RunResult>> kernels =
        results.stream()
            .filter(r -> r.getParams().getParamsKeys().contains(KERNELS))
            .collect(Collectors.groupingBy(Main::work));
    kernels.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(
        work -> printKernels(work.getKey(), work.getValue()));
  }

  private static void printKernels(String work, List<RunResult> results) {
    Map<String, RunResult> byName =
        results.stream().collect(Collectors.toMap(r -> r.getParams().getParam(KERNELS), r -> r));
    RunResult vector = byName.get("vector");
    RunResult scalar = byName.get("scalar");
    if (vector != null && scalar != null) {
      System.out.printf(
          "%-60s %s%n", work, comparison(vector, scalar, "the same without the Vector API"));
    }
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
                        "%-40s %s%n",
                        contest,
                        comparison(ours, peer, method(peer)))));
  }

  private static String comparison(RunResult ours, RunResult peer, String name) {
    if (!steady(ours) || !steady(peer)) {
      return "no ratio to " + name + ": still cold, not steady, or too few iterations to tell";
    }
    double ratio = score(peer) / score(ours); // of times
    return String.format(
        "%6.2f times as fast as %s",
        ours.getPrimaryResult().getScoreUnit().startsWith("ops") ? 1 / ratio : ratio, name);
  }

  /// Whether each fork's second half of iterations was like its first.
  private static boolean steady(RunResult result) {
    return result.getBenchmarkResults().stream()
        .map(
            fork -> fork.getIterationResults().stream()
                .mapToDouble(i -> i.getPrimaryResult().getScore()).toArray())
        .allMatch(scores -> Steady.halves(scores, TOLERANCE));
  }

  private static double score(RunResult result) {
    return result.getPrimaryResult().getScore();
  }

  private static String method(RunResult result) {
    String name = result.getParams().getBenchmark();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /// The benchmark with its parameters, but for the kernels.
  private static String work(RunResult result) {
    return contest(result) + " " + method(result);
  }

  /// The benchmark class with its parameters.
  private static String contest(RunResult result) {
    String name = result.getParams().getBenchmark();
    String type = name.substring(0, name.lastIndexOf('.'));
    return type.substring(type.lastIndexOf('.') + 1)
        + result.getParams().getParamsKeys().stream()
            .filter(key -> !key.equals(KERNELS))
            .map(key -> " " + key + "=" + result.getParams().getParam(key))
            .collect(Collectors.joining());
  }
}
