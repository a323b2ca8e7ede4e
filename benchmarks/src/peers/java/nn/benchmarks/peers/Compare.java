package nn.benchmarks.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import nn.core.kernel.Kernels;
import nn.core.kernel.Parallel;

/// Runs the comparison and writes it down.
public final class Compare {
  private static final String HELP = """
      Times Graft against PyTorch and EJML on the same work, in turns, after comparing the results.

      benchmarks/compare [--only TEXT] [--threads N] [--quick] [--out FOLDER]

        --only TEXT    only lines whose group or name contains TEXT; 'memory and start' for what
                       is measured in processes of their own
        --threads N    threads of both sides. Default: 2
        --quick        shorter rounds; nothing is written
        --out FOLDER   where the table and the chart are written. Default: docs/benchmarks, with
                       --only or --quick nowhere

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
    run(only, threads, quick, out);
    System.exit(0); // native threads are of no use any more
  }

  private static void run(String only, int threads, boolean quick, String out) throws Exception {
    Parallel.threads(threads);
    Torch.threads(threads);
    List<Work> works = new ArrayList<>();
    works.addAll(Networks.all(threads));
    works.addAll(Convolutions.all());
    works.addAll(Elementwise.all());
    works.addAll(Matrices.all(threads));
    works.removeIf(w -> !w.group().contains(only) && !w.name().contains(only));
    Report report =
        new Report(threads, Kernels.active().name(), Limits.peak(threads), Limits.bandwidth());
    System.out.println(report.machine());
    Duel duel = new Duel(quick);
    for (Work work : works) {
      Work.Sides sides = work.prepare().get();
      Duel.Result result = duel.fight(work.name(), sides);
      sides.close().run();
      report.add(work, result);
      System.out.printf(
          Locale.ROOT, "%-36s %-58s %9.3f ms  %9.3f ms  %5.2f of %4.2f%s%n", work.group(),
          work.name(), result.ours(), result.peer(), result.ratio(), work.target(),
          !result.steady() ? "  not steady" : result.ratio() < work.target() ? "  short" : "");
    }
    if (only.isEmpty() || only.equals(MEMORY)) {
      for (Figures.Figure figure : Figures.all(threads, Path.of(System.getProperty("graft.root")))) {
        report.add(figure);
        System.out.printf(
            Locale.ROOT, "%-36s %-75s %9.2f %s of %.2f%s%n", MEMORY, figure.name(),
            figure.ours(), figure.unit(), figure.limit(), figure.met() ? "" : "  short");
      }
    }
    if (!out.isEmpty() || (only.isEmpty() && !quick)) {
      report.write(Path.of(out.isEmpty() ? "docs/benchmarks" : out));
    }
  }
}
