package nn.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every backward pass against differences of its forward pass.
class DerivativeTest {
  static Stream<EveryOp.Case> operations() {
    return Stream.of(1, 2, 3).flatMap(seed -> EveryOp.cases(seed).stream());
  }

  /// Along random directions: (f(x + h·v) − f(x − h·v)) / 2h = ⟨dL/dx, v⟩, for L = Σ y · dy with random dy.
  @ParameterizedTest
  @MethodSource("operations")
  void theGradientPredictsWhatASmallStepDoes(EveryOp.Case c) {
    SplittableRandom random = new SplittableRandom(5);
    Tensor[] variables = c.variables();
    Tensor y = c.apply(variables);
    NdArray dy = NdArray.normal(y.shape(), 1, random);
    Gradients gradients = y.backward(dy);
    for (int i = 0; i < variables.length; i++) {
      NdArray gradient = gradients.of(variables[i]).orElseThrow();
      assertEquals(variables[i].shape(), gradient.shape());
      for (int direction = 0; direction < 3; direction++) {
        NdArray v = NdArray.uniform(gradient.shape(), -1, 1, random);
        float h = 1e-2f;
        double difference = (loss(c, i, v, h, dy) - loss(c, i, v, -h, dy)) / (2 * h);
        double predicted = dot(gradient, v);
        double scale = Math.sqrt(dot(gradient, gradient) * dot(v, v)) + Math.sqrt(dot(dy, dy));
        assertEquals(
            predicted, difference, 2e-3 * scale, c + ", input " + i + ", direction " + direction);
      }
    }
  }

  private static double loss(EveryOp.Case c, int input, NdArray v, float h, NdArray dy) {
    Tensor[] inputs = c.constants();
    inputs[input] = Tensor.constant(c.inputs()[input].plus(v.times(h)));
    return dot(c.apply(inputs).value(), dy);
  }

  private static double dot(NdArray a, NdArray b) {
    double sum = 0;
    for (int i = 0; i < a.size(); i++) {
      sum += (double) a.array()[i] * b.array()[i];
    }
    return sum;
  }

  @Test
  void noOperationIsLeftOut() throws IOException, URISyntaxException {
    Path classes = Path.of(Op.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Set<String> operations = new TreeSet<>();
    try (Stream<Path> files = Files.list(classes.resolve("nn/core/op"))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString().replace(".class", "");
        if (isOperation(name)) {
          operations.add(name);
        }
      }
    }
    List<EveryOp.Case> cases = EveryOp.cases(1);
    assertEquals(
        operations,
        cases.stream().map(EveryOp.Case::op).collect(Collectors.toCollection(TreeSet::new)));
  }

  private static boolean isOperation(String name) {
    try {
      return Op.class.isAssignableFrom(Class.forName("nn.core.op." + name));
    } catch (ClassNotFoundException e) {
      return false; // package-info
    }
  }
}
