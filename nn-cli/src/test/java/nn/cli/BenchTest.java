package nn.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import nn.core.kernel.CountingKernels;
import nn.core.kernel.Kernels;
import org.junit.jupiter.api.Test;

class BenchTest {
  @Test
  void benchAnswersWithTimesSpeedAndMemory() {
    Run run = Run.graft(
        "bench", "--model", "lenet", "--batch", 2, "--seconds", 0.05, "--json");
    assertEquals(0, run.exit(), run.err());
    Map<String, Object> json = run.json();
    for (String key : new String[] {
        "inferenceMillis", "trainMillis", "lastStageMillis", "headMillis", "peakBytes", "gflops",
        "peakShare"}) {
      assertTrue((double) json.get(key) > 0, key + ": " + json.get(key));
    }
    assertAll(
        () -> assertEquals(28.0, json.get("size")),
        () -> assertEquals(2.0, json.get("batch")),
        () -> assertTrue((double) json.get("peakBytes") > 10e6, run.out()),
        () -> assertEquals(
            (double) json.get("peakShare"),
            (double) json.get("gflops") / (double) json.get("peakGflops"), 1e-9));
  }

  @Test
  void theKernelsAreNotCountedAnyMoreAfterwards() {
    Run.graft("bench", "--model", "lenet", "--batch", 1, "--seconds", 0.01);
    assertTrue(!(Kernels.active() instanceof CountingKernels));
  }

  @Test
  void benchSaysItInATable() {
    Run run = Run.graft("bench", "--model", "lenet", "--size", 28, "--batch", 1, "--seconds", 0.01);
    assertEquals(0, run.exit(), run.err());
    assertTrue(run.out().contains("inference"), run.out());
    assertTrue(run.out().contains("of the last stage"), run.out());
    assertTrue(run.out().contains("peak memory"), run.out());
  }

  @Test
  void sizesThatCannotBeAreWrongUsage() {
    assertAll(
        () -> assertEquals(2, Run.graft("bench", "--batch", 0).exit()),
        () -> assertEquals(2, Run.graft("bench", "--size", 0).exit()),
        () -> assertEquals(2, Run.graft("bench", "--seconds", 0).exit()));
  }

  @Test
  void anUnknownNetworkIsNamed() {
    Run run = Run.graft("bench", "--model", "resnet19");
    assertEquals(1, run.exit());
    assertTrue(run.err().contains("there is no network 'resnet19'"), run.err());
  }

  @Test
  void workThatNeverStopsGettingFasterIsRefused() {
    double[] nanos = {2e9};
    IllegalStateException e = assertThrows(
        IllegalStateException.class,
        () -> SteadyTime.warmUp(
            "work", () -> nanos[0] *= 0.985, 0.01, () -> (long) (clock += nanos[0])));
    assertTrue(e.getMessage().startsWith("work is still getting faster after 60 seconds"));
  }

  private double clock;
}
