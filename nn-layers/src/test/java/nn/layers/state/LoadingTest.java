package nn.layers.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import nn.layers.BatchNorm2d;
import nn.layers.Layer;
import nn.layers.Linear;
import nn.layers.Sequential;
import nn.layers.state.LoadingReport.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadingTest {
  /// norm (weight, bias, running_mean, running_var, num_batches_tracked), then fc (weight, bias).
  private static Layer network() {
    return new Sequential()
        .add("norm", new BatchNorm2d(2))
        .add("fc", new Linear(2, 3, new SplittableRandom(1)));
  }

  /// Everything of such a network, every number the same.
  private static List<StoredTensor> all(float value) {
    List<StoredTensor> tensors = new ArrayList<>();
    for (String name : List.of("weight", "bias", "running_mean", "running_var")) {
      tensors.add(HandMade.tensor("norm." + name, Shape.of(2), value));
    }
    tensors.add(HandMade.tensor("fc.weight", Shape.of(3, 2), value));
    tensors.add(HandMade.tensor("fc.bias", Shape.of(3), value));
    return tensors;
  }

  private static StateDict state(List<StoredTensor> tensors) {
    return new StateDict(tensors, Map.of());
  }

  /// The bits of a whole network.
  private static List<String> bits(Layer network) throws IOException {
    List<String> hashes = new ArrayList<>();
    for (StoredTensor tensor : StateDict.of(network).tensors()) {
      hashes.add(tensor + " " + tensor.sha256());
    }
    return hashes;
  }

  private static float first(Layer network, String name) throws IOException {
    return StateDict.of(network).find(name).orElseThrow().toArray().array()[0];
  }

  @Test
  void everythingIsLoadedByNameWhateverTheOrder() throws IOException {
    Layer network = network();
    List<StoredTensor> tensors = all(7);
    LoadingReport report = state(tensors.reversed()).into(network);
    for (StoredTensor tensor : tensors) {
      assertEquals(7, first(network, tensor.name()));
    }
    assertEquals("6 loaded, 1 kept\n  kept norm.num_batches_tracked", report.toString());
  }

  @Test
  void aPlanTouchesNothing() throws IOException {
    Layer network = network();
    List<String> before = bits(network);
    LoadingReport plan = new Loading(state(all(7)), network).plan();
    assertEquals(6, plan.count(Outcome.LOADED));
    assertEquals(List.of(), plan.problems());
    assertEquals(before, bits(network));
  }

  @Test
  void allProblemsAreReportedAtOnceAndNothingIsTouched() throws IOException {
    Layer network = network();
    List<String> before = bits(network);
    List<StoredTensor> tensors = all(7);
    tensors.removeIf(tensor -> tensor.name().startsWith("fc."));
    tensors.add(HandMade.tensor("fc.weight", Shape.of(10, 2), 7));
    tensors.add(HandMade.tensor("fc.bia", Shape.of(3), 7));
    tensors.add(HandMade.tensor("something.else.entirely", Shape.of(3), 7));
    LoadingException e =
        assertThrows(LoadingException.class, () -> state(tensors).into(network));
    assertEquals(
        """
            the weights do not fit the network (nothing was loaded):
              mismatched fc.weight: the file has [10×2], the network [3×2]
              missing fc.bias: similar is fc.bia
              unexpected fc.bia: similar is fc.bias
              unexpected something.else.entirely
            A head for another number of classes is put on after loading: replaceHead(classes, random).
            What is to stay as it is in the network is allowed by name: allowMismatched(…).""",
        e.getMessage());
    assertEquals(1, e.report().count(Outcome.MISMATCHED));
    assertEquals(4, e.report().problems().size());
    assertEquals(before, bits(network));
  }

  @Test
  void theMessageShowsTheFirstTwelveProblemsAndCountsTheRest() {
    List<StoredTensor> tensors = all(7);
    for (int i = 0; i < 15; i++) {
      tensors.add(HandMade.vector("q" + i + "q", 1));
    }
    String message =
        assertThrows(LoadingException.class, () -> state(tensors).into(network())).getMessage();
    assertEquals(1 + 12 + 1 + 1, message.lines().count());
    assertEquals(
        List.of(
            "  and 3 more",
            "If that is meant, allow it by name: allowMissing(…), allowUnexpected(…)."),
        message.lines().skip(13).toList());
  }

  @Test
  void whatMayBeMissingIsNamed() throws IOException {
    List<StoredTensor> tensors = all(7);
    tensors.removeIf(tensor -> tensor.name().startsWith("fc."));
    Layer network = network();
    float before = first(network, "fc.weight");
    LoadingReport report = new Loading(state(tensors), network).allowMissing("fc.*").apply();
    assertEquals(3, report.count(Outcome.KEPT));
    assertEquals(before, first(network, "fc.weight"));
    assertEquals(7, first(network, "norm.weight"));
    assertThrows(
        LoadingException.class,
        () -> new Loading(state(tensors), network()).allowMissing("fc.weight").apply());
  }

  @Test
  void whatMayBeTooMuchIsNamed() throws IOException {
    List<StoredTensor> tensors = all(7);
    tensors.add(HandMade.vector("aux.weight", 1));
    LoadingReport report =
        new Loading(state(tensors), network()).allowUnexpected("aux.?eight").apply();
    assertEquals(
        "6 loaded, 1 kept, 1 ignored\n  kept norm.num_batches_tracked\n  ignored aux.weight",
        report.toString());
  }

  @Test
  void anExemptionDoesNotExcuseAnotherShape() {
    List<StoredTensor> tensors = all(7);
    tensors.removeIf(tensor -> tensor.name().equals("fc.bias"));
    tensors.add(HandMade.tensor("fc.bias", Shape.of(4), 7));
    assertThrows(
        LoadingException.class,
        () -> new Loading(state(tensors), network())
            .allowMissing("*")
            .allowUnexpected("*")
            .apply());
  }

  @Test
  void whatMayHaveAnotherShapeIsNamedAndStaysAsItIs() throws IOException {
    List<StoredTensor> tensors = all(7);
    tensors.removeIf(tensor -> tensor.name().startsWith("fc."));
    tensors.add(HandMade.tensor("fc.weight", Shape.of(10, 2), 7));
    tensors.add(HandMade.tensor("fc.bias", Shape.of(10), 7));
    Layer network = network();
    float before = first(network, "fc.weight");
    LoadingReport report = new Loading(state(tensors), network).allowMismatched("fc.*").apply();
    assertEquals(
        """
            4 loaded, 3 kept
              kept norm.num_batches_tracked
              kept fc.weight: the file has [10×2], the network [3×2]
              kept fc.bias: the file has [10], the network [3]""",
        report.toString());
    assertEquals(before, first(network, "fc.weight"));
    assertEquals(7, first(network, "norm.weight"));
    assertThrows(
        LoadingException.class,
        () -> new Loading(state(tensors), network()).allowMismatched("fc.weight").apply());
  }

  @Test
  void aPartThatMayHaveAnotherShapeIsLoadedWhereItHasTheSame() throws IOException {
    Layer network = network();
    new Loading(state(all(7)), network).allowMismatched("fc.*").apply();
    assertEquals(7, first(network, "fc.weight"));
  }

  @Test
  void aWrappersPrefixIsTakenOff() throws IOException {
    for (String prefix : List.of(
        "module.", "_orig_mod.", "module._orig_mod.",
        "_orig_mod.module.")) {
      Layer network = network();
      LoadingReport report =
          state(all(7)).renamed(name -> prefix + name).into(network);
      assertEquals(7, first(network, "fc.weight"));
      assertEquals(
          "loaded fc.bias (in the file: " + prefix + "fc.bias)",
          report.rows().getLast().toString());
      assertEquals(prefix, report.prefix());
      assertEquals(
          "6 loaded, 1 kept\n  the file's names without '" + prefix + "'\n"
              + "  kept norm.num_batches_tracked",
          report.toString());
    }
  }

  @Test
  void aPrefixThatNotEveryNameHasStays() {
    List<StoredTensor> tensors =
        new ArrayList<>(state(all(7)).renamed(n -> "module." + n).tensors());
    tensors.add(HandMade.vector("other", 1));
    LoadingReport plan = new Loading(state(tensors), network()).plan();
    assertEquals(7, plan.count(Outcome.UNEXPECTED));
  }

  @Test
  void aNetworkThatHasAPartNamedModuleLoadsWhatItWrote() throws IOException {
    Layer network = new Sequential().add("module", new Linear(2, 3, new SplittableRandom(1)));
    Layer other = new Sequential().add("module", new Linear(2, 3, new SplittableRandom(2)));
    StateDict.of(network).into(other);
    assertEquals(bits(network), bits(other));
  }

  @Test
  void aRuleGivesOtherNames() throws IOException {
    StateDict foreign =
        state(all(7)).renamed(name -> name.replace("fc.", "classifier.").replace("norm", "bn"));
    Layer network = network();
    LoadingReport report =
        new Loading(foreign, network)
            .rename(name -> name.replace("classifier.", "fc.").replace("bn", "norm"))
            .apply();
    assertEquals("", report.prefix());
    assertEquals(
        """
            6 loaded, 1 kept
              loaded norm.weight (in the file: bn.weight)
              loaded norm.bias (in the file: bn.bias)
              loaded norm.running_mean (in the file: bn.running_mean)
              loaded norm.running_var (in the file: bn.running_var)
              kept norm.num_batches_tracked
              loaded fc.weight (in the file: classifier.weight)
              loaded fc.bias (in the file: classifier.bias)""",
        report.toString());
    assertEquals(7, first(network, "fc.weight"));
    assertEquals(7, first(network, "norm.running_var"));
  }

  @Test
  void aRuleThatMakesTwoNamesOneIsAnError() {
    assertEquals(
        "the rule gives 'norm.weight' and 'norm.bias' the same name 'x'",
        assertThrows(
            IllegalArgumentException.class,
            () -> new Loading(state(all(7)), network()).rename(_ -> "x").plan()).getMessage());
  }

  @Test
  void aCountIsLoadedWhereThereIsOne() throws IOException {
    List<StoredTensor> tensors = all(7);
    tensors.add(
        StoredTensor.of("norm.num_batches_tracked", DType.I64, NdArray.full(Shape.SCALAR, 42)));
    Layer network = network();
    LoadingReport report = state(tensors).into(network);
    assertEquals(42, first(network, "norm.num_batches_tracked"));
    assertEquals(
        "6 loaded, 1 cast\n  cast norm.num_batches_tracked: from I64", report.toString());
  }

  @Test
  void numbersOfAnotherKindAreCastAndReported() throws IOException {
    List<StoredTensor> tensors = all(7);
    tensors.removeIf(tensor -> tensor.name().equals("fc.bias"));
    tensors.add(StoredTensor.of("fc.bias", DType.F16, NdArray.vector(0.1f, 2, 3)));
    Layer network = network();
    LoadingReport report = state(tensors).into(network);
    assertEquals("cast fc.bias: from F16", report.rows().getLast().toString());
    assertArrayEquals(
        new float[] {0.099975586f, 2, 3},
        StateDict.of(network).find("fc.bias").orElseThrow().toArray().array());
  }

  @Test
  void aFileThatBecomesUnreadableInBetweenLeavesTheNetworkUntouched(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("x.safetensors");
    SafeTensors.write(file, state(all(7)));
    StateDict state = SafeTensors.read(file);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 4));
    Layer network = network();
    List<String> before = bits(network);
    assertEquals(
        file + ": became shorter while it was read",
        assertThrows(WeightFileException.class, () -> state.into(network)).getMessage());
    assertEquals(before, bits(network));
  }

  @Test
  void aFileWithAnyNumberOfNamesIsRefusedInReasonableTime() {
    List<StoredTensor> tensors = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      tensors.add(HandMade.vector("fc.weigh" + i, 1));
    }
    tensors.add(HandMade.vector("x".repeat(10_000), 1));
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> assertThrows(LoadingException.class, () -> state(tensors).into(network())));
  }

  @Test
  void aStateWithoutTensorsIsNoWrapper() {
    LoadingReport plan = new Loading(state(List.of()), network()).plan();
    assertEquals(6, plan.count(Outcome.MISSING));
    assertFalse(plan.problems().isEmpty());
  }
}
