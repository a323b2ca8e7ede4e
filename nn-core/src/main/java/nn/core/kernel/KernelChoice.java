package nn.core.kernel;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which [Kernels] this process uses: chosen once, at the first use, by the system property `nn.kernels`.
///
/// | `nn.kernels` | means |
/// | --- | --- |
/// | `auto`, or nothing | the Vector API where it runs fast; else the scalar kernels, and one log line that says why |
/// | `vector` | the Vector API, or an error that says why it cannot be |
/// | `scalar` | the scalar kernels |
///
/// Vector API code needs the module, and HotSpot's compiler C2: interpreted, or compiled by C1 alone, every vector is an
/// object, and it runs some hundred times slower than scalar code.
public final class KernelChoice {
  private static final String PROPERTY = "nn.kernels";
  private static final String MODULE = "jdk.incubator.vector";
  private static final Pattern WITHOUT_C2 = Pattern.compile("-XX:TieredStopAtLevel=[0-3]\\b");
  private static final Pattern WITHOUT_FMA = Pattern.compile("-XX:-UseFMA\\b"); // each one is made with BigDecimal then

  private static volatile @Nullable Kernels active;
  private static @Nullable Kernels forFirstResult; // what favourFirstResult chose

  private KernelChoice() {}

  /// The kernels in use.
  public static Kernels active() {
    Kernels kernels = active;
    return kernels != null ? kernels : choose();
  }

  /// Uses other kernels from now on, in the whole process. For tests and benchmarks.
  public static void use(Kernels kernels) {
    active = Objects.requireNonNull(kernels, "kernels");
  }

  /// For a process that computes little and ends: chooses the scalar kernels, unless `nn.kernels` or an earlier use has
  /// chosen. Vector code is slow until C2 has compiled it; the scalar kernels give a first result 3 to 4 times as soon.
  public static synchronized void favourFirstResult() {
    if (active == null && System.getProperty(PROPERTY) == null) {
      forFirstResult = new ScalarKernels();
      active = forFirstResult;
    }
  }

  /// Takes [#favourFirstResult] back: there is more to compute than it seemed. Other kernels that [#use] has chosen since stay.
  public static synchronized void favourThroughput() {
    if (active == forFirstResult) {
      active = null; // the next use chooses
    }
    forFirstResult = null;
  }

  /// Every implementation that can run in this process, the scalar one first. For tests and benchmarks.
  public static List<Kernels> available() {
    Kernels scalar = new ScalarKernels();
    return obstacle() == null ? List.of(scalar, vector()) : List.of(scalar);
  }

  private static synchronized Kernels choose() {
    Kernels chosen = active;
    if (chosen == null) {
      chosen = chosen(System.getProperty(PROPERTY, "auto"));
      active = chosen;
    }
    return chosen;
  }

  private static Kernels chosen(String asked) {
    return switch (asked) {
      case "scalar" -> new ScalarKernels();
      case "vector" -> {
        Obstacle obstacle = obstacle();
        if (obstacle != null) {
          throw new IllegalStateException(
              "-D" + PROPERTY + "=vector: " + obstacle.why + ". " + obstacle.remedy
                  + ", or take -D" + PROPERTY + "=auto");
        }
        yield vector();
      }
      case "auto" -> {
        Obstacle obstacle = obstacle();
        if (obstacle != null) {
          System.getLogger("nn.core")
              .log(
                  Level.WARNING,
                  "computing with scalar kernels, which are 4 to 12 times slower: " + obstacle.why
                      + ". " + obstacle.remedy + "; -D" + PROPERTY + "=scalar accepts it silently");
          yield new ScalarKernels();
        }
        yield vector();
      }
      default ->
          throw new IllegalArgumentException(
              "-D" + PROPERTY + " must be auto, vector or scalar, got \"" + asked + "\"");
    };
  }

  private static Kernels vector() {
    return new VectorKernels(); // resolved here, at run time: this class loads where the module is absent
  }

  /// Why the vector kernels cannot run here, and what to do.
  record Obstacle(String why, String remedy) {}

  private static @Nullable Obstacle obstacle() {
    var module = ModuleLayer.boot().findModule(MODULE);
    if (module.isEmpty() || !KernelChoice.class.getModule().canRead(module.get())) {
      return new Obstacle(
          "the module " + MODULE + " is not there",
          "Add --add-modules " + MODULE + " to the java command");
    }
    String vm = System.getProperty("java.vm.name", "");
    if (!vm.contains("Server VM")) { // "OpenJDK 64-Bit Server VM", "Java HotSpot(TM) 64-Bit Server VM"
      return new Obstacle(
          "\"" + vm + "\" is not known to compile the Vector API",
          "Use a HotSpot JVM with the compiler C2");
    }
    String mode = System.getProperty("java.vm.info", "");
    if (mode.contains("interpreted")) {
      return new Obstacle("the JVM only interprets", "Remove -Xint from the java command");
    }
    if (mode.contains("emulated-client") || arguments().anyMatch(WITHOUT_C2.asPredicate())) {
      return new Obstacle(
          "the JVM runs without its compiler C2",
          "Remove -XX:TieredStopAtLevel from the java command");
    }
    if (arguments().anyMatch(WITHOUT_FMA.asPredicate())) {
      return new Obstacle(
          "the JVM does without fused multiply-add",
          "Remove -XX:-UseFMA from the java command");
    }
    return obstacle(VectorKernels.bits());
  }

  /// The same for vectors of so many bits: sums of lanes are written for 4, 8 and 16 of them.
  static @Nullable Obstacle obstacle(int bits) {
    if (bits < 128) {
      return new Obstacle(
          "this processor has vectors of " + bits + " bits", "Use one with 128 or more");
    }
    if (bits > 512) {
      return new Obstacle(
          "vectors of " + bits + " bits are more than the 512 that there are kernels for",
          "Add -XX:MaxVectorSize=64 to the java command");
    }
    return null;
  }

  /// What the JVM was started with, as far as the operating system tells.
  private static Stream<String> arguments() {
    Stream<@Nullable String> variables =
        Stream.of(System.getenv("JAVA_TOOL_OPTIONS"), System.getenv("JDK_JAVA_OPTIONS"));
    return Stream.concat(
        Stream.of(ProcessHandle.current().info().arguments().orElse(new String[0])),
        variables.map(v -> v == null ? "" : v));
  }
}
