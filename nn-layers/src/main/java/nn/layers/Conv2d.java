package nn.layers;

import java.util.random.RandomGenerator;
import nn.core.ConvSettings;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import org.jspecify.annotations.Nullable;

/// Slides a small kernel over images: y[o, i, j] = b[o] + Σ w[o, c, u, v] · x[c, i·stride +
/// u·dilation − padding, …].
///
/// | | shape |
/// | --- | --- |
/// | x | `[batch × in × height × width]` |
/// | `weight` | `[out × in/groups × kernel height × kernel width]` |
/// | `bias` | `[out]`, absent after [Builder#withoutBias] |
/// | y | `[batch × out × …]`, each side ⌊(side + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 |
///
/// With as many groups as channels the convolution is depthwise: Howard et al., "MobileNets", 2017.
///
/// ```java
/// new Conv2d(3, 16, 3, random)                                         // stride 1, no padding
/// Conv2d.of(16, 32, 3).stride(2).padding(1).withoutBias().build(random)
/// ```
public final class Conv2d extends Layer implements Head {
  private final Builder plan;
  private final Parameter weight; // [out × in/groups × kernel height × kernel width]
  private final @Nullable Parameter bias; // [out]

  /// A convolution with a square kernel, stride 1, no padding, one group and a bias; for all else
  /// see [#of].
  ///
  /// @throws IllegalArgumentException if `in`, `out` or `kernel` is below 1
  public Conv2d(int in, int out, int kernel, RandomGenerator random) {
    this(of(in, out, kernel), random);
  }

  private Conv2d(Builder plan, RandomGenerator random) {
    super();
    this.plan = plan;
    weight = parameter("weight", Init.kaiming(plan.weightShape(), random));
    bias = plan.hasBias ? parameter("bias", NdArray.zeros(Shape.of(plan.out))) : null;
  }

  /// Begins the description of a convolution with a square kernel.
  public static Builder of(int in, int out, int kernel) {
    return of(in, out, kernel, kernel);
  }

  /// Begins the description of a convolution.
  public static Builder of(int in, int out, int kernelHeight, int kernelWidth) {
    return new Builder(in, out, kernelHeight, kernelWidth, ConvSettings.DEFAULT, true);
  }

  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    return x.conv2d(weight.in(pass), bias == null ? null : bias.in(pass), plan.settings);
  }

  /// The same convolution with fresh weights for another number of output channels: the head of
  /// networks that end in a 1×1 convolution, such as SqueezeNet.
  ///
  /// @throws IllegalArgumentException if `outputs` is below 1 or not a multiple of the groups
  @Override
  public Conv2d withOutputs(int outputs, RandomGenerator random) {
    return plan.outputs(outputs).build(random);
  }

  /// `Conv2d 3→16, 3×3, stride 2, padding 1, no bias`: what differs from the default.
  @Override
  public String describe() {
    return plan.describe();
  }

  /// A convolution to be: immutable, each method gives a changed copy.
  public static final class Builder {
    private final int in;
    private final int out;
    private final int kernelHeight;
    private final int kernelWidth;
    private final ConvSettings settings;
    private final boolean hasBias;

    private Builder(
        int in,
        int out,
        int kernelHeight,
        int kernelWidth,
        ConvSettings settings,
        boolean hasBias) {
      if (in < 1 || out < 1 || kernelHeight < 1 || kernelWidth < 1) {
        throw new IllegalArgumentException(
            "channels and kernel must be positive, got "
                + in
                + "→"
                + out
                + ", "
                + kernelHeight
                + "×"
                + kernelWidth);
      }
      this.in = in;
      this.out = out;
      this.kernelHeight = kernelHeight;
      this.kernelWidth = kernelWidth;
      this.settings = settings;
      this.hasBias = hasBias;
    }

    /// How many pixels the kernel moves at a time; 1 if nothing is said.
    public Builder stride(int stride) {
      return settings(settings.stride(stride));
    }

    /// How many rows and columns of zeros are put around the image; 0 if nothing is said.
    public Builder padding(int padding) {
      return settings(settings.padding(padding));
    }

    /// How far apart neighbouring kernel elements lie; 1, dense, if nothing is said.
    public Builder dilation(int dilation) {
      return settings(settings.dilation(dilation));
    }

    /// Into how many independent groups the channels are split; 1 if nothing is said.
    public Builder groups(int groups) {
      return settings(settings.groups(groups));
    }

    /// All settings at once, for those that differ between height and width.
    public Builder settings(ConvSettings settings) {
      return new Builder(in, out, kernelHeight, kernelWidth, settings, hasBias);
    }

    /// Leaves the bias out: batch norm, which adds its own, makes it useless.
    public Builder withoutBias() {
      return new Builder(in, out, kernelHeight, kernelWidth, settings, false);
    }

    private Builder outputs(int outputs) {
      return new Builder(in, outputs, kernelHeight, kernelWidth, settings, hasBias);
    }

    /// The layer, its weights drawn for rectifiers ([Init#kaiming]) and its bias zero.
    ///
    /// @throws IllegalArgumentException if the groups do not divide both numbers of channels
    public Conv2d build(RandomGenerator random) {
      if (in % settings.groups() != 0 || out % settings.groups() != 0) {
        throw new IllegalArgumentException(
            settings.groups() + " groups do not divide " + in + "→" + out + " channels");
      }
      return new Conv2d(this, random);
    }

    private Shape weightShape() {
      return Shape.of(out, in / settings.groups(), kernelHeight, kernelWidth);
    }

    private String describe() {
      return new Description("Conv2d " + in + "→" + out + ", " + kernelHeight + "×" + kernelWidth)
          .pair("stride", settings.strideHeight(), settings.strideWidth(), 1, 1)
          .pair("padding", settings.paddingHeight(), settings.paddingWidth(), 0, 0)
          .pair("dilation", settings.dilationHeight(), settings.dilationWidth(), 1, 1)
          .unless(settings.groups() == 1, "groups " + settings.groups())
          .unless(hasBias, "no bias")
          .toString();
    }
  }
}
