package nn.finetune;

import java.util.List;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.ShapeException;
import nn.core.Tensor;
import nn.finetune.data.Batch;

/// What the outputs of a classifier, `[batch × classes]`, say, and what they should say.
final class Predictions {
  private Predictions() {}

  /// How many classes such outputs tell apart: a single output tells two.
  static int classes(NdArray outputs) {
    return Math.max(2, outputs.shape().dim(-1));
  }

  /// The place of the largest output of each sample, the first of equals.
  static int[] largest(NdArray outputs) {
    float[] values = outputs.array();
    int classes = outputs.shape().dim(-1);
    int[] predicted = new int[outputs.shape().dim(0)];
    for (int i = 0; i < predicted.length; i++) {
      int best = 0;
      for (int j = 1; j < classes; j++) {
        if (values[i * classes + j] > values[i * classes + best]) {
          best = j;
        }
      }
      predicted[i] = best;
    }
    return predicted;
  }

  /// 1 where the only output of a sample is above the threshold, otherwise 0.
  static int[] above(float threshold, NdArray outputs) {
    float[] values = outputs.array();
    int[] predicted = new int[outputs.size()];
    for (int i = 0; i < predicted.length; i++) {
      predicted[i] = values[i] > threshold ? 1 : 0;
    }
    return predicted;
  }

  /// The targets of outputs that are compared number by number.
  static Tensor targets(Tensor outputs, Batch batch) {
    Shape shape = outputs.shape();
    NdArray targets = NdArray.zeros(shape);
    float[] values = targets.writable();
    int classes = shape.dim(-1);
    for (int i = 0; i < batch.size(); i++) {
      int label = batch.labels()[i];
      if (classes == 1) {
        values[i] = label;
      } else {
        values[i * classes + label] = 1f;
      }
    }
    return Tensor.constant(targets);
  }

  /// @throws ShapeException if these are not outputs of a classifier for this batch
  /// @throws IllegalArgumentException if a label is not one of the classes
  static void check(NdArray outputs, Batch batch) {
    Shape shape = outputs.shape();
    if (shape.rank() != 2 || shape.dim(0) != batch.size()) {
      throw new ShapeException(
          "classify",
          "the network made "
              + shape
              + " of "
              + batch.size()
              + " samples; a classifier makes "
              + "["
              + batch.size()
              + "×classes]");
    }
    int classes = classes(outputs);
    for (int i = 0; i < batch.size(); i++) {
      int label = batch.labels()[i];
      if (label < 0 || label >= classes) {
        throw new IllegalArgumentException(
            "sample "
                + batch.indices()[i]
                + " has label "
                + label
                + ", but the network tells "
                + classes
                + " classes apart, 0 to "
                + (classes - 1)
                + (label < 0
                    ? ""
                    : "; model.replaceHead("
                        + (label + 1)
                        + ", random) or more, before the optimizer is made"));
      }
    }
  }

  /// @param names the names of the classes of the data; empty if they are not known
  /// @throws IllegalArgumentException if the network does not have an output for each
  static void check(NdArray outputs, List<String> names) {
    int classes = names.size();
    if (classes > 0 && outputs.shape().rank() == 2 && classes(outputs) != classes) {
      throw new IllegalArgumentException(
          "the data have " + classes + " classes ("
              + String.join(", ", names.subList(0, Math.min(5, classes)))
              + (classes > 5 ? ", …" : "") + "), but the network tells " + classes(outputs)
              + " apart; model.replaceHead(" + classes
              + ", random), before the optimizer is made");
    }
  }

  /// @throws ArithmeticException if an output is not a number or infinitely large: it says nothing
  static void checkFinite(NdArray outputs, Batch batch) {
    int perSample = outputs.shape().sizeOf(1, outputs.shape().rank());
    float[] values = outputs.array();
    for (int i = 0; i < values.length; i++) {
      if (Float.isNaN(values[i]) || values[i] == Float.POSITIVE_INFINITY) {
        throw new ArithmeticException(
            "the network's output for sample "
                + batch.indices()[i / perSample]
                + " is "
                + values[i]
                + ": its weights or this sample have numbers that are not finite");
      }
    }
  }
}
