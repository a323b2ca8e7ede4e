package nn.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HelpTest {
  static Set<String> commands() {
    return Main.commandLine(null).getSubcommands().keySet();
  }

  @ParameterizedTest(name = "{0} --help")
  @MethodSource("commands")
  void help_of_each_command_goes_to_standard_output_and_has_examples(String command) {
    Run run = Run.graft(command, "--help");
    assertAll(
        () -> assertEquals(0, run.exit()),
        () -> assertEquals("", run.err()),
        () -> assertTrue(run.out().contains("Examples:"), run.out()),
        () -> assertTrue(
            run.out().lines().anyMatch(line -> line.startsWith("  graft " + command)),
            run.out()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("commands")
  void every_command_knows_the_common_options(String command) {
    Set<String> options = Main.commandLine(null).getSubcommands().get(command)
        .getCommandSpec().optionsMap().keySet();
    assertTrue(options.containsAll(Set.of("--help", "--json", "--debug", "--threads")), command);
  }

  @Test
  void help_of_the_whole_lists_all_commands() {
    Run run = Run.graft("--help");
    assertEquals(0, run.exit());
    commands().forEach(command -> assertTrue(run.out().contains("  " + command + " "), command));
  }

  @Test
  void the_commands_are_these() {
    assertEquals(
        Set.of(
            "demo", "train", "finetune", "evaluate", "predict", "inspect", "summary", "diff",
            "models", "bench"),
        commands());
  }

  @Test
  void version_is_one_line() {
    Run run = Run.graft("--version");
    assertEquals(0, run.exit());
    assertEquals(1, Stream.of(run.out().split("\n")).count());
  }
}
