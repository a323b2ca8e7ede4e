package nn.layers;

import nn.core.PoolSettings;

/// Puts together what [Layer#describe] says: the kind, then the settings, those left out that have
/// their usual value: `MaxPool2d 3×3, stride 2, padding 1`.
final class Description {
  private final StringBuilder text;

  /// @param start the kind and what always belongs to it
  Description(String start) {
    text = new StringBuilder(start);
  }

  static String of(String kind, PoolSettings pool) {
    return new Description(kind + " " + pool.kernelHeight() + "×" + pool.kernelWidth())
        .pair(
            "stride",
            pool.strideHeight(),
            pool.strideWidth(),
            pool.kernelHeight(),
            pool.kernelWidth())
        .pair("padding", pool.paddingHeight(), pool.paddingWidth(), 0, 0)
        .unless(!pool.roundsUp(), "rounding up")
        .unless(pool.countsPadding(), "ignoring padding")
        .toString();
  }

  /// Adds `what height×width`, or one number if both are equal.
  Description pair(String what, int height, int width, int usualHeight, int usualWidth) {
    return unless(
        height == usualHeight && width == usualWidth,
        what + " " + height + (width == height ? "" : "×" + width));
  }

  /// Adds `setting` unless it is as usual.
  Description unless(boolean usual, String setting) {
    if (!usual) {
      text.append(", ").append(setting);
    }
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
