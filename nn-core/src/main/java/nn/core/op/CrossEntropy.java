package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Shape;
import nn.core.ShapeException;
import nn.core.Tensor;
import nn.core.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/// The mean of −log softmax(x)[label], how surprised the network is by the right class; x `[batch×classes]` are logits.
///
/// With label smoothing s (Szegedy et al., "Rethinking the Inception Architecture", 2016) the target of an example is
/// 1 − s for its label plus s/classes for every class; with class weights each class's term is multiplied by its weight,
/// and the mean divides by the sum of the labels' weights, as in PyTorch.
///
/// So the loss is −Σ target · log softmax(x) / total. Keeps log softmax(x).
public record CrossEntropy(
    Tensor x, NdArray logProbabilities, int[] labels, float smoothing, float @Nullable [] weights)
    implements Op {

  public static Tensor apply(
      Tensor x, int[] labels, float smoothing, @Nullable NdArray classWeights) {
    check(x.shape(), labels, smoothing, classWeights);
    NdArray logs = LogSoftmax.logSoftmax(x.value());
    CrossEntropy op =
        new CrossEntropy(
            x.edge(),
            logs,
            labels.clone(),
            smoothing,
            classWeights == null ? null : classWeights.array().clone());
    int classes = x.shape().dim(1);
    float[] log = logs.array();
    double sum = 0;
    for (int row = 0; row < labels.length; row++) {
      for (int c = 0; c < classes; c++) {
        float target = op.target(row, c, classes);
        if (target != 0f) { // 0 · −∞ is 0 here
          sum -= (double) target * log[row * classes + c];
        }
      }
    }
    return Tensor.result(NdArray.scalar((float) (sum / op.total())), op);
  }

  private static void check(
      Shape x, int[] labels, float smoothing, @Nullable NdArray classWeights) {
    if (x.rank() != 2 || x.dim(0) != labels.length || labels.length == 0) {
      throw new ShapeException(
          "crossEntropy",
          "needs logits [batch×classes] and a label for each row, got " + x + " and "
              + labels.length + " labels");
    }
    for (int label : labels) {
      if (label < 0 || label >= x.dim(1)) {
        throw new IllegalArgumentException(
            "crossEntropy: label " + label + " for " + x.dim(1)
                + " classes: labels are 0 to " + (x.dim(1) - 1)
                + "; does the head have as many outputs as the data has classes?");
      }
    }
    if (!(smoothing >= 0f && smoothing < 1f)) {
      throw new IllegalArgumentException(
          "crossEntropy: label smoothing must be 0 or more and less than 1, got " + smoothing);
    }
    if (classWeights != null && classWeights.size() != x.dim(1)) {
      throw new ShapeException(
          "crossEntropy", classWeights.shape() + " class weights for " + x.dim(1) + " classes");
    }
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> inputGradient(dy));
  }

  /// dL/dx = dy / total · (softmax(x) · Σ target − target)
  private NdArray inputGradient(NdArray dy) {
    int classes = x.shape().dim(1);
    NdArray dx = Maps.map(logProbabilities, Kernels.active()::exp);
    float[] to = dx.writable();
    float scale = (float) (dy.item() / total());
    for (int row = 0; row < labels.length; row++) {
      float sum = 0f;
      for (int c = 0; c < classes; c++) {
        sum += target(row, c, classes);
      }
      for (int c = 0; c < classes; c++) {
        int i = row * classes + c;
        to[i] = scale * (to[i] * sum - target(row, c, classes));
      }
    }
    return dx;
  }

  private float target(int row, int c, int classes) {
    float target = smoothing / classes + (labels[row] == c ? 1f - smoothing : 0f);
    return weights == null ? target : target * weights[c];
  }

  private double total() {
    if (weights == null) {
      return labels.length;
    }
    double total = 0;
    for (int label : labels) {
      total += weights[label];
    }
    return total;
  }
}
