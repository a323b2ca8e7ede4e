package nn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// `graft`: fine-tunes neural networks from the command line.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage. A failure is one message on standard error; `--debug` adds where in
/// the program.
@Command(
    name = "graft",
    description = "Fine-tunes neural networks: import, replace the head, freeze, retrain, save.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    version = "graft 0.1.0-SNAPSHOT",
    footer = {
        "",
        "Examples:",
        "  graft demo",
        "  graft finetune --model cifar-resnet20 --weights resnet20.th --data photos/ \\",
        "      --split 0.2 --out mine.safetensors",
        "  graft predict --weights mine.safetensors photo.jpg",
        "",
        "graft COMMAND --help tells about each command, with examples.",
        "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
public final class Main implements Runnable {
  private static final Map<String, Class<? extends GraftCommand>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("demo", DemoCommand.class);
    COMMANDS.put("train", TrainCommand.class);
    COMMANDS.put("finetune", FinetuneCommand.class);
    COMMANDS.put("evaluate", EvaluateCommand.class);
    COMMANDS.put("predict", PredictCommand.class);
    COMMANDS.put("inspect", InspectCommand.class);
    COMMANDS.put("summary", SummaryCommand.class);
    COMMANDS.put("diff", DiffCommand.class);
    COMMANDS.put("models", ModelsCommand.class);
    COMMANDS.put("bench", BenchCommand.class);
  }

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private final @Nullable PrintStream terminal;

  /// @param terminal where progress bars can be drawn; null for none
  private Main(@Nullable PrintStream terminal) {
    this.terminal = terminal;
  }

  public static void main(String[] arguments) {
    System.setProperty("java.awt.headless", "true");
    PrintStream err = utf8(FileDescriptor.err);
    CommandLine commandLine = commandLine(isTerminal() ? err : null, arguments);
    commandLine.setOut(new PrintWriter(utf8(FileDescriptor.out), true, UTF_8));
    commandLine.setErr(new PrintWriter(err, true, UTF_8));
    System.exit(commandLine.execute(arguments));
  }

  /// The parser of these arguments. It knows the command that they begin with, or else all commands: looking into all of them
  /// takes 0.04 s (AMD Zen 5).
  static CommandLine commandLine(@Nullable PrintStream terminal, String... arguments) {
    CommandLine commandLine = new CommandLine(new Main(terminal));
    boolean isCommand = arguments.length > 0 && COMMANDS.containsKey(arguments[0]);
    for (String name : isCommand ? List.of(arguments[0]) : COMMANDS.keySet()) {
      commandLine.addSubcommand(name, COMMANDS.get(name));
    }
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setUsageHelpWidth(100);
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setParameterExceptionHandler(Main::wrongUsage);
    commandLine.setExecutionExceptionHandler(Main::failed);
    return commandLine;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: a command is missing");
  }

  @Nullable
  PrintStream terminal() {
    return terminal;
  }

  private static int wrongUsage(ParameterException e, String... arguments) {
    PrintWriter err = e.getCommandLine().getErr();
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    err.println(name + ": " + e.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println("'" + name + " --help' tells more");
    }
    err.flush();
    return GraftCommand.WRONG_USAGE;
  }

  private static int failed(
      Exception e, CommandLine commandLine, CommandLine.ParseResult arguments) {
    return failure(e, commandLine);
  }

  static int failure(Throwable e, CommandLine commandLine) {
    PrintWriter err = commandLine.getErr();
    boolean hasBatch = commandLine.getCommandSpec().findOption("--batch") != null;
    String message = Failures.describe(e, hasBatch);
    err.println(commandLine.getCommandSpec().qualifiedName() + ": " + message);
    if (commandLine.getCommand() instanceof GraftCommand command) {
      if (command.debug()) {
        e.printStackTrace(err);
      }
      command.talk().answer(new Json().put("error", message));
    }
    err.flush();
    return GraftCommand.FAILED;
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, UTF_8);
  }

  /// Whether standard error is a terminal. The launcher knows; without it Java can only tell about all streams at once.
  @SuppressWarnings("SystemConsoleNull") // it is null where standard input is not a terminal
  private static boolean isTerminal() {
    String told = System.getProperty("graft.terminal");
    if (told != null) {
      return told.equals("true");
    }
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
