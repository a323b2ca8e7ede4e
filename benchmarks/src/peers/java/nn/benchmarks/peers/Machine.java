package nn.benchmarks.peers;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Where the comparison ran, and what that machine can do at most.
///
/// @param peak billions of operations in a second
/// @param bandwidth gigabytes in a second, to and from memory
/// @param kernels the name of ours
/// @param torch PyTorch's version
record Machine(int threads, double peak, double bandwidth, String kernels, String torch) {
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

  /// What [Limits] measures in a process of its own.
  static Machine measured(int threads) {
    List<String> fields = new ArrayList<>();
    int exit =
        Child.java(
            Limits.class, List.of(Integer.toString(threads)), Map.of(), fields::addAll);
    if (exit != 0) {
      throw new IllegalStateException("the limits' process ended with " + exit);
    }
    return new Machine(
        threads, Double.parseDouble(fields.get(0)), Double.parseDouble(fields.get(1)),
        fields.get(2), fields.get(3));
  }

  /// All that has a bearing on the figures, as the items of a list.
  List<String> facts() {
    return List.of(
        String.format(
            Locale.ROOT, "%s; %d processors, %d threads; caches%s", processor(),
            Runtime.getRuntime().availableProcessors(), threads, caches()),
        String.format(
            Locale.ROOT, "at most %.0f GF/s (multiplying and adding in registers), memory %.1f GB/s",
            peak, bandwidth),
        "JDK " + Runtime.version() + ", " + flags(),
        "kernels " + kernels + "; " + torch + ", " + Child.KEEPING_MEMORY.entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue()).sorted().collect(Collectors.joining(" ")),
        "commit " + System.getProperty("graft.commit", "unknown") + ", "
            + LocalDate.now(ZoneOffset.UTC));
  }

  /// The JVM's flags, but for those that say where things are.
  private static String flags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(a -> a.startsWith("-X") || a.startsWith("-Dnn.") || a.startsWith("--add-modules"))
        .filter(a -> !a.contains("/"))
        .collect(Collectors.joining(" "));
  }

  /// Its name, with the numbers that tell the generation where the name is only `AMD EPYC`.
  private static String processor() {
    String name = value("model name");
    return name.isEmpty()
        ? System.getProperty("os.arch")
        : name + " (family " + value("cpu family") + ", model " + value("model") + ")";
  }

  private static String value(String key) {
    try (var lines = Files.lines(CPU)) {
      return lines.filter(l -> l.split(":", -1)[0].strip().equals(key)).findFirst()
          .map(l -> l.substring(l.indexOf(':') + 1).strip()).orElse("");
    } catch (IOException e) {
      return ""; // not a Linux
    }
  }

  /// ` L1 48K, L2 1024K, L3 32768K`, without the one for instructions.
  private static String caches() {
    List<String> caches = new ArrayList<>();
    try {
      for (int i = 0; Files.exists(CACHES.resolve("index" + i)); i++) {
        Path cache = CACHES.resolve("index" + i);
        if (!read(cache, "type").equals("Instruction")) {
          caches.add(" L" + read(cache, "level") + " " + read(cache, "size"));
        }
      }
    } catch (IOException e) {
      caches.clear();
    }
    return caches.isEmpty() ? " unknown" : String.join(",", caches);
  }

  private static String read(Path folder, String file) throws IOException {
    return Files.readString(folder.resolve(file)).strip();
  }
}
