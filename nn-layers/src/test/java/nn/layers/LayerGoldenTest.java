package nn.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import nn.core.ConvSettings;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.PoolSettings;
import nn.core.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Layers give PyTorch's outputs, and their parameters its gradients.
class LayerGoldenTest {
  private static final RandomGenerator RANDOM = new SplittableRandom(1);

  /// Names of parameters here by their names in the reference files.
  private static final Map<String, String> NAMES =
      Map.of(
          "weight", "weight",
          "bias", "bias",
          "in_proj_weight", "in_w",
          "in_proj_bias", "in_b",
          "out_proj.weight", "out_w",
          "out_proj.bias", "out_b");

  @TestFactory
  Stream<DynamicTest> layersGiveTheReferenceAnswers() throws IOException {
    List<GoldenFile> files = GoldenFile.all("ops");
    if (files.isEmpty()) {
      return Stream.of(
          DynamicTest.dynamicTest("reference answers", () -> abort("no folder nn.goldens/ops")));
    }
    return files.stream()
        .filter(file -> !FUNCTIONS.contains(file.metadata("op")))
        .map(file -> DynamicTest.dynamicTest(file.name(), () -> check(file)));
  }

  /// Operations that no layer stands for: they are tested where they are written.
  private static final List<String> FUNCTIONS =
      List.of(
          "add",
          "add_row",
          "sub",
          "mul",
          "mul_channel",
          "div",
          "matmul",
          "batch_matmul",
          "concat",
          "permute",
          "transpose",
          "exp",
          "log",
          "log_softmax",
          "sum",
          "mean",
          "mse",
          "huber",
          "cross_entropy",
          "bce_with_logits");

  private static void check(GoldenFile file) throws IOException {
    Layer layer = layer(file);
    for (Parameters.Entry entry : layer.parameters()) {
      entry.parameter().value().set(file.array(name(file, entry.path())));
    }
    layer
        .buffers()
        .forEach((path, buffer) -> {
          if (file.has(path)) {
            buffer.value().set(file.array(path));
          }
        });
    Tensor x =
        file.has("x") ? Tensor.variable(file.array("x")) : Tensor.constant(file.array("ids"));
    Tensor y = layer.forward(x, Pass.training(1));
    assertNear(file, "y", y.value());
    Gradients gradients = y.backward(file.array("dy"));
    if (file.has("dx")) {
      assertNear(file, "dx", gradients.of(x).orElseThrow());
    }
    for (Parameters.Entry entry : layer.parameters()) {
      assertNear(
          file,
          "d" + name(file, entry.path()),
          entry.parameter().gradient(gradients).orElseThrow());
    }
    layer
        .buffers()
        .forEach((path, buffer) -> {
          if (file.has(path + "_after")) {
            assertNear(file, path + "_after", buffer.value());
          }
        });
  }

  private static String name(GoldenFile file, String path) {
    String name = NAMES.get(path);
    return file.has(name) ? name : name.substring(0, 1);
  }

  private static Layer layer(GoldenFile file) throws IOException {
    return switch (file.metadata("op")) {
      case "linear" -> {
        int out = file.array("w").shape().dim(0);
        int in = file.array("w").shape().dim(1);
        yield (boolean) file.attribute("bias")
            ? new Linear(in, out, RANDOM)
            : Linear.withoutBias(in, out, RANDOM);
      }
      case "conv2d" -> conv2d(file);
      case "batch_norm2d" -> {
        int channels = file.array("weight").size();
        BatchNorm2d norm = new BatchNorm2d(channels, file.real("eps"), file.real("momentum"));
        if (!(boolean) file.attribute("training")) {
          norm.freeze().parameters().trainable(true); // behaves as at inference, and is trained
        }
        yield norm;
      }
      case "layer_norm" -> new LayerNorm(file.array("weight").size(), file.real("eps"));
      case "group_norm" ->
          new GroupNorm(file.integer("groups"), file.array("weight").size(), file.real("eps"));
      case "embedding" ->
          new Embedding(file.array("w").shape().dim(0), file.array("w").shape().dim(1), RANDOM);
      case "multi_head_attention" ->
          new MultiHeadAttention(file.array("out_b").size(), file.integer("heads"), RANDOM);
      case "max_pool2d" -> new MaxPool2d(pool(file));
      case "avg_pool2d" -> new AvgPool2d(pool(file));
      case "adaptive_avg_pool2d" ->
          new AdaptiveAvgPool2d(file.pair("output")[0], file.pair("output")[1]);
      case "global_avg_pool2d" -> new GlobalAvgPool2d();
      case "relu" -> Activation.relu();
      case "relu6" -> Activation.relu6();
      case "leaky_relu" -> Activation.leakyRelu(0.01f);
      case "elu" -> Activation.elu(1);
      case "gelu" -> Activation.gelu();
      case "gelu_tanh" -> Activation.geluTanh();
      case "silu" -> Activation.silu();
      case "hardsigmoid" -> Activation.hardSigmoid();
      case "hardswish" -> Activation.hardSwish();
      case "sigmoid" -> Activation.sigmoid();
      case "tanh" -> Activation.tanh();
      case "softplus" -> Activation.softplus();
      case "softmax" -> Activation.softmax();
      default -> abort("no layer computes " + file.metadata("op"));
    };
  }

  private static Layer conv2d(GoldenFile file) throws IOException {
    int groups = file.integer("groups");
    int[] w = file.array("w").shape().toArray();
    int[] stride = file.pair("stride");
    int[] padding = file.pair("padding");
    int[] dilation = file.pair("dilation");
    Conv2d.Builder plan =
        Conv2d.of(w[1] * groups, w[0], w[2], w[3])
            .settings(
                ConvSettings.DEFAULT
                    .stride(stride[0], stride[1])
                    .padding(padding[0], padding[1])
                    .dilation(dilation[0], dilation[1])
                    .groups(groups));
    return (file.has("b") ? plan : plan.withoutBias()).build(RANDOM);
  }

  private static PoolSettings pool(GoldenFile file) throws IOException {
    PoolSettings settings =
        PoolSettings.of(file.integer("kernel"))
            .stride(file.integer("stride"))
            .padding(file.integer("padding"));
    if (file.attribute("ceil") instanceof Boolean ceil && ceil) {
      settings = settings.roundingUp();
    }
    return file.attribute("count_include_pad") instanceof Boolean counts && !counts
        ? settings.ignoringPadding()
        : settings;
  }

  private static void assertNear(GoldenFile file, String name, NdArray got) {
    NdArray want = file.array(name);
    assertEquals(want.shape(), got.shape(), name);
    float largest = 0;
    float furthest = 0;
    for (int i = 0; i < want.size(); i++) {
      largest = Math.max(largest, Math.abs(want.array()[i]));
      furthest = Math.max(furthest, Math.abs(want.array()[i] - got.array()[i]));
    }
    float allowed = 1e-6f + 2e-5f * largest;
    assertTrue(furthest <= allowed, name + " is off by " + furthest + ", allowed is " + allowed);
  }
}
