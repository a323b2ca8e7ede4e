package nn.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nn.core.kernel.Kernels;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every operation, forward and backward, against reference answers, on whichever kernels are active.
class OpGoldenTest {
  @TestFactory
  Stream<DynamicTest> everyOperationGivesTheReferenceAnswer() throws IOException {
    Path folder = Path.of(System.getProperty("nn.goldens", "../../shared/goldens"), "ops");
    assumeTrue(Files.isDirectory(folder), "no reference answers at " + folder);
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(f -> f.toString().endsWith(".safetensors")).sorted().toList();
    }
    return files.stream()
        .map(
            file -> dynamicTest(
                file.getFileName() + " on " + Kernels.active().name(),
                () -> check(Golden.read(file))));
  }

  private static void check(Golden golden) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (String name : golden.tensors().keySet()) {
      if (golden.has("d" + name) && !name.equals("y")) {
        inputs.put(name, Tensor.variable(golden.array(name)));
      } else if (golden.tensors().get(name) instanceof NdArray array) {
        inputs.put(name, Tensor.constant(array));
      }
    }
    Tensor y = apply(golden, inputs);
    assertClose("y", golden.array("y"), y.value());
    Gradients gradients = y.backward(golden.array("dy"));
    inputs.forEach(
        (name, input) -> {
          if (input.needsGradient()) {
            assertClose("d" + name, golden.array("d" + name), gradients.of(input).orElseThrow());
          }
        });
    for (String name : List.of("running_mean", "running_var")) {
      if (golden.has(name + "_after")) {
        assertClose(name + "_after", golden.array(name + "_after"), inputs.get(name).value());
      }
    }
  }

  private static Tensor apply(Golden g, Map<String, Tensor> in) {
    Tensor x = in.get("x");
    Tensor a = in.get("a");
    Tensor b = in.get("b");
    Tensor w = in.get("w");
    Tensor weight = in.get("weight");
    Tensor bias = in.get("bias");
    Tensor target = in.get("target");
    return switch (g.op()) {
      case "add" -> a.plus(b);
      case "sub" -> a.minus(b);
      case "mul" -> a.times(b);
      case "div" -> a.dividedBy(b);
      case "matmul" -> a.matmul(b);
      case "linear" -> b == null ? x.affine(w) : x.affine(w, b);
      case "exp" -> x.exp();
      case "log" -> x.log();
      case "tanh" -> x.tanh();
      case "sigmoid" -> x.sigmoid();
      case "relu" -> x.relu();
      case "relu6" -> x.relu6();
      case "leaky_relu" -> x.leakyRelu((float) g.number("negative_slope", g.number("slope", 0.01)));
      case "elu" -> x.elu((float) g.number("alpha", 1));
      case "gelu" -> x.gelu();
      case "gelu_tanh" -> x.geluTanh();
      case "silu" -> x.silu();
      case "hardsigmoid" -> x.hardSigmoid();
      case "hardswish" -> x.hardSwish();
      case "softplus" -> x.softplus();
      case "softmax" -> x.softmax();
      case "log_softmax" -> x.logSoftmax();
      case "sum" -> g.attributes().containsKey("axis") ? x.sum(g.integer("axis")) : x.sum();
      case "mean" -> x.mean();
      case "permute" -> x.permute(g.pair("axes"));
      case "concat" -> a.concat(g.integer("axis"), b);
      case "conv2d" -> x.conv2d(w, b, convSettings(g));
      case "max_pool2d" -> x.maxPool2d(g.flag("ceil") ? pool(g).roundingUp() : pool(g));
      case "avg_pool2d" ->
          x.avgPool2d(g.flag("count_include_pad") ? pool(g) : pool(g).ignoringPadding());
      case "adaptive_avg_pool2d" -> x.adaptiveAvgPool2d(g.pair("output")[0], g.pair("output")[1]);
      case "global_avg_pool2d" -> x.globalAvgPool2d();
      case "batch_norm2d" -> {
        NdArray mean = in.get("running_mean").value();
        NdArray variance = in.get("running_var").value();
        float epsilon = (float) g.number("eps", 1e-5);
        yield g.flag("training")
            ? x.batchNorm(
                weight, bias, mean, variance, (float) g.number("momentum", 0.1), epsilon)
            : x.batchNormInference(weight, bias, mean, variance, epsilon);
      }
      case "layer_norm" -> x.layerNorm(weight, bias, (float) g.number("eps", 1e-5));
      case "group_norm" ->
          x.groupNorm(g.integer("groups"), weight, bias, (float) g.number("eps", 1e-5));
      case "embedding" -> w.rows(g.integers("ids").values(), g.integers("ids").shape());
      case "multi_head_attention" -> attention(g, in);
      case "cross_entropy" ->
          x.crossEntropy(
              g.integers("labels").values(),
              (float) g.number("label_smoothing", 0),
              g.flag("class_weights") ? g.array("class_weights") : null);
      case "mse" -> x.meanSquaredError(target);
      case "bce_with_logits" -> x.binaryCrossEntropyWithLogits(target);
      case "huber" -> x.huber(target, (float) g.number("delta", 1));
      default -> abort("the engine does not offer the operation '" + g.op() + "'");
    };
  }

  private static ConvSettings convSettings(Golden g) {
    int[] stride = g.pair("stride");
    int[] padding = g.pair("padding");
    int[] dilation = g.pair("dilation");
    return ConvSettings.DEFAULT
        .stride(stride[0], stride[1])
        .padding(padding[0], padding[1])
        .dilation(dilation[0], dilation[1])
        .groups(g.integer("groups"));
  }

  private static PoolSettings pool(Golden g) {
    return PoolSettings.of(g.integer("kernel"))
        .stride(g.integer("stride"))
        .padding(g.integer("padding"));
  }

  private static Tensor attention(Golden g, Map<String, Tensor> in) {
    Tensor x = in.get("x");
    int batch = x.shape().dim(0);
    int tokens = x.shape().dim(1);
    int width = x.shape().dim(2);
    int heads = g.integer("heads");
    Tensor all = x.affine(in.get("in_w"), in.get("in_b"));
    Tensor[] parts = new Tensor[3]; // queries, keys, values
    for (int i = 0; i < 3; i++) {
      parts[i] =
          all.narrow(2, i * width, width)
              .reshape(batch, tokens, heads, width / heads)
              .permute(0, 2, 1, 3);
    }
    return parts[0]
        .attention(parts[1], parts[2])
        .permute(0, 2, 1, 3)
        .reshape(batch, tokens, width)
        .affine(in.get("out_w"), in.get("out_b"));
  }

  private static void assertClose(String what, NdArray want, NdArray got) {
    assertEquals(want.shape(), got.shape(), what);
    float largest = 0f;
    for (float value : want.array()) {
      largest = Math.max(largest, Math.abs(value));
    }
    float[] expected = want.array();
    float[] actual = got.array();
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-6 + 2e-5 * largest, what + " at " + i);
    }
  }
}
