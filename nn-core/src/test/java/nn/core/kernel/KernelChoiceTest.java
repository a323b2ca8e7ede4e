package nn.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Starts JVMs of several kinds and looks at what they choose.
class KernelChoiceTest {
  private static final String VECTOR = "--add-modules=jdk.incubator.vector";

  /// Runs in the JVM that a test starts.
  static final class Probe {
    public static void main(String[] args) {
      float[] c = new float[1];
      try {
        Kernels.active().matmul(1, 1, 1, new float[] {2}, 0, new float[] {3}, 0, c, 0);
        System.out.println(
            Kernels.active().name() + " " + c[0] + " of " + KernelChoice.available().size()
                + " on " + Parallel.threads());
      } catch (RuntimeException e) {
        System.out.println(e);
      }
    }
  }

  /// Runs in the JVM that a test starts: what a short process computes with, and what once it has turned out to be long.
  static final class ShortProbe {
    public static void main(String[] args) {
      KernelChoice.favourFirstResult();
      System.out.print(Kernels.active().name());
      KernelChoice.favourThroughput();
      System.out.println(", then " + Kernels.active().name());
    }
  }

  /// Runs in the JVM that a test starts: other kernels are chosen while a process seems short.
  static final class ChosenProbe {
    public static void main(String[] args) {
      KernelChoice.favourFirstResult();
      Kernels first = Kernels.active();
      Kernels chosen = new CountingKernels(first);
      KernelChoice.use(chosen);
      KernelChoice.favourThroughput();
      System.out.print(Kernels.active() == chosen ? "chosen" : Kernels.active().name());
      KernelChoice.use(first);
      KernelChoice.favourThroughput(); // it has been taken back before
      System.out.println(", then " + Kernels.active().name());
    }
  }

  private record Outcome(String out, String log) {}

  private static Outcome run(String... options) throws IOException, InterruptedException {
    return run(Probe.class, options);
  }

  private static Outcome run(Class<?> probe, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-Xshare:auto", "-cp", System.getProperty("java.class.path"), probe.getName()));
    Process process = new ProcessBuilder(command).start();
    String out = new String(process.getInputStream().readAllBytes()).strip();
    String log = new String(process.getErrorStream().readAllBytes());
    process.waitFor();
    log = log.replaceAll("(?m)^WARNING: Using incubator modules.*\\R", "");
    return new Outcome(out, log.strip());
  }

  private static void assertScalarBecause(String why, Outcome outcome) {
    assertTrue(outcome.out.startsWith("scalar 6.0 of 1"), outcome.toString());
    long lines = outcome.log.lines().filter(line -> line.contains("scalar kernels")).count();
    assertEquals(1, lines, outcome.log);
    assertTrue(outcome.log.contains(why), outcome.log);
  }

  @Test
  void withoutTheModuleItComputesInScalarAndSaysOnceWhyAndWhatToDo() throws Exception {
    Outcome outcome = run();
    assertScalarBecause("the module jdk.incubator.vector is not there", outcome);
    assertTrue(
        outcome.log.contains("Add --add-modules jdk.incubator.vector to the java command"),
        outcome.log);
  }

  @Test
  void withTheModuleItTakesTheVectorKernelsAndSaysNothing() throws Exception {
    Outcome outcome = run(VECTOR);
    assertTrue(outcome.out.matches("vector-\\d+ 6.0 of 2 on \\d+"), outcome.toString());
    assertEquals("", outcome.log);
  }

  @Test
  void withoutTheCompilerC2ItComputesInScalar() throws Exception {
    assertScalarBecause("only interprets", run(VECTOR, "-Xint"));
    assertScalarBecause("C2", run(VECTOR, "-XX:TieredStopAtLevel=1"));
    assertScalarBecause("C2", run(VECTOR, "-XX:TieredStopAtLevel=3"));
  }

  @Test
  void aShortProcessComputesInScalarUntilItTurnsOutToBeLong() throws Exception {
    assertTrue(run(ShortProbe.class, VECTOR).out.matches("scalar, then vector-\\d+"));
    assertEquals(
        "scalar, then scalar", run(ShortProbe.class, VECTOR, "-Dnn.kernels=scalar").out);
    assertTrue(
        run(ShortProbe.class, VECTOR, "-Dnn.kernels=vector").out
            .matches("vector-(\\d+), then vector-\\1"));
  }

  @Test
  void kernelsThatWereAskedForStayWhenAProcessTurnsOutToBeLong() throws Exception {
    assertEquals("chosen, then scalar", run(ChosenProbe.class, VECTOR).out);
  }

  @Test
  void withoutFusedMultiplyAddItComputesInScalar() throws Exception {
    assertScalarBecause("fused multiply-add", run(VECTOR, "-XX:-UseFMA"));
  }

  @Test
  void vectorsThatThereAreNoKernelsForAreAnObstacle() {
    for (int bits : new int[] {128, 256, 512}) {
      assertNull(KernelChoice.obstacle(bits));
    }
    assertEquals(
        new KernelChoice.Obstacle(
            "vectors of 1024 bits are more than the 512 that there are kernels for",
            "Add -XX:MaxVectorSize=64 to the java command"),
        KernelChoice.obstacle(1024));
    assertNotNull(KernelChoice.obstacle(64));
  }

  @Test
  void askingForScalarIsSilent() throws Exception {
    Outcome outcome = run("-Dnn.kernels=scalar", "-Dnn.threads=3");
    assertEquals("scalar 6.0 of 1 on 3", outcome.out);
    assertEquals("", outcome.log);
  }

  @Test
  void askingForVectorWhereItCannotBeIsAnErrorThatSaysWhyAndWhatToDo() throws Exception {
    assertEquals(
        "java.lang.IllegalStateException: -Dnn.kernels=vector: the module jdk.incubator.vector is not there."
            + " Add --add-modules jdk.incubator.vector to the java command, or take -Dnn.kernels=auto",
        run("-Dnn.kernels=vector").out);
    Outcome interpreted = run(VECTOR, "-Xint", "-Dnn.kernels=vector");
    assertTrue(interpreted.out.contains("Remove -Xint"), interpreted.out);
    assertFalse(interpreted.log.contains("scalar kernels"), interpreted.log);
  }

  @Test
  void valuesThatMeanNothingAreErrorsThatSayWhatIsAllowed() throws Exception {
    assertEquals(
        "java.lang.IllegalArgumentException: -Dnn.kernels must be auto, vector or scalar, got \"fast\"",
        run("-Dnn.kernels=fast").out);
    for (String threads : List.of("0", "two", "-1", "1025", "")) {
      assertEquals(
          "java.lang.IllegalArgumentException: -Dnn.threads must be a whole number from 1 to 1024"
              + " (without it: as many as processors), got \"" + threads + "\"",
          run("-Dnn.kernels=scalar", "-Dnn.threads=" + threads).out);
    }
  }
}
