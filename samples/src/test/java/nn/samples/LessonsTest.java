package nn.samples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Every lesson runs, and shows what it says it shows.
class LessonsTest {
  /// A program that prints.
  private interface Program {
    void main(String[] args) throws IOException;
  }

  private static String output(Program program) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      program.main(new String[0]);
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static double number(String output, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(output);
    assertTrue(matcher.find(), "no '" + pattern + "' in: " + output);
    return Double.parseDouble(matcher.group(1));
  }

  private static void assertContains(String output, String part) {
    assertTrue(output.contains(part), "no '" + part + "' in: " + output);
  }

  @Test
  void lesson1ShowsGradientsOfVariablesAlone() throws IOException {
    String output = output(Lesson1TensorAndGradient::main);
    assertContains(output, "d(Σ x²)/dx = 2x    NdArray[3][2.0, 4.0, 6.0]");
    assertContains(output, "2x + 3             NdArray[3][5.0, 7.0, 9.0]");
    assertContains(output, "for a constant     Optional.empty");
  }

  @Test
  void lesson2LearnsTheSpirals() throws IOException {
    assertTrue(number(output(Lesson2ANetwork::main), "after: ([0-9.]+) %") > 95);
  }

  @Test
  void lesson3ReadsBackWhatItWroteAndRefusesWhatDoesNotFit() throws IOException {
    String output = output(Lesson3SaveAndReload::main);
    assertContains(output, "same answers to the last bit: true");
    assertContains(output, "mismatched fc3.weight: the file has [10×84], the network [3×84]");
    assertContains(output, "and then three classes: [1×3]");
  }

  @Test
  void lesson4GainsByTransfer() throws IOException {
    String output = output(Lesson4ReplaceTheHead::main);
    assertContains(output, "trained now: 2050 of 25634 numbers");
    double transferred = number(output, "transferred: ([0-9.]+) %");
    double scratch = number(output, "from scratch: ([0-9.]+) %");
    assertTrue(transferred > scratch, output);
  }

  @Test
  void lesson5TrainsTheHeadAloneAndProvesIt() throws IOException {
    String output = output(Lesson5Freezing::main);
    assertContains(output, "195 of 269267 parameters,  2 arrays with a gradient");
    assertContains(output, "114 frozen tensors (1.0 MB) are unchanged, by SHA-256");
  }

  @Test
  void lesson6ShowsStatisticsThatMoveWithoutAGradient() throws IOException {
    String output = output(Lesson6BatchNorm::main);
    assertTrue(
        Pattern.compile(
            "trainable\\(false\\).*it moved\nfreeze\\(\\).*it stayed\nunfreeze\\(\\).*it moved\ninference.*it stayed")
            .matcher(output)
            .find(),
        output);
  }

  @Test
  void lesson7LearnsTheParabola() throws IOException {
    String output = output(Lesson7CustomOpAndLayer::main);
    assertContains(output, "y = 5.000 x² + -3.000");
  }
}
