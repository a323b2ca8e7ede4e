package nn.cli.demo;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.Function;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;

/// The picture of accuracy against the number of examples.
final class Curve {
  private Curve() {}

  /// Draws it, with one standard deviation up and down.
  static BufferedImage of(Findings findings) {
    XYChart chart =
        new XYChartBuilder()
            .width(900)
            .height(560)
            .title("Trucks learned from few examples")
            .xAxisTitle("examples per class")
            .yAxisTitle("accuracy on new pictures, percent")
            .build();
    chart
        .getStyler()
        .setXAxisMin(0.0)
        .setYAxisMin(40.0)
        .setYAxisMax(100.0)
        .setLegendPosition(Styler.LegendPosition.InsideSE)
        .setChartBackgroundColor(Color.WHITE);
    add(chart, "knows cars, convolutions frozen", findings.rows(), Findings.Row::transferred);
    add(chart, "from scratch", findings.rows(), Findings.Row::scratch);
    return BitmapEncoder.getBufferedImage(chart);
  }

  private static void add(
      XYChart chart, String name, List<Findings.Row> rows,
      Function<Findings.Row, Spread> accuracy) {
    double[] x = rows.stream().mapToDouble(Findings.Row::examples).toArray();
    double[] mean = rows.stream().mapToDouble(row -> 100 * accuracy.apply(row).mean()).toArray();
    double[] deviation =
        rows.stream().mapToDouble(row -> 100 * accuracy.apply(row).deviation()).toArray();
    chart.addSeries(name, x, mean, deviation);
  }
}
