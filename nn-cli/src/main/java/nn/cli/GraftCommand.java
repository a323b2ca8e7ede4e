package nn.cli;

import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// A command: what it does is [#run]; how it speaks and fails is the same for all.
abstract class GraftCommand implements Callable<Integer> {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  @Mixin private CommonOptions common;
  @ParentCommand private Main main;
  @Spec private CommandSpec spec;
  private @Nullable String shortcoming;

  /// Does the work.
  ///
  /// @return the result, for `--json`
  abstract Json run(Talk talk) throws Exception;

  @Override
  public final Integer call() {
    CommandLine commandLine = spec.commandLine();
    try {
      if (common.threads != null && (common.threads < 1 || common.threads > 1024)) {
        throw wrongUsage("--threads must be from 1 to 1024, got " + common.threads);
      }
      common.useThreads();
      Talk talk = talk();
      Json result = run(talk);
      talk.answer(result);
      if (shortcoming != null) {
        commandLine.getErr().println(spec.qualifiedName() + ": " + shortcoming);
        commandLine.getErr().flush();
        return FAILED;
      }
      return DONE;
    } catch (ParameterException e) {
      throw e;
    } catch (Exception | OutOfMemoryError | StackOverflowError e) {
      return Main.failure(e, commandLine);
    }
  }

  /// Insists on what an option says: exit code 2.
  final void require(boolean condition, String message) {
    if (!condition) {
      throw wrongUsage(message);
    }
  }

  /// What an option says. A text that the parser refuses is wrong usage: exit code 2.
  final <T> T parse(String option, String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw wrongUsage(option + ": " + e.getMessage());
    }
  }

  /// Says that the command has failed, although there is a result to show.
  final void fallShort(String message) {
    shortcoming = message;
  }

  final Talk talk() {
    CommandLine commandLine = spec.commandLine();
    return new Talk(commandLine.getOut(), commandLine.getErr(), main.terminal(), common.json);
  }

  final boolean debug() {
    return common.debug;
  }

  /// The exception for options that do not fit together: exit code 2.
  final ParameterException wrongUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
