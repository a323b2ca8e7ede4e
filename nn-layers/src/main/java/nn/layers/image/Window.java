package nn.layers.image;

/// A rectangle of an image; it may reach beyond the edges.
record Window(int left, int top, int width, int height) {
  /// The middle of an image, as torchvision finds it: of two middles the even one.
  static Window middle(int imageWidth, int imageHeight, int width, int height) {
    return new Window(start(imageWidth, width), start(imageHeight, height), width, height);
  }

  private static int start(int length, int wanted) {
    int excess = length - wanted;
    return excess < 0 ? excess / 2 : (int) Math.rint(excess / 2.0);
  }

  /// The part that lies within an image.
  Window within(int imageWidth, int imageHeight) {
    int fromX = Math.max(0, left);
    int fromY = Math.max(0, top);
    return new Window(
        fromX,
        fromY,
        Math.min(imageWidth, left + width) - fromX,
        Math.min(imageHeight, top + height) - fromY);
  }
}
