package nn.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import nn.core.op.Affine;
import nn.core.op.BatchNorm;
import nn.core.op.BatchNormInference;
import nn.core.op.Conv2d;
import nn.core.op.LayerNorm;
import nn.core.op.MaxPool2d;
import nn.core.op.Rectifier;
import nn.core.op.Times;
import org.junit.jupiter.api.Test;

/// The memory bill: what stays until the backward pass, and what freezing saves.
class WhatOpsKeepTest {
  private final Tensor image = Tensor.constant(random(2, 3, 5, 5));
  private final Tensor trainedImage = Tensor.variable(random(2, 3, 5, 5));
  private final Tensor kernel = Tensor.constant(random(4, 3, 3, 3));
  private final Tensor trainedKernel = Tensor.variable(random(4, 3, 3, 3));
  private final Tensor ones = Tensor.constant(NdArray.full(Shape.of(3), 1f));
  private final Tensor trainedOnes = Tensor.variable(NdArray.full(Shape.of(3), 1f));

  @Test
  void aFrozenConvolutionKeepsNoInput() {
    Conv2d op = op(Conv2d.class, trainedImage.conv2d(kernel, null, ConvSettings.DEFAULT));
    assertFalse(keeps(op.x()));
    assertTrue(keeps(op.w()));
  }

  @Test
  void theLowestTrainedConvolutionKeepsItsInputButNotItsKernel() {
    Conv2d op = op(Conv2d.class, image.conv2d(trainedKernel, null, ConvSettings.DEFAULT));
    assertTrue(keeps(op.x()));
    assertFalse(keeps(op.w()));
  }

  @Test
  void aConvolutionOfWhichTheBiasAloneIsTrainedKeepsNothing() {
    Tensor bias = Tensor.variable(random(4));
    Conv2d op = op(Conv2d.class, image.conv2d(kernel, bias, ConvSettings.DEFAULT));
    assertFalse(keeps(op.x()));
    assertFalse(keeps(op.w()));
    assertFalse(keeps(op.b()));
  }

  @Test
  void aLinearLayerKeepsItsInputForItsWeightAndItsWeightForItsInput() {
    Tensor x = Tensor.constant(random(4, 3));
    Tensor trainedX = Tensor.variable(random(4, 3));
    Tensor w = Tensor.constant(random(5, 3));
    Tensor trainedW = Tensor.variable(random(5, 3));
    Affine frozen = op(Affine.class, trainedX.affine(w));
    assertFalse(keeps(frozen.x()));
    assertTrue(keeps(frozen.w()));
    Affine lowest = op(Affine.class, x.affine(trainedW));
    assertTrue(keeps(lowest.x()));
    assertFalse(keeps(lowest.w()));
    Affine both = op(Affine.class, trainedX.affine(trainedW));
    assertTrue(keeps(both.x()));
    assertTrue(keeps(both.w()));
  }

  @Test
  void aFrozenBatchNormIsAnAffineMapThatKeepsNoInput() {
    NdArray mean = NdArray.zeros(Shape.of(3));
    NdArray variance = NdArray.full(Shape.of(3), 1f);
    Tensor y = trainedImage.batchNormInference(ones, ones, mean, variance, 1e-5f);
    BatchNormInference op = op(BatchNormInference.class, y);
    assertFalse(keeps(op.x()));
    assertFalse(keeps(op.weight()));
    y = trainedImage.batchNormInference(trainedOnes, ones, mean, variance, 1e-5f);
    assertTrue(keeps(op(BatchNormInference.class, y).x()));
    y = trainedImage.batchNormInference(ones, ones, mean, variance, 1e-5f, Limits.RELU);
    assertFalse(keeps(op(BatchNormInference.class, y).x()));
    assertSame(y.value(), op(BatchNormInference.class, y).y());
  }

  @Test
  void aBatchNormOfWhichTheShiftAloneIsTrainedKeepsNoInput() {
    NdArray mean = NdArray.zeros(Shape.of(3));
    NdArray variance = NdArray.full(Shape.of(3), 1f);
    Tensor y = image.batchNorm(ones, trainedOnes, mean, variance, 0.1f, 1e-5f);
    assertFalse(keeps(op(BatchNorm.class, y).x()));
    y = image.batchNorm(trainedOnes, ones, mean, variance, 0.1f, 1e-5f);
    assertTrue(keeps(op(BatchNorm.class, y).x()));
    assertFalse(keeps(op(BatchNorm.class, y).weight()));
    y = image.batchNorm(ones, trainedOnes, mean, variance, 0.1f, 1e-5f, Limits.RELU);
    assertTrue(keeps(op(BatchNorm.class, y).x()), "to see again what was cut");
    Tensor rows = Tensor.constant(random(7, 3));
    assertFalse(keeps(op(LayerNorm.class, rows.layerNorm(ones, trainedOnes, 1e-5f)).x()));
  }

  @Test
  void aRectifierKeepsItsOutputWhichTheNextLayerKeepsAnyway() {
    Tensor y = trainedImage.relu();
    Rectifier op = op(Rectifier.class, y);
    assertFalse(keeps(op.x()));
    assertSame(y.value(), op.y());
  }

  @Test
  void aMaximumKeepsOnePlacePerOutput() {
    MaxPool2d op = op(MaxPool2d.class, trainedImage.maxPool2d(PoolSettings.of(2)));
    assertFalse(keeps(op.x()));
    assertEquals(Shape.of(2, 3, 2, 2), op.winners().shape());
  }

  @Test
  void aProductWithAConstantKeepsTheConstantAlone() {
    Times op = op(Times.class, trainedImage.times(image));
    assertFalse(keeps(op.a()));
    assertTrue(keeps(op.b()));
  }

  @Test
  void aValueThatWasNotKeptSaysHowToKeepIt() {
    assertEquals(
        "this op did not keep the value of its input [3]; in apply, keep it with keptFor(the input"
            + " whose gradient needs it)",
        assertThrows(IllegalStateException.class, () -> trainedOnes.edge().value()).getMessage());
  }

  private static boolean keeps(Tensor input) {
    try {
      return input.value() != null;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private static <O extends Op> O op(Class<O> kind, Tensor y) {
    return kind.cast(y.node.op);
  }

  private static NdArray random(int... extents) {
    return NdArray.normal(Shape.of(extents), 1f, new SplittableRandom(1));
  }
}
