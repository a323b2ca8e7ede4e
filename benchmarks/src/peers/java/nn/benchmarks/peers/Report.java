package nn.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;

/// What the comparison found, as a page with a chart.
final class Report {
  private record Line(Work work, Duel.Result result) {}

  private final int threads;
  private final String kernels;
  private final double peak;
  private final double bandwidth;
  private final List<Line> lines = new ArrayList<>();
  private final List<Figures.Figure> figures = new ArrayList<>();

  Report(int threads, String kernels, double peak, double bandwidth) {
    this.threads = threads;
    this.kernels = kernels;
    this.peak = peak;
    this.bandwidth = bandwidth;
  }

  void add(Work work, Duel.Result result) {
    lines.add(new Line(work, result));
  }

  void add(Figures.Figure figure) {
    figures.add(figure);
  }

  String machine() {
    return String.format(
        Locale.ROOT,
        "%s, %d processors, JDK %s, kernels %s, %d threads; %s; at most %.0f GF/s, memory %.1f GB/s;"
            + " commit %s, %s",
        processor(), Runtime.getRuntime().availableProcessors(), Runtime.version(), kernels,
        threads, Torch.version(), peak, bandwidth, System.getProperty("graft.commit", "unknown"),
        LocalDate.now(ZoneOffset.UTC));
  }

  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Map<String, List<Line>> groups =
        lines.stream().collect(
            Collectors.groupingBy(
                l -> l.work.group(), LinkedHashMap::new, Collectors.toList()));
    StringBuilder page = new StringBuilder();
    page.append("# Graft and its peers\n\n");
    page.append("Written by `benchmarks/compare --threads ").append(threads).append("`: ");
    page.append(machine()).append(".\n\n");
    page.append("Each line is timed in turns with the peer, after the results were compared. Times are medians in milliseconds,");
    page.append(" with the quarter marks of ours. The ratio is the peer's time divided by ours; 1.5 means that Graft needs two");
    page.append(" thirds of the time. GF/s counts the operations of the direct algorithm. Backward lines time the backward pass");
    page.append(" alone. [Why some lines are short](reasons.md).\n\n![Geometric mean of the ratios by group](ratios.png)\n");
    groups.forEach((group, members) -> {
      page.append("\n## ").append(group.substring(0, 1).toUpperCase(Locale.ROOT));
      page.append(group.substring(1)).append("\n\n");
      page.append(
          String.format(
              Locale.ROOT, "Geometric mean %.2f; %d of %d lines reach their target.%n%n",
              mean(members), members.stream().filter(Report::met).count(), members.size()));
      page.append("| | Graft | | peer | | ratio | target | |\n");
      page.append("| --- | ---: | ---: | ---: | --- | ---: | ---: | --- |\n");
      members.forEach(l -> page.append(row(l)));
    });
    if (!figures.isEmpty()) {
      page.append("\n## Memory and start\n\n| | Graft | at most | whose | |\n| --- | ---: | ---: | --- | --- |\n");
      for (Figures.Figure f : figures) {
        page.append(
            String.format(
                Locale.ROOT, "| %s | %.2f %s | %s | %s | %s |%n", f.name(), f.ours(), f.unit(),
                Double.isInfinite(f.limit()) ? "" : String.format(Locale.ROOT, "%.2f", f.limit()),
                f.whose(), f.met() ? "" : "**short**"));
      }
    }
    Map<String, Double> means = new LinkedHashMap<>();
    groups.forEach((group, members) -> {
      if (!group.endsWith("EJML")) { // 10 and more would flatten the rest
        means.put(group, mean(members));
      }
    });
    Files.writeString(folder.resolve("README.md"), page);
    ImageIO.write(
        BitmapEncoder.getBufferedImage(chart(means)), "png",
        folder.resolve("ratios.png").toFile());
  }

  private static String row(Line l) {
    Duel.Result r = l.result;
    String speed =
        l.work.flops() == 0
            ? ""
            : String.format(Locale.ROOT, ", %.0f GF/s", l.work.flops() / r.ours() / 1e6);
    return String.format(
        Locale.ROOT, "| %s | %.3f | %.3f–%.3f%s | %.3f | %s | %.2f | %.2f | %s |%n", l.work.name(),
        r.ours(), r.low(), r.high(), speed, r.peer(), l.work.peer(), r.ratio(), l.work.target(),
        !r.steady() ? "not steady" : met(l) ? "" : "**short**");
  }

  private static boolean met(Line l) {
    return l.result.steady() && l.result.ratio() >= l.work.target();
  }

  private static double mean(List<Line> lines) {
    return Math
        .exp(lines.stream().mapToDouble(l -> Math.log(l.result.ratio())).average().orElse(0));
  }

  /// Bars of the groups' means.
  static CategoryChart chart(Map<String, Double> means) {
    CategoryChart chart =
        new CategoryChartBuilder().width(1200).height(700)
            .title("Peer's time / Graft's time, geometric mean").build();
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setXAxisLabelRotation(90);
    chart.getStyler().setXAxisMaxLabelCount(means.size());
    chart.getStyler().setLabelsVisible(true);
    chart.getStyler().setDecimalPattern("0.00");
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setDefaultSeriesRenderStyle(
        CategorySeries.CategorySeriesRenderStyle.Bar);
    chart.addSeries("ratio", List.copyOf(means.keySet()), List.copyOf(means.values()));
    return chart;
  }

  private static String processor() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
        if (line.startsWith("model name")) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException e) {
      // not a Linux: the name that Java knows does
    }
    return System.getProperty("os.arch");
  }
}
