package nn.cli;

/// Shows how far a piece of work is.
interface Progress extends AutoCloseable {
  /// So many units more are done.
  void advance(long units);

  /// A few words on the state of things, such as the loss.
  void remark(String words);

  /// A line that stays.
  void note(String line);

  /// The work is over, done or not.
  @Override
  void close();

  /// Shows nothing.
  Progress NONE =
      new Progress() {
        @Override
        public void advance(long units) {}

        @Override
        public void remark(String words) {}

        @Override
        public void note(String line) {}

        @Override
        public void close() {}
      };
}
