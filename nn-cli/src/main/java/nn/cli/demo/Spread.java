package nn.cli.demo;

/// Several measurements of the same thing: their mean and how far they are apart.
///
/// @param mean the mean
/// @param deviation the standard deviation of a single measurement; 0 if there is only one
/// @param count how many measurements there are
public record Spread(double mean, double deviation, int count) {
  /// The spread of these measurements.
  public static Spread of(double... measurements) {
    if (measurements.length == 0) {
      throw new IllegalArgumentException("a spread needs at least one measurement");
    }
    double sum = 0;
    for (double measurement : measurements) {
      sum += measurement;
    }
    double mean = sum / measurements.length;
    double squares = 0;
    for (double measurement : measurements) {
      squares += (measurement - mean) * (measurement - mean);
    }
    int count = measurements.length;
    return new Spread(mean, count == 1 ? 0 : Math.sqrt(squares / (count - 1)), count);
  }

  /// How uncertain the mean is: the standard error.
  public double error() {
    return deviation / Math.sqrt(count);
  }
}
