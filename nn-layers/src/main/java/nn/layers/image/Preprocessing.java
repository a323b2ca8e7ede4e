package nn.layers.image;

import java.util.Collections;
import java.util.List;
import nn.core.NdArray;
import nn.core.Shape;

/// How an image becomes the numbers that a network takes. It belongs to the network, and is stored
/// in its file: a network that sees its images prepared in another way than in training is wrong
/// without an error.
///
/// An image is brought to the network's channels (grey or colour); its shorter side to
/// `shorterSide`; the middle `width`×`height` is cut out; then each number becomes
/// (pixel · scale − mean) / deviation of its channel. An image of any size comes out at the
/// network's size.
///
/// @param channels 1 (grey) or 3 (red, green, blue)
/// @param height of the network's input
/// @param width of the network's input
/// @param shorterSide of the image before the middle is cut out; 0 stretches the whole image to the
///   input's size
/// @param resampling how it is resized
/// @param scale what a pixel, 0 to 255, is multiplied by: 1/255 as a rule
/// @param mean of each channel, after scaling
/// @param deviation of each channel, after scaling
public record Preprocessing(
    int channels,
    int height,
    int width,
    int shorterSide,
    Resampling resampling,
    float scale,
    List<Float> mean,
    List<Float> deviation) {
  /// No network takes images larger than this; a file that says so is broken.
  private static final int MAX_SIDE = 4096;

  private static final List<Float> IMAGENET_MEAN = List.of(0.485f, 0.456f, 0.406f);
  private static final List<Float> IMAGENET_DEVIATION = List.of(0.229f, 0.224f, 0.225f);

  public Preprocessing {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException("preprocessing: 1 or 3 channels, got " + channels);
    }
    if (height < 1 || width < 1 || height > MAX_SIDE || width > MAX_SIDE) {
      throw new IllegalArgumentException(
          "preprocessing: height and width lie between 1 and " + MAX_SIDE + ", got " + height + "×"
              + width);
    }
    if (shorterSide < 0 || shorterSide > 2 * MAX_SIDE) {
      throw new IllegalArgumentException(
          "preprocessing: the shorter side lies between 0 and " + 2 * MAX_SIDE + ", got "
              + shorterSide);
    }
    if (!(scale > 0) || Float.isInfinite(scale)) {
      throw new IllegalArgumentException("preprocessing: the scale must be positive: " + scale);
    }
    if (mean.size() != channels || deviation.size() != channels) {
      throw new IllegalArgumentException(
          "preprocessing: needs a mean and a deviation for each of " + channels + " channels");
    }
    if (mean.stream().anyMatch(m -> !Float.isFinite(m))) {
      throw new IllegalArgumentException("preprocessing: means must be numbers: " + mean);
    }
    if (deviation.stream().anyMatch(d -> !(d > 0) || d.isInfinite())) {
      throw new IllegalArgumentException(
          "preprocessing: deviations must be positive: " + deviation);
    }
  }

  /// That of torchvision's ImageNet networks: the shorter side to 256, the middle 224×224, bilinear.
  public static Preprocessing imageNet() {
    return imageNet(224);
  }

  /// That of torchvision's ImageNet networks for another input size, with the same share cut off (an
  /// eighth).
  public static Preprocessing imageNet(int size) {
    return scaled(size, size, Math.round(size / 0.875f), IMAGENET_MEAN, IMAGENET_DEVIATION);
  }

  /// That of the CIFAR networks: 32×32, with the mean and deviation of ImageNet.
  public static Preprocessing cifar() {
    return scaled(32, 32, 32, IMAGENET_MEAN, IMAGENET_DEVIATION);
  }

  /// That of networks for handwritten digits: 28×28, grey, with the mean and deviation of MNIST.
  public static Preprocessing mnist() {
    return scaled(28, 28, 28, List.of(0.1307f), List.of(0.3081f));
  }

  /// Pixels between −1 and 1, for a network without a history of its own.
  public static Preprocessing centred(int channels, int height, int width) {
    List<Float> half = Collections.nCopies(channels, 0.5f);
    return scaled(height, width, whole(height, width), half, half);
  }

  /// Pixels between 0 and 1.
  public static Preprocessing unit(int channels, int height, int width) {
    List<Float> zero = Collections.nCopies(channels, 0f);
    List<Float> one = Collections.nCopies(channels, 1f);
    return scaled(height, width, whole(height, width), zero, one);
  }

  /// Pixels as they are, from 0 to 255, for a network that scales them itself.
  public static Preprocessing raw(int channels, int height, int width) {
    Preprocessing unit = unit(channels, height, width);
    return new Preprocessing(
        channels, height, width, unit.shorterSide, unit.resampling, 1f, unit.mean, unit.deviation);
  }

  /// A square input shows the image's middle; any other, the whole image.
  private static int whole(int height, int width) {
    return height == width ? height : 0;
  }

  private static Preprocessing scaled(
      int height, int width, int shorterSide, List<Float> mean, List<Float> deviation) {
    return new Preprocessing(
        mean.size(), height, width, shorterSide, Resampling.BILINEAR, 1 / 255f, mean, deviation);
  }

  /// The shape of one input: `[channels×height×width]`.
  public Shape inputShape() {
    return Shape.of(channels, height, width);
  }

  /// The image at the network's size and with its channels, still as pixels: what augmentation works
  /// on.
  public Pixels fit(Pixels image) {
    return image.channels() > channels
        ? resized(image.withChannels(channels))
        : resized(image).withChannels(channels); // fewer channels are resized sooner
  }

  private Pixels resized(Pixels image) {
    if (shorterSide == 0) {
      return image.resize(width, height, resampling);
    }
    int shorter = Math.min(image.width(), image.height());
    return image.resizeAndCrop(
        scaled(image.width(), shorter), scaled(image.height(), shorter), resampling, width, height);
  }

  /// An edge after the shorter one has become `shorterSide`: rounded down, as torchvision does.
  private int scaled(int edge, int shorter) {
    return Math.clamp((long) edge * shorterSide / shorter, 1, 1 << 30);
  }

  /// Writes the numbers of a [fitted][#fit] image, channel by channel, from `at` on.
  public void normalize(Pixels fitted, float[] to, int at) {
    byte[] pixels = fitted.values();
    int area = height * width;
    if (pixels.length != area * channels) {
      throw new IllegalArgumentException(
          "an image of " + fitted.width() + "×" + fitted.height() + " has not been fitted to "
              + width + "×" + height);
    }
    for (int c = 0; c < channels; c++) {
      float factor = scale / deviation.get(c);
      float shift = mean.get(c) / deviation.get(c);
      for (int i = 0; i < area; i++) {
        to[at + c * area + i] = (pixels[i * channels + c] & 0xff) * factor - shift;
      }
    }
  }

  /// The network's input for one image or several: `[images×channels×height×width]`.
  public NdArray apply(Pixels... images) {
    return apply(List.of(images));
  }

  /// The network's input for images: `[images×channels×height×width]`.
  public NdArray apply(List<Pixels> images) {
    NdArray batch = NdArray.zeros(Shape.of(images.size(), channels, height, width));
    float[] numbers = batch.writable();
    for (int i = 0; i < images.size(); i++) {
      normalize(fit(images.get(i)), numbers, i * inputShape().size());
    }
    return batch;
  }

  /// As JSON, for a model's file.
  public String toJson() {
    return PreprocessingJson.write(this);
  }

  /// The inverse of [#toJson].
  ///
  /// @throws IllegalArgumentException if something is missing, unknown, or cannot be; the message
  ///   names it
  public static Preprocessing fromJson(String text) {
    return PreprocessingJson.read(text);
  }
}
