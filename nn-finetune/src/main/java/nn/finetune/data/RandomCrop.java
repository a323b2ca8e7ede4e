package nn.finetune.data;

import java.util.random.RandomGenerator;
import nn.layers.image.Pixels;
import nn.layers.image.Preprocessing;

/// A random part of an image, enlarged to the network's size: Szegedy et al., "Going Deeper with
/// Convolutions", 2015, in the form of torchvision's `RandomResizedCrop`.
final class RandomCrop {
  private static final int TRIES = 10;

  private RandomCrop() {}

  static Pixels fit(
      Pixels image, double smallestShare, Preprocessing preprocessing, RandomGenerator random) {
    Pixels part = cut(image, smallestShare, random);
    return part.resize(preprocessing.width(), preprocessing.height(), preprocessing.resampling())
        .withChannels(preprocessing.channels());
  }

  private static Pixels cut(Pixels image, double smallestShare, RandomGenerator random) {
    double area = (double) image.width() * image.height();
    double steepest = Math.log(4 / 3.0);
    for (int i = 0; i < TRIES; i++) {
      double wanted = area * random.nextDouble(smallestShare, 1);
      double ratio = Math.exp(random.nextDouble(-steepest, steepest));
      int width = (int) Math.round(Math.sqrt(wanted * ratio));
      int height = (int) Math.round(Math.sqrt(wanted / ratio));
      if (width >= 1 && height >= 1 && width <= image.width() && height <= image.height()) {
        int left = random.nextInt(image.width() - width + 1);
        int top = random.nextInt(image.height() - height + 1);
        return image.crop(left, top, width, height);
      }
    }
    int side = Math.min(image.width(), image.height()); // a very long image: its middle
    return image.centreCrop(
        Math.min(image.width(), side * 4 / 3), Math.min(image.height(), side * 4 / 3));
  }
}
