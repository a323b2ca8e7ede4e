package nn.benchmarks.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// Runs the comparison and writes it down. Each group of lines is measured in a process of its own ([Contest]), each network
/// too: code that was compiled for other lines can be slower or faster than what a program gets that does this work alone.
public final class Compare {
  private static final String HELP = """
      Times Graft against PyTorch and EJML on the same work, in turns, after comparing the results.

      benchmarks/compare [--only TEXT] [--threads N] [--quick] [--out FOLDER]

        --only TEXT    only lines whose group or name contains TEXT, in capitals or not;
                       'memory and start' for what is no time in turns with a peer
        --threads N    threads of both sides. Default: 2
        --quick        shorter rounds
        --out FOLDER   where the table and the chart are written. Default: docs/benchmarks of
                       this repository, with --only or --quick nowhere

      Needs Linux on x86-64, for PyTorch, 10 GB of memory, and 20 to 45 minutes with nothing beside it.
      A line whose times do not become steady is refused: it has no ratio, and the exit code is 1.

      Examples:
        benchmarks/compare
        benchmarks/compare --only 'convolution 3×3' --threads 1
      """;

  private static final String MEMORY = "memory and start";

  private Compare() {}

  public static void main(String[] arguments) throws Exception {
    String only = "";
    String out = "";
    int threads = 2;
    boolean quick = false;
    List<Work> works = List.of();
    Set<Integer> asked = Set.of();
    try {
      for (int i = 0; i < arguments.length; i++) {
        switch (arguments[i]) {
          case "--only" -> only = value(arguments, ++i);
          case "--threads" -> threads = threads(value(arguments, ++i));
          case "--quick" -> quick = true;
          case "--out" -> out = value(arguments, ++i);
          case "--help", "-h" -> {
            System.out.print(HELP);
            return;
          }
          default -> throw new IllegalArgumentException("unknown: " + arguments[i]);
        }
      }
      works = Work.all(threads);
      asked = asked(works, only);
    } catch (IllegalArgumentException e) {
      System.err.println("compare: " + e.getMessage() + "\n\n" + HELP);
      System.exit(2);
    }
    String command = "benchmarks/compare --threads " + threads;
    command += (only.isEmpty() ? "" : " --only '" + only + "'") + (quick ? " --quick" : "");
    Path root = Path.of(System.getProperty("graft.root"));
    Report report = new Report(command, Machine.measured(threads));
    System.out.println(report.machine());
    while (!asked.isEmpty()) {
      measure(works, asked, threads, quick, report);
    }
    if (only.isEmpty() || only.equalsIgnoreCase(MEMORY)) {
      Figures.all(threads, root, figure -> add(report, figure));
    }
    if (!out.isEmpty() || (only.isEmpty() && !quick)) {
      report.write(out.isEmpty() ? root.resolve("docs/benchmarks") : Path.of(out));
    }
    System.exit(report.refused() == 0 ? 0 : 1);
  }

  private static String value(String[] arguments, int i) {
    if (i == arguments.length) {
      throw new IllegalArgumentException(arguments[i - 1] + " needs a value");
    }
    return arguments[i];
  }

  private static int threads(String value) {
    try {
      int threads = Integer.parseInt(value);
      if (threads > 0) {
        return threads;
      }
    } catch (NumberFormatException e) {
      // the error below says what it should be
    }
    throw new IllegalArgumentException("--threads must be 1 or more, got \"" + value + "\"");
  }

  /// The places of the lines that `only` asks for; none if it asks for what is no line.
  private static Set<Integer> asked(List<Work> works, String only) {
    String text = only.toLowerCase(Locale.ROOT);
    Set<Integer> asked = new TreeSet<>();
    Set<String> groups = new LinkedHashSet<>();
    for (int i = 0; i < works.size(); i++) {
      Work work = works.get(i);
      groups.add(work.group());
      if (work.group().toLowerCase(Locale.ROOT).contains(text)
          || work.name().toLowerCase(Locale.ROOT).contains(text)) {
        asked.add(i);
      }
    }
    if (asked.isEmpty() && !text.equals(MEMORY)) {
      throw new IllegalArgumentException(
          "no line contains \"" + only + "\"; the groups are: " + String.join("; ", groups) + "; "
              + MEMORY);
    }
    return asked;
  }

  /// Measures the first of the lines that are left, and those that go with it, in one process, and takes them off the list.
  private static void measure(
      List<Work> works, Set<Integer> left, int threads, boolean quick, Report report) {
    Work first = works.get(left.iterator().next());
    Set<Integer> waiting = new TreeSet<>(left);
    waiting.removeIf(i -> works.get(i) != first && !works.get(i).together(first));
    left.removeAll(waiting);
    List<String> arguments =
        new ArrayList<>(List.of(Integer.toString(threads), Boolean.toString(quick)));
    waiting.forEach(i -> arguments.add(i.toString()));
    int exit =
        Child.java(
            Contest.class, arguments, Child.KEEPING_MEMORY, fields -> {
              int line = Integer.parseInt(fields.getFirst());
              waiting.remove(line);
              add(report, works.get(line), Outcome.of(fields.subList(1, fields.size())));
            });
    for (int line : waiting) { // what it did not come to
      add(report, works.get(line), Outcome.refused("its process ended with " + exit));
    }
  }

  private static void add(Report report, Work work, Outcome outcome) {
    report.add(work, outcome);
    System.out.println(
        String.format("%-48s %-62s ", work.group(), work.name())
            + (outcome.measured()
                ? String.format(
                    Locale.ROOT, "%9.3f ms  %9.3f ms  %5.2f%s", outcome.ours(), outcome.peer(),
                    outcome.ratio(), target(work, outcome))
                : "refused: " + outcome.refused()));
  }

  private static void add(Report report, Figures.Figure figure) {
    report.add(figure);
    System.out.printf(
        Locale.ROOT, "%-48s %-75s %9.2f %s%s%s%n", MEMORY, figure.name(), figure.ours(),
        figure.unit(), figure.most().isEmpty() ? "" : " of " + figure.most(),
        figure.met() ? "" : "  short");
  }

  private static String target(Work work, Outcome outcome) {
    return work.target() == 0
        ? ""
        : String.format(Locale.ROOT, " of %4.2f", work.target())
            + (outcome.ratio() < work.target() ? "  short" : "");
  }
}
