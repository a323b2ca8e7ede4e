package nn.samples;

import java.util.Locale;
import java.util.SplittableRandom;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import nn.finetune.AdamW;
import nn.finetune.ParameterGroup;
import nn.layers.Activation;
import nn.layers.Layer;
import nn.layers.Linear;
import nn.layers.Pass;
import nn.layers.Sequential;

/// Lesson 2: a network and a training loop, with nothing hidden. The network learns which of two spirals a point lies
/// on.
public final class Lesson2ANetwork {
  private Lesson2ANetwork() {}

  public static void main(String[] args) {
    var random = new SplittableRandom(1);
    Layer model =
        new Sequential()
            .add("fc1", new Linear(2, 32, random))
            .add("relu1", Activation.relu())
            .add("fc2", new Linear(32, 32, random))
            .add("relu2", Activation.relu())
            .add("head", new Linear(32, 2, random))
            .withHead("head");
    System.out.println(model.summary(Shape.of(2)));

    Spirals train = Spirals.draw(400, new SplittableRandom(2));
    Spirals test = Spirals.draw(400, new SplittableRandom(3));
    System.out.printf(Locale.ROOT, "before: %.1f %% right%n", test.percentRight(model));

    var optimizer = new AdamW(ParameterGroup.of(model.parameters(), 0.01));
    for (int step = 0; step < 400; step++) {
      // One step: forward, loss, backward, update. A pass says what the forward is for.
      Tensor logits = model.forward(train.points(), Pass.training(step));
      Tensor loss = logits.crossEntropy(train.labels());
      Gradients gradients = loss.backward();
      optimizer.step(gradients);
      if (step % 100 == 0) {
        System.out.printf(Locale.ROOT, "step %3d: loss %.4f%n", step, loss.value().item());
      }
    }
    System.out.printf(Locale.ROOT, "after: %.1f %% right%n", test.percentRight(model));
  }

  /// Points on two spirals that wind around each other, with a little noise, and which spiral each lies on.
  record Spirals(NdArray points, int[] labels) {
    static Spirals draw(int count, SplittableRandom random) {
      float[] points = new float[2 * count];
      int[] labels = new int[count];
      for (int i = 0; i < count; i++) {
        labels[i] = i % 2;
        double along = random.nextDouble();
        double angle = 1.5 * Math.PI * along + Math.PI * labels[i];
        points[2 * i] = (float) (along * Math.cos(angle) + 0.03 * random.nextGaussian());
        points[2 * i + 1] = (float) (along * Math.sin(angle) + 0.03 * random.nextGaussian());
      }
      return new Spirals(NdArray.of(Shape.of(count, 2), points), labels);
    }

    double percentRight(Layer model) {
      NdArray logits = model.forward(points); // no pass: inference, nothing is remembered
      int right = 0;
      for (int i = 0; i < labels.length; i++) {
        int predicted = logits.at(i, 1) > logits.at(i, 0) ? 1 : 0;
        right += predicted == labels[i] ? 1 : 0;
      }
      return 100.0 * right / labels.length;
    }
  }
}
