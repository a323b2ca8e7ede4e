package nn.benchmarks.peers;

import java.nio.file.Path;
import java.util.ArrayList;
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

        --only TEXT    only lines whose group or name contains TEXT; 'memory and start' for what
                       is no time in turns with a peer
        --threads N    threads of both sides. Default: 2
        --quick        shorter rounds; nothing is written
        --out FOLDER   where the table and the chart are written. Default: docs/benchmarks, with
                       --only or --quick nowhere

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
    try {
      for (int i = 0; i < arguments.length; i++) {
        switch (arguments[i]) {
          case "--only" -> only = arguments[++i];
          case "--threads" -> threads = Integer.parseInt(arguments[++i]);
          case "--quick" -> quick = true;
          case "--out" -> out = arguments[++i];
          case "--help", "-h" -> {
            System.out.print(HELP);
            return;
          }
          default -> throw new IllegalArgumentException("unknown: " + arguments[i]);
        }
      }
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      System.err.println("compare: " + e.getMessage() + "\n\n" + HELP);
      System.exit(2);
    }
    System.exit(run(only, threads, quick, out) ? 0 : 1);
  }

  /// Measures, prints and writes.
  ///
  /// @return whether no line was refused
  private static boolean run(String only, int threads, boolean quick, String out)
      throws Exception {
    Report report = new Report(Machine.measured(threads));
    System.out.println(report.machine());
    List<Work> works = Work.all(threads);
    Set<Integer> left = new TreeSet<>();
    for (int i = 0; i < works.size(); i++) {
      if (works.get(i).group().contains(only) || works.get(i).name().contains(only)) {
        left.add(i);
      }
    }
    while (!left.isEmpty()) {
      measure(works, left, threads, quick, report);
    }
    if (only.isEmpty() || only.equals(MEMORY)) {
      Figures.all(threads, Path.of(System.getProperty("graft.root")), figure -> {
        report.add(figure);
        System.out.printf(
            Locale.ROOT, "%-48s %-75s %9.2f %s%s%s%n", MEMORY, figure.name(),
            figure.ours(), figure.unit(), figure.most().isEmpty() ? "" : " of " + figure.most(),
            figure.met() ? "" : "  short");
      });
    }
    if (!out.isEmpty() || (only.isEmpty() && !quick)) {
      report.write(Path.of(out.isEmpty() ? "docs/benchmarks" : out));
    }
    return report.refused() == 0;
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

  private static String target(Work work, Outcome outcome) {
    return work.target() == 0
        ? ""
        : String.format(Locale.ROOT, " of %4.2f", work.target())
            + (outcome.ratio() < work.target() ? "  short" : "");
  }
}
