package nn.core.op;

import nn.core.Limits;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.ShapeException;
import nn.core.kernel.Kernels;
import nn.core.kernel.Parallel;

/// An array read as `[batch × channels × area]`, for the ops that work on one channel at a time. Sums run over the
/// images in order, so that they do not depend on the number of threads.
record Channels(int batch, int channels, int area) {
  static Channels of(String operation, Shape x) {
    if (x.rank() < 2) {
      throw new ShapeException(operation, "needs [batch×channels…], got " + x);
    }
    return new Channels(x.dim(0), x.dim(1), x.sizeOf(2, x.rank()));
  }

  /// How many numbers one channel has in the whole batch.
  int perChannel() {
    return batch * area;
  }

  /// Where an image's channel starts.
  int at(int image, int channel) {
    return (image * channels + channel) * area;
  }

  /// From one image to the next.
  int step() {
    return channels * area;
  }

  void check(String operation, NdArray... perChannel) {
    for (NdArray array : perChannel) {
      if (!array.shape().equals(Shape.of(channels))) {
        throw new ShapeException(
            operation,
            array.shape() + " for " + channels + " channels: must be [" + channels + "]");
      }
    }
  }

  /// The sum of each channel.
  float[] sums(float[] x) {
    float[] sums = new float[channels];
    Parallel.chunks(channels, channel -> sums[channel] = sum(channel, x));
    return sums;
  }

  float sum(int channel, float[] x) {
    return Kernels.active().sum(x, at(0, channel), area, batch, step());
  }

  /// Σ (x − centre)².
  float squares(int channel, float[] x, float centre) {
    return Kernels.active().squares(x, at(0, channel), centre, area, batch, step());
  }

  /// For each channel c, Σ (x − xCentre[c]) · (y − yCentre[c]).
  float[] centredDots(float[] x, float[] xCentre, float[] y, float[] yCentre) {
    float[] dots = new float[channels];
    Parallel.chunks(
        channels, c -> dots[c] = centredDot(c, x, xCentre[c], y, yCentre[c]));
    return dots;
  }

  float centredDot(int channel, float[] x, float xCentre, float[] y, float yCentre) {
    double sum = 0;
    for (int image = 0; image < batch; image++) {
      int at = at(image, channel);
      sum += Kernels.active().centredDot(x, at, xCentre, y, at, yCentre, area);
    }
    return (float) sum;
  }

  /// y = min(high, max(low, x · scale[c] + shift[c])).
  void affine(float[] x, float[] scale, float[] shift, Limits limits, float[] y) {
    Parallel.chunks(channels, c -> affine(c, x, scale[c], shift[c], limits, y));
  }

  void affine(int channel, float[] x, float scale, float shift, Limits limits, float[] y) {
    Kernels kernels = Kernels.active();
    for (int image = 0; image < batch; image++) {
      kernels.affine(
          x, y, at(image, channel), area, scale, shift, limits.low(), limits.high());
    }
  }

  /// dx = dy · factors[c] where y lies between the limits, else 0.
  void limitedGradient(float[] dy, float[] y, float[] factors, Limits limits, float[] dx) {
    Kernels kernels = Kernels.active();
    Parallel.chunks(
        channels,
        c -> {
          for (int image = 0; image < batch; image++) {
            kernels.limitedGradient(
                dy, y, dx, at(image, c), area, factors[c], limits.low(), limits.high());
          }
        });
  }
}
