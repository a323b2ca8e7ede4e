package nn.layers.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import nn.core.NdArray;
import nn.core.Shape;
import nn.layers.Buffer;
import nn.layers.GoldenFile;
import nn.layers.Layer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Networks compute what torchvision's compute with the same weights. The weights come from a
/// formula.
class ZooGoldenTest {
  @TestFactory
  Stream<DynamicTest> networksGiveTheReferenceAnswers() throws IOException {
    List<GoldenFile> files = GoldenFile.all("zoo");
    if (files.isEmpty()) {
      return Stream.of(
          DynamicTest.dynamicTest("reference answers", () -> abort("no folder nn.goldens/zoo")));
    }
    return files.stream().map(file -> DynamicTest.dynamicTest(file.name(), () -> check(file)));
  }

  private static void check(GoldenFile file) {
    assumeTrue(
        ModelZoo.names().contains(file.name()), "the zoo has no network '" + file.name() + "'");
    NdArray want = file.array("logits");
    Layer network = ModelZoo.create(file.name(), want.shape().dim(1));
    assertEquals(Long.parseLong(file.metadata("parameters")), network.parameters().elements());
    network.parameters().forEach(e -> fill(e.path(), e.parameter().value()));
    network
        .buffers()
        .forEach((path, buffer) -> {
          if (buffer.kind() == Buffer.Kind.NUMBERS) {
            fill(path, buffer.value());
          }
        });
    int[] extents =
        Arrays.stream(file.metadata("input_shape").replaceAll("[\\[\\] ]", "").split(","))
            .mapToInt(Integer::parseInt)
            .toArray();
    NdArray x = NdArray.zeros(Shape.of(extents));
    float[] pixels = x.writable();
    long seed = crc32("input");
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) noise(seed, i);
    }
    NdArray got = network.forward(x);
    assertEquals(want.shape(), got.shape());
    float largest = 0;
    float furthest = 0;
    for (int i = 0; i < want.size(); i++) {
      largest = Math.max(largest, Math.abs(want.array()[i]));
      furthest = Math.max(furthest, Math.abs(want.array()[i] - got.array()[i]));
    }
    assertTrue(furthest <= 1e-4f * largest, "off by " + furthest + " of " + largest);
  }

  private static void fill(String name, NdArray array) {
    Shape shape = array.shape();
    double bound = Math.sqrt(6.0 * shape.dim(0) / shape.size());
    float[] values = array.writable();
    long seed = crc32(name);
    for (int i = 0; i < values.length; i++) {
      double noise = noise(seed, i);
      double value = 0.1 * noise;
      if (shape.rank() >= 2) {
        value = noise * bound;
      } else if (name.endsWith("running_var") || name.endsWith("weight")) {
        value = 1 + 0.1 * noise;
      }
      values[i] = (float) value;
    }
  }

  private static long crc32(String name) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }

  private static double noise(long seed, int i) {
    long z = seed + i * 0x9E3779B97F4A7C15L;
    z ^= z >>> 30;
    z *= 0xBF58476D1CE4E5B9L;
    z ^= z >>> 27;
    z *= 0x94D049BB133111EBL;
    z ^= z >>> 31;
    return 2.0 * (z >>> 40) / (1 << 24) - 1;
  }
}
