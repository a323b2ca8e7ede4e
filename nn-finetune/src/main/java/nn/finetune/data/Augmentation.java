package nn.finetune.data;

import java.util.SplittableRandom;
import nn.layers.image.Pixels;

/// Changes training images at random in ways that do not change what they show, so that few images teach as much as many.
/// What happens to a sample depends on the seed, the epoch and the sample alone.
///
/// @param flips whether every other image is mirrored, left to right
/// @param padding how far an image may be shifted in each direction; what comes in from outside is black
public record Augmentation(boolean flips, int padding) {
  public Augmentation {
    if (padding < 0) {
      throw new IllegalArgumentException("padding must not be negative: " + padding);
    }
  }

  /// Nothing changes.
  public static Augmentation none() {
    return new Augmentation(false, 0);
  }

  /// The same, and every other image is mirrored. Not for digits or letters.
  public Augmentation flip() {
    return new Augmentation(true, padding);
  }

  /// The same, and a crop of the original size is cut at random from the image with this much black around it.
  public Augmentation paddedCrop(int padding) {
    return new Augmentation(flips, padding);
  }

  Pixels apply(Pixels image, SplittableRandom random) {
    Pixels changed = image;
    if (padding > 0) {
      int left = random.nextInt(2 * padding + 1) - padding;
      int top = random.nextInt(2 * padding + 1) - padding;
      changed = changed.crop(left, top, image.width(), image.height());
    }
    return flips && random.nextBoolean() ? changed.flip() : changed;
  }
}
