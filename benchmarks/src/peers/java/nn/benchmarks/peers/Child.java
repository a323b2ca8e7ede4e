package nn.benchmarks.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Processes that measure, and what they say: lines with a mark and fields between tabs. Whatever else they print is passed on.
final class Child {
  private static final String MARK = "@graft\t";

  /// PyTorch as fast as it can be: without these it gives its memory back to the system after each operation and gets it page by
  /// page again, as Java's main thread is not the one for which malloc keeps memory. MobileNetV2's training step takes 256 to 273 ms
  /// with them and 380 without, ResNet-18's inference 106 and 116 (AMD Zen 5). Our own arrays are kept by a workspace.
  static final Map<String, String> KEEPING_MEMORY =
      Map.of(
          "MALLOC_ARENA_MAX", "1", "MALLOC_MMAP_MAX_", "0", "MALLOC_TRIM_THRESHOLD_",
          "100000000000");

  private Child() {}

  /// Says something to the process that started this one.
  static void say(List<String> fields) {
    System.out.println(MARK + String.join("\t", fields));
    System.out.flush();
  }

  /// Runs a main class in a JVM with the same flags as this one.
  ///
  /// @param messages gets each message's fields when it comes
  /// @return the exit code
  static int java(
      Class<?> main, List<String> arguments, Map<String, String> environment,
      Consumer<List<String>> messages) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return run(command, environment, line -> {
      int mark = line.indexOf(MARK); // a native library may have begun the line
      if (mark < 0) {
        System.err.println(line);
      } else {
        messages.accept(List.of(line.substring(mark + MARK.length()).split("\t", -1)));
      }
    });
  }

  /// Runs a command; its errors are shown as they come.
  ///
  /// @param lines gets each line of the standard output when it comes
  /// @return the exit code
  static int run(
      List<String> command, Map<String, String> environment, Consumer<String> lines) {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
        out.lines().forEach(lines);
      }
      return process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}
