package nn.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;

/// What the comparison found, as a page with a chart.
final class Report {
  private static final double LARGE = 10; // a target that would flatten the others' bars

  private static final String ABOUT = """
      Each line is timed in turns with the peer, in a process for each group and for each network. Before, the two results are
      compared, where there are two: they may differ by 1e-4 of the largest number, a network's scores by 1e-3, its losses in
      training by 5e-3. What counts are two windows of turns in a row whose medians agree within 5 % on both sides; a line that
      never gets there is refused. Times are medians in milliseconds, with the quarter marks of ours. The ratio is the peer's time
      divided by ours; 1.5 means that Graft needs two thirds of the time. GF/s counts the operations of the direct algorithm, as a
      share of what the processor can do: Winograd's algorithm needs fewer, and may pass 100 %. GB/s counts operands and results
      once, as a share of what comes from memory: what stays in the caches may pass 100 %. Backward lines time the backward pass
      alone. [Why some lines are short](reasons.md).

      PyTorch is called from Java, through DJL, operation by operation: what Python costs is left out, and what DJL costs is not, one
      to four microseconds for an operation. Either library is used as it comes. So in networks Graft computes a rectifier with the
      norm or the sum before it, and at inference keeps packed weights from one call to the next; PyTorch's rectifiers work in
      place at inference. A convolution of PyTorch allocates its result, ours writes into an array that is there: beside a
      convolution neither takes time.
      """;

  private record Line(Work work, Outcome outcome) {
    boolean met() {
      return outcome.measured() && outcome.ratio() >= work.target();
    }
  }

  private final String command; // that it is made by
  private final Machine machine;
  private final Map<String, List<Line>> groups = new LinkedHashMap<>();
  private final List<Figures.Figure> figures = new ArrayList<>();

  Report(String command, Machine machine) {
    this.command = command;
    this.machine = machine;
  }

  void add(Work work, Outcome outcome) {
    groups.computeIfAbsent(work.group(), _ -> new ArrayList<>()).add(new Line(work, outcome));
  }

  void add(Figures.Figure figure) {
    figures.add(figure);
  }

  /// How many lines have no ratio.
  long refused() {
    return groups.values().stream().flatMap(List::stream)
        .filter(l -> !l.outcome.measured()).count();
  }

  String machine() {
    return String.join("\n", machine.facts());
  }

