package nn.samples;

import java.util.Locale;
import java.util.SplittableRandom;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Shape;
import nn.finetune.AdamW;
import nn.finetune.FrozenProof;
import nn.finetune.ParameterGroup;
import nn.layers.Layer;
import nn.layers.Parameters;
import nn.layers.Pass;
import nn.layers.zoo.ModelZoo;

/// Lesson 5: what freezing does, what it saves, and how to see that nothing frozen has moved.
public final class Lesson5Freezing {
  private Lesson5Freezing() {}

  public static void main(String[] args) {
    Layer model = ModelZoo.create("cifar-resnet20", 3);
    NdArray images =
        NdArray.normal(Shape.of(16, 3, 32, 32), 1f, new SplittableRandom(1));
    int[] labels = new int[16];

    // All trainable: a gradient for every parameter.
    report("everything trains", model, images, labels);

    // Only the head: the backbone's ops are not even remembered.
    model.freeze().at(model.headPath()).unfreeze();
    report("the head trains", model, images, labels);

    // A frozen layer below which something trains: gradients flow through it.
    model.unfreeze().at("layer2").freeze();
    report("all but layer2", model, images, labels);

    // Proof that frozen means frozen: hashes before and after a training step.
    model.freeze().at(model.headPath()).unfreeze();
    var proof = FrozenProof.of(model);
    var optimizer = new AdamW(ParameterGroup.of(model.parameters(), 0.01));
    for (int step = 0; step < 3; step++) {
      var loss = model.forward(images, Pass.training(step)).crossEntropy(labels);
      optimizer.step(loss.backward());
    }
    System.out.println(proof.verify());
  }

  private static void report(String what, Layer model, NdArray images, int[] labels) {
    long start = System.nanoTime();
    Gradients gradients =
        model.forward(images, Pass.training(1)).crossEntropy(labels).backward();
    long micros = (System.nanoTime() - start) / 1000;
    Parameters trainable = model.parameters().trainable();
    long withGradient =
        model.parameters().stream()
            .filter(e -> e.parameter().gradient(gradients).isPresent())
            .count();
    System.out.printf(
        Locale.ROOT,
        "%-18s %7d of %d parameters, %2d arrays with a gradient, %6d µs%n",
        what, trainable.elements(), model.parameters().elements(), withGradient, micros);
  }
}
