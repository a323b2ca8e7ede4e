package nn.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import nn.finetune.Evaluation;
import nn.finetune.Metrics;

/// How a classifier did, for people and for programs.
final class Scores {
  private static final int MATRIX_CLASSES = 20; // a matrix of more does not fit a screen
  private static final int LISTED_CLASSES = 50;

  private final Evaluation evaluation;
  private final List<String> names;

  /// @param names of the classes, in their order
  Scores(Evaluation evaluation, List<String> names) {
    this.evaluation = evaluation;
    this.names = names;
  }

  /// Adds `right`, `total`, `accuracy`, `loss`, `seconds`, `imagesPerSecond`.
  void addTo(Json json) {
    json.put("right", evaluation.right())
        .put("total", evaluation.total())
        .put("accuracy", evaluation.accuracy())
        .put("loss", evaluation.loss())
        .put("seconds", evaluation.seconds())
        .put("imagesPerSecond", evaluation.imagesPerSecond());
  }

  /// Adds `macroF1`, `classes` and `confusion`.
  void addDetailsTo(Json json) {
    Metrics metrics = evaluation.metrics();
    List<Json> classes = new ArrayList<>();
    for (int c = 0; c < metrics.classes(); c++) {
      classes.add(
          new Json()
              .put("name", name(c))
              .put("images", metrics.support(c))
              .put("precision", metrics.precision(c))
              .put("recall", metrics.recall(c))
              .put("f1", metrics.f1(c)));
    }
    json.put("macroF1", metrics.macroF1())
        .put("classes", classes)
        .put("confusion", Arrays.stream(metrics.confusion()).map(Scores::list).toList());
  }

  private static List<Long> list(long[] row) {
    return Arrays.stream(row).boxed().toList();
  }

  /// `74.2 % right (371 of 500), loss 0.7213`.
  String headline() {
    return String.format(
        Locale.ROOT,
        "%.2f %% right (%d of %d), loss %.4f",
        100 * evaluation.accuracy(),
        evaluation.right(),
        evaluation.total(),
        evaluation.loss());
  }

  /// Each class with its figures, and who was taken for whom.
  String details() {
    Metrics metrics = evaluation.metrics();
    List<Integer> shown = IntStream.range(0, metrics.classes()).boxed().toList();
    String title = "";
    if (shown.size() > LISTED_CLASSES) {
      title = "the " + LISTED_CLASSES + " classes with the most mistakes:\n";
      shown =
          shown.stream()
              .sorted(
                  Comparator.comparingLong(
                      c -> metrics.confused(c, c) - metrics.support(c)))
              .limit(LISTED_CLASSES)
              .toList();
    }
    Table classes = new Table("class", "images", "right", "recall", "precision", "F1");
    for (int c : shown) {
      classes.row(
          name(c),
          metrics.support(c),
          metrics.confused(c, c),
          percent(metrics.recall(c)),
          percent(metrics.precision(c)),
          percent(metrics.f1(c)));
    }
    return title + classes + (metrics.classes() <= MATRIX_CLASSES ? "\n" + matrix(metrics) : "");
  }

  private String matrix(Metrics metrics) {
    String[] heads = new String[metrics.classes() + 1];
    heads[0] = "is \\ taken for";
    for (int c = 0; c < metrics.classes(); c++) {
      heads[c + 1] = name(c);
    }
    Table table = new Table(heads);
    for (int truth = 0; truth < metrics.classes(); truth++) {
      Object[] cells = new Object[heads.length];
      cells[0] = name(truth);
      for (int c = 0; c < metrics.classes(); c++) {
        cells[c + 1] = metrics.confused(truth, c);
      }
      table.row(cells);
    }
    return table.toString();
  }

  private String name(int index) {
    return index < names.size() ? names.get(index) : Integer.toString(index);
  }

  /// `74.2 %`, or a dash where there is no number.
  static String percent(double part) {
    return Double.isNaN(part) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * part);
  }
}
