package nn.cli;

import nn.core.kernel.Parallel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What every command understands.
final class CommonOptions {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and stop.") boolean help;

  @Option(
      names = "--json",
      description = "Print one JSON object on standard output, and nothing else there.") boolean json;

  @Option(
      names = "--debug",
      description = "If something fails, show where in the program.") boolean debug;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "How many threads compute; results do not depend on it. Default: all cores.")
  @Nullable Integer threads;

  /// Computes on as many threads as was said.
  void useThreads() {
    if (threads != null) {
      Parallel.threads(threads);
    }
  }
}
