package nn.finetune;

import nn.core.NdArray;
import nn.finetune.data.Batch;

/// How well a classifier does, counted exactly: who was taken for whom, the place of the true class
/// among the outputs, and the mean loss.
///
/// ```java
/// Metrics metrics = new Metrics(3);
/// metrics.add(outputs, batch, Loss.crossEntropy());
/// metrics.accuracy();
/// ```
public final class Metrics {
  private final int classes;
  private final long[][] confusion; // [truth][prediction]
  private final long[] places; // how often the true class had the largest output, the second largest, …
  private long total;
  private double lossSum;

  /// Metrics of nothing yet.
  ///
  /// @param classes how many classes are told apart
  public Metrics(int classes) {
    if (classes < 2) {
      throw new IllegalArgumentException("there must be two classes or more: " + classes);
    }
    this.classes = classes;
    confusion = new long[classes][classes];
    places = new long[classes];
  }

  /// Counts a batch.
  ///
  /// @param outputs `[batch × classes]`, or `[batch × 1]` for two classes
  /// @param loss says which class the outputs mean, and how far off they are
  public void add(NdArray outputs, Batch batch, Loss loss) {
    Predictions.check(outputs, batch);
    Predictions.checkFinite(outputs, batch);
    if (Predictions.classes(outputs) != classes) {
      throw new IllegalArgumentException(
          "these metrics are of " + classes + " classes, the outputs are " + outputs.shape());
    }
    int[] predicted = loss.predictions(outputs);
    for (int i = 0; i < predicted.length; i++) {
      int truth = batch.labels()[i];
      confusion[truth][predicted[i]]++;
      places[place(outputs, i, truth, predicted[i])]++;
    }
    total += predicted.length;
    lossSum += loss.sum(outputs, batch);
  }

  private static int place(NdArray outputs, int sample, int truth, int predicted) {
    int width = outputs.shape().dim(1);
    if (width == 1) {
      return truth == predicted ? 0 : 1;
    }
    float[] values = outputs.array();
    float own = values[sample * width + truth];
    int place = 0;
    for (int j = 0; j < width; j++) {
      float other = values[sample * width + j];
      if (other > own || other == own && j < truth) {
        place++;
      }
    }
    return place;
  }

  /// How many classes are told apart.
  public int classes() {
    return classes;
  }

  /// How many samples were counted.
  public long total() {
    return total;
  }

  /// How many were taken for what they are.
  public long right() {
    long right = 0;
    for (int c = 0; c < classes; c++) {
      right += confusion[c][c];
    }
    return right;
  }

  /// The part that was taken for what it is; NaN if nothing was counted.
  public double accuracy() {
    return right() / (double) total;
  }

  /// The part whose true class is among the `k` largest outputs; NaN if nothing was counted.
  public double top(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("top of 1 or more, got " + k);
    }
    long within = 0;
    for (int place = 0; place < Math.min(k, classes); place++) {
      within += places[place];
    }
    return within / (double) total;
  }

  /// The mean loss; NaN if nothing was counted.
  public double loss() {
    return lossSum / total;
  }

  /// How many samples of class `truth` were taken for class `prediction`.
  public long confused(int truth, int prediction) {
    return confusion[truth][prediction];
  }

  /// The confusion matrix, as a copy: row = truth, column = prediction.
  public long[][] confusion() {
    long[][] copy = new long[classes][];
    for (int c = 0; c < classes; c++) {
      copy[c] = confusion[c].clone();
    }
    return copy;
  }

  /// Of what was taken for this class, the part that is of it; NaN if nothing was.
  public double precision(int ofClass) {
    return confusion[ofClass][ofClass] / (double) predicted(ofClass);
  }

  /// Of what is of this class, the part that was taken for it; NaN if nothing is.
  public double recall(int ofClass) {
    return confusion[ofClass][ofClass] / (double) support(ofClass);
  }

  /// The harmonic mean of precision and recall: 2 · right / (predicted + support); NaN if nothing
  /// is of this class nor was taken for it.
  public double f1(int ofClass) {
    return 2.0 * confusion[ofClass][ofClass] / (predicted(ofClass) + support(ofClass));
  }

  /// The mean [#f1] of the classes that occur, as truth or as prediction; NaN if nothing was
  /// counted.
  public double macroF1() {
    double sum = 0;
    int occurring = 0;
    for (int c = 0; c < classes; c++) {
      if (predicted(c) + support(c) > 0) {
        sum += f1(c);
        occurring++;
      }
    }
    return sum / occurring;
  }

  /// How many samples are of this class.
  public long support(int ofClass) {
    long sum = 0;
    for (long count : confusion[ofClass]) {
      sum += count;
    }
    return sum;
  }

  /// How many samples were taken for this class.
  public long predicted(int ofClass) {
    long sum = 0;
    for (long[] row : confusion) {
      sum += row[ofClass];
    }
    return sum;
  }
}
