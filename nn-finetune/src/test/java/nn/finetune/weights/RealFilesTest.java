package nn.finetune.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import nn.layers.Layer;
import nn.layers.state.LoadingReport;
import nn.layers.state.LoadingReport.Outcome;
import nn.layers.state.StateDict;
import nn.layers.state.StoredTensor;
import nn.layers.state.WeightFileException;
import nn.layers.zoo.ModelZoo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files that PyTorch itself wrote.
@Timeout(30)
class RealFilesTest {
  @TempDir private Path folder;

  private static Path fixture(String name) {
    return SharedData.file("pytorch/fixtures/reader__test_data__" + name + ".pt");
  }

  private static float[] values(StateDict state, String name) throws IOException {
    return state.find(name).orElseThrow().toArray().array();
  }

  /// Names, kinds and shapes, in the order of the names.
  private static List<String> contents(StateDict state) {
    TreeMap<String, String> sorted = new TreeMap<>();
    state.tensors().forEach(tensor -> sorted.put(tensor.name(), tensor.toString()));
    return List.copyOf(sorted.values());
  }

  @ParameterizedTest
  @CsvSource({
      "float16, F16[3], 1.5 -2.25 3.125",
      "bfloat16, BF16[3], 1.5 -2.5 3.5",
      "bool, BOOL[5], 1 0 1 1 0",
      "scalar, F32[], 42",
      "tensor_2d, F32[3×2], 1 2 3 4 5 6",
      "empty, F32[0], ",
  })
  void oneTensorOfEachKindHasItsNumbers(String name, String kind, String numbers)
      throws IOException {
    StateDict state = Weights.read(fixture(name));
    assertEquals(List.of("tensor " + kind), contents(state));
    String[] words = numbers == null ? new String[0] : numbers.split(" ");
    float[] want = new float[words.length];
    for (int i = 0; i < want.length; i++) {
      want[i] = Float.parseFloat(words[i]);
    }
    assertArrayEquals(want, values(state, "tensor"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"float32", "float64", "int8", "int16", "int32", "int64", "uint8",
          "tensor_3d", "tensor_4d", "large_shape", "special_values", "extreme_values"})
  void theOtherFilesOfOneTensorAreRead(String name) throws IOException {
    StateDict state = Weights.read(fixture(name));
    assertEquals(List.of("tensor"), state.names());
    assertEquals(
        state.find("tensor").orElseThrow().elements(), values(state, "tensor").length);
  }

  @Test
  void aStateDictHasItsNamesShapesAndNumbers() throws IOException {
    StateDict state = Weights.read(fixture("state_dict"));
    assertEquals(
        List.of("weight F32[3×4]", "bias F32[3]", "running_mean F32[3]", "running_var F32[3]"),
        state.tensors().stream().map(StoredTensor::toString).toList());
    assertArrayEquals(new float[] {1, 1, 1}, values(state, "running_var"));
    assertArrayEquals(new float[] {0, 0, 0}, values(state, "running_mean"));
    assertEquals(Float.intBitsToFloat(0x3eef90fd), values(state, "weight")[0]);
    assertEquals(Float.intBitsToFloat(0xc0660bc7), values(state, "bias")[2]);
  }

  @Test
  void aNestedDictHasPathsAsNames() throws IOException {
    StateDict state = Weights.read(fixture("nested_dict"));
    assertEquals(
        List.of(
            "layer1.bias F32[2]", "layer1.weight F32[2×3]", "layer2.bias F32[4]",
            "layer2.weight F32[4×2]"),
        contents(state));
    assertEquals(Float.intBitsToFloat(0x3de452e2), values(state, "layer1.bias")[0]);
  }

  @Test
  void aCheckpointGivesItsWeightsAlone() throws IOException {
    StateDict state = Weights.read(fixture("checkpoint"));
    assertEquals(
        List.of(
            "fc1.bias F32[10]", "fc1.weight F32[10×5]", "fc2.bias F32[3]",
            "fc2.weight F32[3×10]"),
        contents(state));
    assertEquals(Float.intBitsToFloat(0x3effcae3), values(state, "fc2.bias")[2]);
  }

  @Test
  void anOldFileWithOffsetsHasItsNumbers() throws IOException {
    StateDict state = Weights.read(fixture("legacy_with_offsets"));
    assertEquals(
        List.of("tensor1 F32[10]", "tensor2 F32[5]", "tensor3 F32[5]"), contents(state));
    assertArrayEquals(
        new float[] {1, 1.01f, 1.02f, 1.03f, 1.04f, 1.05f, 1.06f, 1.07f, 1.08f, 1.09f},
        values(state, "tensor1"), 1e-6f);
    assertArrayEquals(
        new float[] {3, 3.1f, 3.2f, 3.3f, 3.4f}, values(state, "tensor3"), 1e-6f);
  }

  @Test
  void oldViewsOfOneStorageBeginWhereTheyShould() throws IOException {
    StateDict state = Weights.read(fixture("legacy_uncloned_views"));
    for (int i = 0; i < 10; i++) {
      assertEquals(10 + i, values(state, "tensor1")[i]);
      assertEquals(50 + i, values(state, "tensor2")[i]);
    }
  }

  @Test
  void theSmallestOldFileHasItsNumbers() throws IOException {
    StateDict state = Weights.read(fixture("simple_legacy"));
    assertEquals(
        List.of("bias F32[2]", "running_mean F32[2]", "weight F32[2×3]"), contents(state));
    assertArrayEquals(new float[] {1, 1}, values(state, "bias"));
    assertEquals(Float.intBitsToFloat(0xbfe80ee9), values(state, "weight")[0]);
  }

  @Test
  void aFileThatIsNoneIsTheTypedError() {
    Path broken = fixture("broken");
    assertEquals(
        broken + ": is of a kind that is not known (it begins with 616263); read are safetensors"
            + " and PyTorch's .pt, .pth and .th. Convert it to safetensors where it comes from",
        assertThrows(WeightFileException.class, () -> Weights.read(broken)).getMessage());
  }

  @Test
  void everyOtherFixtureIsRead() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(SharedData.file("pytorch/fixtures"))) {
      files = all.filter(file -> !file.toString().endsWith("broken.pt")).sorted().toList();
    }
    List<String> refused = new ArrayList<>();
    for (Path file : files) {
      try {
        for (StoredTensor tensor : Weights.read(file).tensors()) {
          tensor.toArray();
        }
      } catch (WeightFileException e) {
        refused.add(e.getMessage());
      }
    }
    assertEquals(List.of(), refused);
  }

  private static final List<String> MNIST =
      List.of(
          "conv1.bias F32[8]", "conv1.weight F32[8×1×3×3]", "conv2.bias F32[16]",
          "conv2.weight F32[16×8×3×3]", "conv3.bias F32[24]", "conv3.weight F32[24×16×3×3]",
          "fc1.bias F32[32]", "fc1.weight F32[32×11616]", "fc2.bias F32[10]",
          "fc2.weight F32[10×32]", "norm1.bias F32[24]", "norm1.num_batches_tracked I64[]",
          "norm1.running_mean F32[24]", "norm1.running_var F32[24]", "norm1.weight F32[24]",
          "norm2.bias F32[10]", "norm2.num_batches_tracked I64[]", "norm2.running_mean F32[10]",
          "norm2.running_var F32[10]", "norm2.weight F32[10]");

  @ParameterizedTest
  @ValueSource(strings = {"mnist.pt", "mnist.safetensors"})
  void theSameNetworkInTwoFormatsHasTheSameNamesAndShapes(String name) throws IOException {
    assertEquals(MNIST, contents(Weights.read(SharedData.file("pytorch/" + name))));
  }

  @ParameterizedTest
  @CsvSource({"cifar-resnet20, resnet20-12fca82f.th", "cifar-resnet32, resnet32-d509ac18.th"})
  void publishedResNetsForCifarAreLoadedCompletely(String architecture, String name)
      throws IOException {
    Layer network = ModelZoo.create(architecture, 10);
    StateDict state = Weights.read(SharedData.file("cifar10-resnets/" + name));
    LoadingReport report = state.into(network);
    assertEquals(state.size(), report.count(Outcome.LOADED) + report.count(Outcome.CAST));
    assertEquals(0, report.count(Outcome.MISSING) + report.count(Outcome.UNEXPECTED));
    assertTrue(
        report.rows().stream()
            .filter(row -> row.outcome() == Outcome.KEPT)
            .allMatch(row -> row.name().endsWith("num_batches_tracked")),
        report.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"state_dict", "legacy_uncloned_views", "checkpoint"})
  void flippedBytesGiveTheTypedErrorOrAStateThatCanBeRead(String name) throws IOException {
    byte[] whole = Files.readAllBytes(fixture(name));
    Flips.of(whole, folder.resolve("flipped.pt"), 1000, new SplittableRandom(name.hashCode()));
  }
}
