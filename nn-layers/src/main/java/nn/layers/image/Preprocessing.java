package nn.layers.image;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import nn.core.NdArray;
import nn.core.Shape;

/// How an image becomes the numbers that a network takes. It belongs to the network, and is stored in its file: a network that
/// sees its images prepared in another way than in training is wrong without an error.
///
/// An image is brought to the network's channels (grey or colour); its shorter side to `shorterSide`; the middle
/// `width`×`height` is cut out; then each number becomes (pixel · scale − mean) / deviation of its channel.
///
/// @param channels 1 (grey) or 3 (red, green, blue)
/// @param height of the network's input
/// @param width of the network's input
/// @param shorterSide of the image before the middle is cut out; 0 stretches the whole image to the input's size
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
  private static final JsonFactory JSON = new JsonFactory();
  private static final List<Float> IMAGENET_MEAN = List.of(0.485f, 0.456f, 0.406f);
  private static final List<Float> IMAGENET_DEVIATION = List.of(0.229f, 0.224f, 0.225f);

  public Preprocessing {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException("preprocessing: 1 or 3 channels, got " + channels);
    }
    if (height < 1 || width < 1 || shorterSide < 0) {
      throw new IllegalArgumentException(
          "preprocessing: sizes must be positive, got " + height + "×" + width);
    }
    if (mean.size() != channels || deviation.size() != channels) {
      throw new IllegalArgumentException(
          "preprocessing: needs a mean and a deviation for each of " + channels + " channels");
    }
    if (deviation.stream().anyMatch(d -> !(d > 0))) {
      throw new IllegalArgumentException(
          "preprocessing: deviations must be positive: " + deviation);
    }
  }

  /// That of torchvision's ImageNet networks: the shorter side to 256, the middle 224×224, bilinear.
  public static Preprocessing imageNet() {
    return imageNet(224);
  }

  /// That of torchvision's ImageNet networks for another input size, with the same share cut off (an eighth).
  public static Preprocessing imageNet(int size) {
    return new Preprocessing(
        3,
        size,
        size,
        Math.round(size / 0.875f),
        Resampling.BILINEAR,
        1 / 255f,
        IMAGENET_MEAN,
        IMAGENET_DEVIATION);
  }

  /// That of the CIFAR networks: 32×32, with the mean and deviation of ImageNet.
  public static Preprocessing cifar() {
    return new Preprocessing(
        3, 32, 32, 32, Resampling.BILINEAR, 1 / 255f, IMAGENET_MEAN, IMAGENET_DEVIATION);
  }

  /// That of networks for handwritten digits: 28×28, grey, with the mean and deviation of MNIST.
  public static Preprocessing mnist() {
    return new Preprocessing(
        1, 28, 28, 28, Resampling.BILINEAR, 1 / 255f, List.of(0.1307f), List.of(0.3081f));
  }

  /// Pixels between −1 and 1, for a network without a history of its own.
  public static Preprocessing centred(int channels, int height, int width) {
    List<Float> half = Collections.nCopies(channels, 0.5f);
    return new Preprocessing(
        channels, height, width, Math.min(height, width), Resampling.BILINEAR, 1 / 255f, half,
        half);
  }

  /// The shape of one input: `[channels×height×width]`.
  public Shape inputShape() {
    return Shape.of(channels, height, width);
  }

  /// The image at the network's size and with its channels, still as pixels: what augmentation works on.
  public Pixels fit(Pixels image) {
    Pixels coloured = image.withChannels(channels);
    if (shorterSide == 0) {
      return coloured.resize(width, height, resampling);
    }
    double factor = (double) shorterSide / Math.min(image.width(), image.height());
    int resizedWidth = Math.max(1, (int) Math.round(image.width() * factor));
    int resizedHeight = Math.max(1, (int) Math.round(image.height() * factor));
    return coloured.resize(resizedWidth, resizedHeight, resampling).centreCrop(width, height);
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

  /// The network's input for images: `[images×channels×height×width]`.
  public NdArray apply(Pixels... images) {
    NdArray batch = NdArray.zeros(Shape.of(images.length, channels, height, width));
    for (int i = 0; i < images.length; i++) {
      normalize(fit(images[i]), batch.writable(), i * inputShape().size());
    }
    return batch;
  }

  /// As JSON, for a model's file.
  public String toJson() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("channels", channels);
      json.writeNumberField("height", height);
      json.writeNumberField("width", width);
      json.writeNumberField("shorterSide", shorterSide);
      json.writeStringField("resampling", resampling.name());
      json.writeNumberField("scale", scale);
      writeNumbers(json, "mean", mean);
      writeNumbers(json, "deviation", deviation);
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return text.toString();
  }

  private static void writeNumbers(JsonGenerator json, String name, List<Float> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (float value : values) {
      json.writeNumber(value);
    }
    json.writeEndArray();
  }

  /// The inverse of [#toJson].
  ///
  /// @throws IllegalArgumentException if something is missing, unknown, or cannot be
  public static Preprocessing fromJson(String text) {
    int channels = 0;
    int height = 0;
    int width = 0;
    int shorterSide = 0;
    Resampling resampling = Resampling.BILINEAR;
    float scale = 1 / 255f;
    List<Float> mean = List.of();
    List<Float> deviation = List.of();
    try (JsonParser json = JSON.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("preprocessing is not a JSON object");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "channels" -> channels = json.getIntValue();
          case "height" -> height = json.getIntValue();
          case "width" -> width = json.getIntValue();
          case "shorterSide" -> shorterSide = json.getIntValue();
          case "resampling" -> resampling = Resampling.valueOf(json.getText());
          case "scale" -> scale = json.getFloatValue();
          case "mean" -> mean = numbers(json);
          case "deviation" -> deviation = numbers(json);
          default ->
              throw new IllegalArgumentException(
                  "preprocessing has an unknown property '" + name + "'");
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("preprocessing is not valid JSON", e);
    }
    return new Preprocessing(
        channels, height, width, shorterSide, resampling, scale, mean, deviation);
  }

  private static List<Float> numbers(JsonParser json) throws IOException {
    List<Float> values = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (values.size() == 3) {
        throw new IllegalArgumentException("preprocessing has more than 3 channels");
      }
      values.add(json.getFloatValue());
    }
    return values;
  }
}