  /// Writes `README.md`, and `ratios.png` if there is something to show.
  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path picture = folder.resolve("ratios.png");
    Files.deleteIfExists(picture);
    List<Bars> bars = bars();
    boolean drawn = bars.size() > 1; // XChart cannot draw less
    if (drawn) {
      ImageIO.write(BitmapEncoder.getBufferedImage(chart(bars)), "png", picture.toFile());
    }
    Files.writeString(folder.resolve("README.md"), page(drawn));
  }

  private String page(boolean drawn) {
    StringBuilder page = new StringBuilder("# Graft and its peers\n\n");
    page.append("Written by `").append(command).append("`.\n\n");
    machine.facts().forEach(fact -> page.append("* ").append(fact).append('\n'));
    page.append('\n').append(ABOUT);
    if (drawn) {
      page.append("\n![Geometric means of ratios and targets by group](ratios.png)\n");
    }
    groups.forEach((group, lines) -> {
      heading(page, group);
      page.append(summary(lines)).append("\n\n| | Graft, ms | quarters | speed | ");
      page.append(lines.getFirst().work.peer()).append(", ms | ratio | target | |\n");
      page.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n");
      lines.forEach(l -> page.append(row(l)).append('\n'));
    });
    if (!figures.isEmpty()) {
      heading(page, "memory and start");
      page.append("| | Graft | at most | whose | |\n| --- | ---: | ---: | --- | --- |\n");
      figures.forEach(f -> page.append(row(f)).append('\n'));
    }
    return page.toString();
  }

  private static void heading(StringBuilder page, String group) {
    page.append("\n## ").append(group.substring(0, 1).toUpperCase(Locale.ROOT));
    page.append(group.substring(1)).append("\n\n");
  }

  private static String summary(List<Line> lines) {
    List<Line> measured = lines.stream().filter(l -> l.outcome.measured()).toList();
    List<Line> aimed = lines.stream().filter(l -> l.work.target() > 0).toList();
    String mean =
        measured.isEmpty()
            ? "No line was steady"
            : String.format(
                Locale.ROOT, "Geometric mean %.2f", mean(measured, l -> l.outcome.ratio()));
    return mean + (aimed.isEmpty() ? "; no target is set"
        : "; " + aimed.stream().filter(Line::met).count() + " of " + aimed.size()
            + " lines reach their target")
        + (measured.size() == lines.size() ? "."
            : "; " + (lines.size() - measured.size()) + " refused.");
  }

  private String row(Line l) {
    Outcome o = l.outcome;
    String target =
        l.work.target() == 0 ? "" : String.format(Locale.ROOT, "%.2f", l.work.target());
    if (!o.measured()) {
      return "| " + l.work.name() + " | | | | | | " + target + " | **refused**: " + o.refused()
          + " |";
    }
    return String.format(
        Locale.ROOT, "| %s | %.3f | %.3f–%.3f | %s | %.3f | %.2f | %s | %s |", l.work.name(),
        o.ours(), o.low(), o.high(), speed(l), o.peer(), o.ratio(), target,
        l.met() ? "" : "**short**");
  }

  private static String row(Figures.Figure f) {
    return String.format(
        Locale.ROOT, "| %s | %.2f %s | %s | %s | %s |", f.name(), f.ours(), f.unit(),
        f.most(), f.whose(), f.met() ? "" : "**short**");
  }

  private String speed(Line l) {
    List<String> speeds = new ArrayList<>();
    if (l.outcome.flops() > 0) {
      speeds.add(share(l.outcome.flops() / l.outcome.ours() / 1e6, "GF/s", machine.peak()));
    }
    if (l.work.bytes() > 0) {
      speeds.add(share(l.work.bytes() / l.outcome.ours() / 1e6, "GB/s", machine.bandwidth()));
    }
    return String.join("; ", speeds);
  }

  private static String share(double speed, String unit, double limit) {
    return String.format(Locale.ROOT, "%.0f %s, %.0f %%", speed, unit, 100 * speed / limit);
  }

  private static double mean(List<Line> lines, ToDoubleFunction<Line> value) {
    return Math
        .exp(lines.stream().mapToDouble(l -> Math.log(value.applyAsDouble(l))).average().orElse(0));
  }

  /// A group's geometric means.
  private record Bars(String group, double ratio, double target) {}

  /// Of the lines that have both.
  private List<Bars> bars() {
    List<Bars> bars = new ArrayList<>();
    groups.forEach((group, all) -> {
      List<Line> lines =
          all.stream().filter(l -> l.outcome.measured() && l.work.target() > 0).toList();
      double target = mean(lines, l -> l.work.target());
      if (!lines.isEmpty() && target < LARGE) {
        bars.add(new Bars(group, mean(lines, l -> l.outcome.ratio()), target));
      }
    });
    return bars;
  }

  private static CategoryChart chart(List<Bars> bars) {
    CategoryChart chart =
        new CategoryChartBuilder().width(1200).height(700)
            .title("Peer's time / Graft's time, geometric means").build();
    chart.getStyler().setXAxisLabelRotation(90);
    chart.getStyler().setXAxisMaxLabelCount(bars.size());
    chart.getStyler().setLabelsVisible(true);
    chart.getStyler().setDecimalPattern("0.00");
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setDefaultSeriesRenderStyle(
        CategorySeries.CategorySeriesRenderStyle.Bar);
    List<String> names = bars.stream().map(Bars::group).toList();
    chart.addSeries("measured", names, bars.stream().map(Bars::ratio).toList());
    chart.addSeries("target", names, bars.stream().map(Bars::target).toList());
    return chart;
  }
}
