package nn.samples;

import java.util.Arrays;
import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import nn.layers.BatchNorm2d;
import nn.layers.Layer;
import nn.layers.Pass;
import nn.layers.Sequential;

/// Lesson 6: the trap of freezing. A batch norm has weights that are trained and statistics that are not: they follow
/// the data in every training pass. "No gradient" alone does not stop them.
public final class Lesson6BatchNorm {
  private Lesson6BatchNorm() {}

  public static void main(String[] args) {
    Layer model = new Sequential().add("bn", new BatchNorm2d(2));
    NdArray otherData =
        NdArray.normal(Shape.of(8, 2, 4, 4), 1f, new SplittableRandom(1)).plus(10f);

    System.out.println("at first                running mean " + mean(model));

    // One fact of four: no gradient, no update. The layer still behaves as in training.
    model.parameters().trainable(false);
    model.forward(otherData, Pass.training(1));
    System.out.println("trainable(false)        running mean " + mean(model) + "  <- it moved");

    // All four facts: the layer behaves as at inference, in every pass.
    model.freeze();
    String before = mean(model);
    model.forward(otherData, Pass.training(2));
    System.out.println(
        "freeze()                running mean " + mean(model)
            + (mean(model).equals(before) ? "  <- it stayed" : "  <- it moved"));

    // And back again. Nothing was switched in the model that a later call could undo.
    model.unfreeze();
    model.forward(otherData, Pass.training(3));
    System.out.println("unfreeze()              running mean " + mean(model) + "  <- it moved");

    // At inference nothing moves either.
    before = mean(model);
    model.forward(otherData);
    System.out.println(
        "inference               running mean " + mean(model)
            + (mean(model).equals(before) ? "  <- it stayed" : "  <- it moved"));
  }

  private static String mean(Layer model) {
    return Arrays.toString(model.buffers().get("bn.running_mean").value().array());
  }
}
