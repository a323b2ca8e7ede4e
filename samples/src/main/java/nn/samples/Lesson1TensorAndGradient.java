package nn.samples;

import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Tensor;

/// Lesson 1: numbers, tensors, and where gradients come from.
public final class Lesson1TensorAndGradient {
  private Lesson1TensorAndGradient() {}

  public static void main(String[] args) {
    // Numbers with a shape. They have no history.
    NdArray three = NdArray.vector(1f, 2f, 3f);
    System.out.println("numbers            " + three);

    // A constant and a variable hold the same numbers; only the variable asks for a gradient.
    Tensor c = Tensor.constant(three);
    Tensor x = Tensor.variable(three);

    // From constants alone nothing is remembered: the result is a constant too.
    System.out.println("from a constant    " + c.times(c).sum());

    // From a variable every op is remembered, with just what its derivative needs.
    Tensor loss = x.times(x).sum(); // Σ x²
    System.out.println("from a variable    " + loss);

    // The backward pass returns the gradients as a value. Nothing is stored in x, nothing has to be reset.
    Gradients gradients = loss.backward();
    System.out.println("d(Σ x²)/dx = 2x    " + gradients.of(x).orElseThrow());

    // A tensor that is used twice collects both parts: d(x·x + 3x)/dx = 2x + 3.
    Tensor twice = x.times(x).plus(x.times(3f)).sum();
    System.out.println("2x + 3             " + twice.backward().of(x).orElseThrow());

    // The constant was used as well, but has no gradient: the work for it was never done.
    Tensor mixed = x.times(c).sum();
    System.out.println("for a constant     " + mixed.backward().of(c));
  }
}
