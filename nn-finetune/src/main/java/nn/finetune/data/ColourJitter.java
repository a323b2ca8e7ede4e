package nn.finetune.data;

import java.util.random.RandomGenerator;
import nn.layers.image.Pixels;

/// Brightness, contrast and saturation of an image, each changed by a random factor.
final class ColourJitter {
  private ColourJitter() {}

  static Pixels apply(Pixels image, double strength, RandomGenerator random) {
    float brightness = factor(strength, random);
    float contrast = factor(strength, random);
    float saturation = factor(strength, random);
    byte[] grey = image.withChannels(1).values();
    double sum = 0;
    for (byte each : grey) {
      sum += each & 0xff;
    }
    float middle = brightness * (float) (sum / grey.length);
    int channels = image.channels();
    byte[] old = image.values();
    byte[] changed = new byte[old.length];
    for (int i = 0; i < old.length; i++) {
      float own = brightness * (old[i] & 0xff);
      float ownGrey = brightness * (grey[i / channels] & 0xff);
      float saturated = ownGrey + saturation * (own - ownGrey);
      float value = middle + contrast * (saturated - middle);
      changed[i] = (byte) Math.clamp(Math.round(value), 0, 255);
    }
    return new Pixels(image.width(), image.height(), channels, changed);
  }

  private static float factor(double strength, RandomGenerator random) {
    return (float) random.nextDouble(1 - strength, 1 + strength);
  }
}
