package nn.core;

/// Between which bounds a rectifier keeps its results: y = min(high, max(low, x)).
///
/// @param low the least result; −∞ for none
/// @param high the largest result; ∞ for none
public record Limits(float low, float high) {
  /// No bounds: y = x.
  public static final Limits NONE = new Limits(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);

  /// The rectifier: y = max(0, x).
  public static final Limits RELU = new Limits(0f, Float.POSITIVE_INFINITY);

  /// The rectifier of MobileNet: y = min(6, max(0, x)).
  public static final Limits RELU6 = new Limits(0f, 6f);

  /// @throws IllegalArgumentException unless low < high
  public Limits {
    if (!(low < high)) {
      throw new IllegalArgumentException("low must be below high, got " + low + " and " + high);
    }
  }
}
