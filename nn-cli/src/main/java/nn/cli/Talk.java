package nn.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/// How a command speaks: results to standard output, what goes on meanwhile to standard error. When JSON was asked
/// for, standard output gets one object and nothing else.
final class Talk {
  private final PrintWriter out;
  private final PrintWriter err;
  private final @Nullable PrintStream terminal;
  private final boolean json;

  /// @param terminal where bars can be drawn; null if standard error is a file or a pipe
  Talk(PrintWriter out, PrintWriter err, @Nullable PrintStream terminal, boolean json) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
    this.json = json;
  }

  /// Part of the result, for people: a line, or several.
  void say(String text) {
    if (!json) {
      out.print(text.endsWith("\n") ? text : text + "\n");
      out.flush();
    }
  }

  /// What goes on meanwhile.
  void note(String text) {
    if (!json) {
      err.print(text.endsWith("\n") ? text : text + "\n");
      err.flush();
    }
  }

  /// What a person should know even if a program reads the result.
  void warn(String text) {
    err.print("warning: " + (text.endsWith("\n") ? text : text + "\n"));
    err.flush();
  }

  /// Begins to show the progress of a piece of work.
  Progress progress(String task, long total, String unit) {
    if (terminal != null) {
      return new ProgressOnTerminal(terminal, task, total, unit);
    }
    return json ? Progress.NONE : new ProgressInLines(err, task, total, unit);
  }

  /// Prints the result for a program, if JSON was asked for.
  void answer(Json result) {
    if (json) {
      out.print(result + "\n");
      out.flush();
    }
  }
}
