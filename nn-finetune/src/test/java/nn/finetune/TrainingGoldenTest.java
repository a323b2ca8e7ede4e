package nn.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nn.core.NdArray;
import nn.core.Tensor;
import nn.core.Workspace;
import nn.core.kernel.Kernels;
import nn.layers.Layer;
import nn.layers.Pass;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Thirty steps of a small network, against PyTorch in double precision: every loss, every final
/// number, and what is frozen bit for bit.
class TrainingGoldenTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("nn.goldens", "../../shared/goldens")).resolve("training");

  @TestFactory
  Stream<DynamicTest> trainingGivesWhatTheReferenceGave() throws IOException {
    if (!Files.isDirectory(FOLDER)) {
      String why = "no reference answers in " + FOLDER.toAbsolutePath();
      return Stream.of(DynamicTest.dynamicTest(why, () -> Assumptions.abort(why)));
    }
    List<Path> cases;
    try (Stream<Path> files = Files.list(FOLDER)) {
      cases = files.filter(f -> f.toString().endsWith(".json")).sorted().toList();
    }
    assertTrue(!cases.isEmpty(), () -> "no case in " + FOLDER);
    return cases.stream()
        .map(
            file -> DynamicTest.dynamicTest(
                nameOf(file) + " on " + Kernels.active().name(), () -> check(file, nameOf(file))));
  }

  private static String nameOf(Path file) {
    return file.getFileName().toString().replace(".json", "");
  }

  private static void check(Path file, String name) throws IOException {
    GoldenCase golden = new GoldenCase((Map<?, ?>) GoldenFile.json(Files.readString(file)));
    GoldenFile tensors = GoldenFile.read(FOLDER.resolve(name + ".safetensors"));
    Layer model = golden.network(tensors);
    Optimizer optimizer = golden.optimizer(model);
    NdArray x = tensors.array("batch/x");
    NdArray labels = tensors.array("batch/labels");
    NdArray losses = tensors.array("loss");
    Workspace workspace = new Workspace();
    FrozenProof proof = FrozenProof.of(model);
    for (int step = 0; step < golden.steps(); step++) {
      golden.freeze(model, step);
      proof.follow();
      try (Pass pass = Pass.training(step, workspace)) {
        Tensor loss = model.forward(row(x, step), pass).crossEntropy(integers(row(labels, step)));
        double want = losses.at(step);
        assertEquals(
            want,
            loss.value().item(),
            2e-5 * Math.max(1, Math.abs(want)),
            "loss before step " + step);
        optimizer.step(loss.backward());
      }
    }
    proof.verify();
    values(model).forEach((path, got) -> compare(path, got, tensors));
  }

  private static void compare(String path, NdArray got, GoldenFile tensors) {
    if (!tensors.names().contains("final/" + path)) {
      assertTrue(path.endsWith("num_batches_tracked"), path + " is not in the reference");
      return;
    }
    float[] want = tensors.array("final/" + path).array();
    double largest = 0;
    for (float number : want) {
      largest = Math.max(largest, Math.abs(number));
    }
    assertEquals(want.length, got.size(), path);
    for (int i = 0; i < want.length; i++) {
      assertEquals(want[i], got.array()[i], 2e-5 + 2e-4 * largest, path + " at " + i);
    }
  }

  private static Map<String, NdArray> values(Layer model) {
    Map<String, NdArray> values = new LinkedHashMap<>();
    model.parameters().forEach(entry -> values.put(entry.path(), entry.parameter().value()));
    model.buffers().forEach((path, buffer) -> values.put(path, buffer.value()));
    return values;
  }

  /// The part of an array that belongs to this place of its first axis.
  private static NdArray row(NdArray array, int index) {
    var shape = array.shape().without(0);
    int size = shape.size();
    return NdArray.of(shape, Arrays.copyOfRange(array.array(), index * size, (index + 1) * size));
  }

  private static int[] integers(NdArray array) {
    int[] integers = new int[array.size()];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = (int) array.array()[i];
    }
    return integers;
  }
}
