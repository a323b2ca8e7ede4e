package nn.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/// The most memory that this process has used so far.
final class PeakMemory {
  private static final String RESIDENT = "VmHWM:";

  private PeakMemory() {}

  /// Resident bytes where the system tells (Linux); elsewhere the most that the JVM's own pools have held.
  static long bytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith(RESIDENT)) { // "VmHWM:	  123456 kB"
          return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException | NumberFormatException e) {
      // not a Linux: the pools below say less, but something
    }
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .mapToLong(pool -> pool.getPeakUsage().getUsed())
        .sum();
  }
}
