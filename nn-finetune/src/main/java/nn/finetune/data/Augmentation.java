package nn.finetune.data;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import nn.layers.image.Pixels;
import nn.layers.image.Preprocessing;

/// Changes training images at random in ways that do not change what they show, so that few images
/// teach as much as many. What happens to a sample depends on the seed, the epoch and the sample
/// alone.
///
/// ```java
/// Augmentation.none().flip().paddedCrop(4)
/// ```
public final class Augmentation {
  private static final Augmentation NONE = new Augmentation(1, 0, false, 0);

  private final double smallestShare; // of the image's area; 1: all of it
  private final int padding;
  private final boolean flips;
  private final double jitter;

  private Augmentation(double smallestShare, int padding, boolean flips, double jitter) {
    this.smallestShare = smallestShare;
    this.padding = padding;
    this.flips = flips;
    this.jitter = jitter;
  }

  /// Nothing changes.
  public static Augmentation none() {
    return NONE;
  }

  /// The same, and every other image is mirrored, left to right. Not for digits or letters.
  public Augmentation flip() {
    return new Augmentation(smallestShare, padding, true, jitter);
  }

  /// The same, and a crop of the original size is cut at random from the image with this much black
  /// around it: the usual one for small images (4 for CIFAR).
  public Augmentation paddedCrop(int padding) {
    if (padding < 0) {
      throw new IllegalArgumentException("padding must not be negative: " + padding);
    }
    return new Augmentation(smallestShare, padding, flips, jitter);
  }

  /// The same, and a random part of the image, ¾ to 4⁄3 as wide as high, is enlarged to the network's
  /// size: the usual one for photographs (0.08 in ImageNet's recipe, 0.5 or more for few images).
  ///
  /// @param smallestShare the least share of the image's area that such a part has
  public Augmentation resizedCrop(double smallestShare) {
    if (!(smallestShare > 0 && smallestShare <= 1)) {
      throw new IllegalArgumentException(
          "the smallest share of an image lies between 0 and 1, got " + smallestShare);
    }
    return new Augmentation(smallestShare, padding, flips, jitter);
  }

  /// The same, and brightness, contrast and saturation each change by a random factor.
  ///
  /// @param strength the factors lie between 1 − strength and 1 + strength
  public Augmentation jitter(double strength) {
    if (!(strength >= 0 && strength < 1)) {
      throw new IllegalArgumentException("the strength lies between 0 and 1, got " + strength);
    }
    return new Augmentation(smallestShare, padding, flips, strength);
  }

  /// Whether it starts from the image as it was, not from what was fitted to the network.
  boolean cutsBeforeFitting() {
    return smallestShare < 1;
  }

  /// The image at the network's size: a random part of it, if that was asked for.
  Pixels fit(Pixels original, Preprocessing preprocessing, RandomGenerator random) {
    return cutsBeforeFitting()
        ? RandomCrop.fit(original, smallestShare, preprocessing, random)
        : preprocessing.fit(original);
  }

  /// What changes once the image is at the network's size.
  Pixels change(Pixels fitted, RandomGenerator random) {
    Pixels changed = fitted;
    if (padding > 0) {
      int left = random.nextInt(2 * padding + 1) - padding;
      int top = random.nextInt(2 * padding + 1) - padding;
      changed = changed.crop(left, top, fitted.width(), fitted.height());
    }
    if (flips && random.nextBoolean()) {
      changed = changed.flip();
    }
    return jitter > 0 ? ColourJitter.apply(changed, jitter, random) : changed;
  }

  /// Such as `flip, padded crop 4`.
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    if (cutsBeforeFitting()) {
      parts.add("resized crop " + smallestShare);
    }
    if (padding > 0) {
      parts.add("padded crop " + padding);
    }
    if (flips) {
      parts.add("flip");
    }
    if (jitter > 0) {
      parts.add("jitter " + jitter);
    }
    return parts.isEmpty() ? "none" : String.join(", ", parts);
  }
}
