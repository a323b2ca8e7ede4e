package nn.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import nn.finetune.data.Batch;
import org.junit.jupiter.api.Test;

/// Five samples of three classes, counted by hand.
class MetricsTest {
  private static final NdArray OUTPUTS =
      NdArray.of(
          Shape.of(5, 3),
          3,
          2,
          1, // class 0 first, 1 second
          1,
          3,
          2,
          3,
          2,
          1,
          2,
          1,
          3,
          3,
          1,
          2);
  private static final int[] TRUTH = {0, 1, 1, 1, 0};

  private static Batch batch(NdArray outputs, int... labels) {
    return new Batch(outputs, labels, new int[labels.length]);
  }

  private static Metrics metrics() {
    Metrics metrics = new Metrics(3);
    metrics.add(OUTPUTS, batch(OUTPUTS, TRUTH), Loss.crossEntropy());
    return metrics;
  }

  @Test
  void rightAndTotalAreCounted() {
    assertEquals(3, metrics().right());
    assertEquals(5, metrics().total());
    assertEquals(0.6, metrics().accuracy());
  }

  @Test
  void topKCountsThePlaceOfTheTrueClass() {
    assertEquals(0.6, metrics().top(1));
    assertEquals(0.8, metrics().top(2));
    assertEquals(1, metrics().top(3));
    assertEquals(1, metrics().top(5));
  }

  @Test
  void theConfusionMatrixHasTheTruthInRows() {
    assertArrayEquals(new long[][] {{2, 0, 0}, {1, 1, 1}, {0, 0, 0}}, metrics().confusion());
  }

  @Test
  void precisionRecallAndF1AreOfEachClass() {
    Metrics metrics = metrics();
    assertEquals(2 / 3.0, metrics.precision(0));
    assertEquals(1, metrics.recall(0));
    assertEquals(0.8, metrics.f1(0));
    assertEquals(1, metrics.precision(1));
    assertEquals(1 / 3.0, metrics.recall(1));
    assertEquals(0.5, metrics.f1(1));
    assertEquals(0, metrics.precision(2));
    assertTrue(Double.isNaN(metrics.recall(2)));
    assertEquals(0, metrics.f1(2));
    assertEquals((0.8 + 0.5 + 0) / 3, metrics.macroF1(), 1e-12);
  }

  @Test
  void ofEqualOutputsTheFirstIsMeant() {
    NdArray outputs = NdArray.of(Shape.of(2, 3), 1, 1, 1, 1, 1, 1);
    Metrics metrics = new Metrics(3);
    metrics.add(outputs, batch(outputs, 0, 2), Loss.crossEntropy());
    assertEquals(0.5, metrics.top(1));
    assertEquals(0.5, metrics.top(2));
    assertEquals(Math.log(3), metrics.loss(), 1e-15);
  }

  @Test
  void theLossIsSummedInDoubleAndDoesNotOverflow() {
    NdArray outputs = NdArray.of(Shape.of(1, 2), 1000f, -1000f);
    Metrics metrics = new Metrics(2);
    metrics.add(outputs, batch(outputs, 1), Loss.crossEntropy());
    assertEquals(2000, metrics.loss());
  }

  @Test
  void aSingleOutputTellsTwoClassesApart() {
    NdArray outputs = NdArray.of(Shape.of(3, 1), -1, 2, 3);
    Metrics metrics = new Metrics(2);
    Loss two = (_, _) -> Tensor.constant(NdArray.scalar(2f));
    metrics.add(outputs, batch(outputs, 0, 1, 0), two);
    assertEquals(2, metrics.right());
    assertEquals(2, metrics.loss());
  }

  @Test
  void anOutputThatIsNotANumberIsAnErrorThatNamesTheSample() {
    NdArray outputs = NdArray.of(Shape.of(2, 2), 0, 0, Float.NaN, 0);
    assertEquals(
        "the network's output for sample 8 is NaN: its weights or this sample have numbers that are"
            + " not finite",
        assertThrows(
            ArithmeticException.class,
            () -> new Metrics(2)
                .add(
                    outputs,
                    new Batch(outputs, new int[2], new int[] {7, 8}),
                    Loss.crossEntropy()))
            .getMessage());
  }

  @Test
  void outputsThatAreNotOfAClassifierAreAnError() {
    NdArray outputs = NdArray.zeros(Shape.of(2, 3, 4, 4));
    assertEquals(
        "classify: the network made [2×3×4×4] of 2 samples; a classifier makes [2×classes]",
        assertThrows(
            IllegalArgumentException.class,
            () -> new Metrics(3).add(outputs, batch(outputs, 0, 0), Loss.crossEntropy()))
            .getMessage());
  }
}
