package nn.benchmarks.peers;

import java.util.List;

/// What came of a line: medians in milliseconds, or why there are none.
///
/// @param low a quarter of our times lie below
/// @param high a quarter of our times lie above
/// @param flops operations of one run, 0 if they say nothing
/// @param refused why the line is not reported; empty if it is
record Outcome(
    double ours, double peer, double low, double high, double flops, String refused) {

  static Outcome refused(String why) {
    return new Outcome(0, 0, 0, 0, 0, why);
  }

  boolean measured() {
    return refused.isEmpty();
  }

  double ratio() {
    return peer / ours;
  }

  Outcome withFlops(double operations) {
    return new Outcome(ours, peer, low, high, operations, refused);
  }

  /// As the fields of a message between processes; [#of] is the way back.
  List<String> fields() {
    return List.of(
        Double.toString(ours), Double.toString(peer), Double.toString(low), Double.toString(high),
        Double.toString(flops), refused);
  }

  static Outcome of(List<String> fields) {
    return new Outcome(
        Double.parseDouble(fields.get(0)), Double.parseDouble(fields.get(1)),
        Double.parseDouble(fields.get(2)), Double.parseDouble(fields.get(3)),
        Double.parseDouble(fields.get(4)), fields.get(5));
  }
}
