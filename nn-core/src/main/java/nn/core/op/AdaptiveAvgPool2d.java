package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Shape;
import nn.core.ShapeException;
import nn.core.Tensor;
import nn.core.kernel.Kernels;
import nn.core.kernel.Parallel;

/// y = averages over a grid of windows that cover the image, whatever its size: window i of n covers the pixels from
/// ⌊i·size/n⌋ up to ⌈(i+1)·size/n⌉. Keeps nothing.
public record AdaptiveAvgPool2d(Tensor x) implements Op {
  public static Tensor apply(Tensor x, int height, int width) {
    Shape in = x.shape();
    if (in.rank() != 4 || height < 1 || width < 1 || in.dim(2) < 1 || in.dim(3) < 1) {
      throw new ShapeException(
          "adaptiveAvgPool2d",
          "needs images [batch×channels×height×width] and a positive output, got "
              + in + " to " + height + "×" + width);
    }
    NdArray y = x.value().fresh(in.with(2, height).with(3, width));
    float[] from = x.value().array();
    float[] to = y.writable();
    Kernels kernels = Kernels.active();
    eachWindow(
        in,
        y.shape(),
        (i, first, rows, columns, step) -> {
          float sum = 0f;
          if (columns == step) { // whole lines, one after another: often all of the image
            sum = kernels.sum(from, first, rows * columns);
          } else {
            for (int r = 0; r < rows; r++) {
              for (int c = 0; c < columns; c++) {
                sum += from[first + r * step + c];
              }
            }
          }
          to[i] = sum / (rows * columns);
        });
    return Tensor.result(y, new AdaptiveAvgPool2d(x.edge()));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> inputGradient(dy));
  }

  /// dL/dx = dy / size, for every pixel of the window; windows that overlap add up
  private NdArray inputGradient(NdArray dy) {
    NdArray dx = dy.freshZeros(x.shape());
    float[] d = dy.array();
    float[] to = dx.writable();
    eachWindow(
        x.shape(),
        dy.shape(),
        (i, first, rows, columns, step) -> {
          float share = d[i] / (rows * columns);
          for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
              to[first + r * step + c] += share;
            }
          }
        });
    return dx;
  }

  /// What is done with one window: output `i` covers `rows`×`columns` pixels from `first` on, lines `step` apart.
  private interface Window {
    void visit(int i, int first, int rows, int columns, int step);
  }

  private static void eachWindow(Shape in, Shape out, Window window) {
    int height = in.dim(2);
    int width = in.dim(3);
    int outHeight = out.dim(2);
    int outWidth = out.dim(3);
    Parallel.chunks(
        in.dim(0) * in.dim(1),
        plane -> {
          int i = plane * outHeight * outWidth;
          for (int oy = 0; oy < outHeight; oy++) {
            int top = oy * height / outHeight;
            int rows = ((oy + 1) * height + outHeight - 1) / outHeight - top;
            for (int ox = 0; ox < outWidth; ox++, i++) {
              int left = ox * width / outWidth;
              int columns = ((ox + 1) * width + outWidth - 1) / outWidth - left;
              window.visit(i, (plane * height + top) * width + left, rows, columns, width);
            }
          }
        });
  }
}
