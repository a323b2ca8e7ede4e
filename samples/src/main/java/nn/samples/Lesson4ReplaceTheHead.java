package nn.samples;

import java.util.Locale;
import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import nn.finetune.AdamW;
import nn.finetune.ParameterGroup;
import nn.layers.Layer;
import nn.layers.Pass;

/// Lesson 4: a network that knows one thing learns another from few examples, because what it needs for both is already
/// there. It first learns to tell a lying bar from a standing one, then from 8 examples to tell a bar from a cross.
public final class Lesson4ReplaceTheHead {
  private static final int SIDE = 32;

  private Lesson4ReplaceTheHead() {}

  public static void main(String[] args) {
    // The first task, with plenty of data.
    Layer model = ThreeConvolutions.create(2, new SplittableRandom(1));
    Examples plenty = Examples.draw(96, new SplittableRandom(2), Lesson4ReplaceTheHead::bar);
    train(model, plenty, 25);
    Examples held = Examples.draw(100, new SplittableRandom(3), Lesson4ReplaceTheHead::bar);
    System.out
        .printf(Locale.ROOT, "lying or standing bar: %.1f %% right%n", held.percentRight(model));

    // Another task: take the head off, put a new one on, keep the rest as it is.
    System.out.println("the head is at " + model.headPath());
    System.out.println(
        "below it, an image is " + model.features(held.images).shape().dim(1) + " numbers");
    model.replaceHead(2, new SplittableRandom(4));
    model.freeze().at(model.headPath()).unfreeze();
    System.out.println(
        "trained now: " + model.parameters().trainable().elements() + " of "
            + model.parameters().elements() + " numbers");

    Examples few = Examples.draw(8, new SplittableRandom(5), Lesson4ReplaceTheHead::barOrCross);
    Examples test = Examples.draw(100, new SplittableRandom(6), Lesson4ReplaceTheHead::barOrCross);
    train(model, few, 40);
    System.out.printf(
        Locale.ROOT, "bar or cross, from 8 examples, transferred: %.1f %% right%n",
        test.percentRight(model));

    // The same 8 examples for a network that knows nothing.
    Layer fresh = ThreeConvolutions.create(2, new SplittableRandom(7));
    train(fresh, few, 40);
    System.out.printf(
        Locale.ROOT, "bar or cross, from 8 examples, from scratch: %.1f %% right%n",
        test.percentRight(fresh));
  }

  private static void train(Layer model, Examples examples, int steps) {
    var optimizer = new AdamW(ParameterGroup.of(model.parameters(), 0.003));
    for (int step = 0; step < steps; step++) {
      Tensor loss =
          model.forward(examples.images, Pass.training(step)).crossEntropy(examples.labels);
      optimizer.step(loss.backward());
    }
  }

  /// Draws an image of a class.
  private interface Painter {
    void paint(Canvas canvas, int label, SplittableRandom random);
  }

  private static void bar(Canvas canvas, int label, SplittableRandom random) {
    if (label == 0) {
      canvas.box(canvas.x, canvas.y, 9, 2, canvas.colour);
    } else {
      canvas.box(canvas.x, canvas.y, 2, 9, canvas.colour);
    }
  }

  private static void barOrCross(Canvas canvas, int label, SplittableRandom random) {
    bar(canvas, random.nextInt(2), random);
    if (label == 1) {
      bar(canvas, 0, random);
      bar(canvas, 1, random);
    }
  }

  /// An image with noise, and a place and a colour for what is drawn on it.
  private static final class Canvas {
    final float[] pixels;
    final int at;
    final int x;
    final int y;
    final float[] colour;

    Canvas(float[] pixels, int at, SplittableRandom random) {
      this.pixels = pixels;
      this.at = at;
      this.x = 10 + random.nextInt(12);
      this.y = 10 + random.nextInt(12);
      this.colour = new float[] {0.5f + random.nextFloat(), 0.5f + random.nextFloat(),
          0.5f + random.nextFloat()};
      for (int i = 0; i < 3 * SIDE * SIDE; i++) {
        pixels[at + i] = (float) (0.4 * random.nextGaussian());
      }
    }

    void box(int cx, int cy, int halfWidth, int halfHeight, float[] rgb) {
      for (int channel = 0; channel < 3; channel++) {
        for (int py = Math.max(0, cy - halfHeight); py < Math.min(SIDE, cy + halfHeight); py++) {
          for (int px = Math.max(0, cx - halfWidth); px < Math.min(SIDE, cx + halfWidth); px++) {
            pixels[at + (channel * SIDE + py) * SIDE + px] = rgb[channel];
          }
        }
      }
    }
  }

  /// Drawn images with labels 0 and 1 in turn.
  private record Examples(NdArray images, int[] labels) {
    static Examples draw(int count, SplittableRandom random, Painter painter) {
      float[] pixels = new float[count * 3 * SIDE * SIDE];
      int[] labels = new int[count];
      for (int i = 0; i < count; i++) {
        labels[i] = i % 2;
        painter.paint(new Canvas(pixels, i * 3 * SIDE * SIDE, random), labels[i], random);
      }
      return new Examples(NdArray.of(Shape.of(count, 3, SIDE, SIDE), pixels), labels);
    }

    double percentRight(Layer model) {
      NdArray logits = model.forward(images);
      int right = 0;
      for (int i = 0; i < labels.length; i++) {
        right += (logits.at(i, 1) > logits.at(i, 0) ? 1 : 0) == labels[i] ? 1 : 0;
      }
      return 100.0 * right / labels.length;
    }
  }
}
