package nn.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import nn.finetune.data.Batch;
import org.junit.jupiter.api.Test;

class LossTest {
  private static final NdArray TWO = NdArray.of(Shape.of(2, 2), 0f, 1f, 3f, -1f);
  private static final NdArray ONE = NdArray.of(Shape.of(2, 1), 0.25f, 0.75f);

  private static Batch labelled(NdArray outputs, int... labels) {
    return new Batch(outputs, labels, new int[labels.length]);
  }

  private static double value(Loss loss, NdArray outputs, int... labels) {
    return loss.of(Tensor.constant(outputs), labelled(outputs, labels)).value().item();
  }

  private static double own(double other, double label) {
    return Math.log(Math.exp(other) + Math.exp(label)) - label;
  }

  @Test
  void crossEntropyIsMinusTheLogarithmOfTheProbabilityOfTheLabel() {
    double want = (own(1, 0) + own(-1, 3)) / 2;
    assertEquals(want, value(Loss.crossEntropy(), TWO, 0, 0), 1e-6);
    assertEquals(2 * want, Loss.crossEntropy().sum(TWO, labelled(TWO, 0, 0)), 1e-12);
  }

  @Test
  void labelSmoothingSoftensTheTargetsOfTrainingAndNotOfEvaluation() {
    Loss smooth = Loss.crossEntropy(0.2);
    double want = (0.9 * own(1, 0) + 0.1 * own(0, 1) + 0.9 * own(-1, 3) + 0.1 * own(3, -1)) / 2;
    assertEquals(want, value(smooth, TWO, 0, 0), 1e-6);
    assertEquals(
        Loss.crossEntropy().sum(TWO, labelled(TWO, 0, 0)), smooth.sum(TWO, labelled(TWO, 0, 0)));
  }

  @Test
  void classWeightsMakeTheMeanAWeightedOne() {
    Loss weighted = Loss.crossEntropy(0, NdArray.vector(1f, 3f));
    assertEquals((own(1, 0) + 3 * own(3, -1)) / 4, value(weighted, TWO, 0, 1), 1e-6);
  }

  @Test
  void meanSquaredErrorComparesWithOneForTheLabelAndZeroForTheRest() {
    Loss loss = Loss.meanSquaredError();
    assertEquals((1 + 1 + 4 + 1) / 4.0, value(loss, TWO, 0, 0), 1e-6);
    assertEquals((0.0625 + 0.0625) / 2, value(loss, ONE, 0, 1), 1e-6);
    assertArrayEquals(new int[] {0, 1}, loss.predictions(ONE));
  }

  @Test
  void binaryCrossEntropyIsAYesOrNoForEachOutput() {
    Loss loss = Loss.binaryCrossEntropy();
    double want = (Math.log1p(Math.exp(0.25)) + Math.log1p(Math.exp(-0.75))) / 2;
    assertEquals(want, value(loss, ONE, 0, 1), 1e-6);
    assertArrayEquals(new int[] {1, 1}, loss.predictions(ONE));
    assertArrayEquals(new int[] {1, 0}, loss.predictions(TWO));
  }

  @Test
  void aSmoothingOutOfRangeIsAnError() {
    assertEquals(
        "the label smoothing must be from 0 up and below 1, got 1.0",
        assertThrows(IllegalArgumentException.class, () -> Loss.crossEntropy(1)).getMessage());
  }
}
