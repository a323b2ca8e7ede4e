package nn.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The result of a backward pass: for each variable, the gradient of the loss with respect to it. A plain value:
/// nothing is stored in the tensors, so there is nothing to reset between steps.
///
/// Reverse-mode differentiation: ops are visited from the loss downwards, each after everything that used its result;
/// the gradients that reach one tensor over several ways are added.
public final class Gradients {
  private static final class Entry {
    NdArray sum;
    boolean own; // whether the sum is ours to add to, or still the array that an op handed over

    Entry(NdArray sum) {
      this.sum = sum;
    }
  }

  private final Map<Tensor.Node, Entry> entries = new IdentityHashMap<>();

  private Gradients() {}

  static Gradients of(Tensor loss, NdArray dy) {
    Tensor.Node root = loss.node;
    if (root == null) {
      throw new IllegalStateException(
          "this value depends on nothing trainable: there is no gradient to compute."
              + " Is everything frozen, or was the forward pass made without a training pass?");
    }
    Gradients gradients = new Gradients();
    gradients.entries.put(root, new Entry(dy));
    List<Tensor.Node> order = inputsFirst(root);
    for (int i = order.size() - 1; i >= 0; i--) {
      Tensor.Node node = order.get(i);
      Op op = node.op;
      if (op != null) {
        Entry arrived = gradients.entries.remove(node); // of no use once it has been passed on
        if (arrived != null) {
          op.backward(arrived.sum, gradients);
        }
      }
    }
    return gradients;
  }

  /// Adds a part of the gradient of `input`. **The supplier runs only if `input` needs a gradient**: this is where a
  /// frozen parameter saves its time.
  ///
  /// @throws ShapeException if the gradient has not the shape of the input: a mistake in the op
  public void add(Tensor input, Supplier<NdArray> gradient) {
    Tensor.Node node = input.node;
    if (node == null) {
      return;
    }
    NdArray part = gradient.get();
    if (!part.shape().equals(node.shape)) {
      throw new ShapeException(
          "backward", "gradient " + part.shape() + " for an input " + node.shape);
    }
    Entry entry = entries.get(node);
    if (entry == null) {
      entries.put(node, new Entry(part));
    } else if (entry.own) {
      entry.sum.add(part);
    } else {
      entry.sum = entry.sum.plus(part); // the first part may be shared with another tensor: never add into it
      entry.own = true;
    }
  }

  /// The gradient with respect to a variable; empty if the loss does not depend on it.
  public Optional<NdArray> of(Tensor variable) {
    Entry entry = variable.node == null ? null : entries.get(variable.node);
    return Optional.ofNullable(entry).map(e -> e.sum);
  }

  /// How many variables have a gradient here. An optimizer compares it with what it found, so that a gradient that
  /// nobody asks for does not go unnoticed.
  public int size() {
    return entries.size();
  }

  /// The nodes that `root` was computed from, each after its inputs. An explicit stack: graphs may be deeper than
  /// the thread's.
  private static List<Tensor.Node> inputsFirst(Tensor.Node root) {
    record Visit(Tensor.Node node, List<Tensor> inputs, int[] next) {
      Visit(Tensor.Node node) {
        this(node, node.op == null ? List.of() : node.op.inputs(), new int[1]);
      }
    }

    List<Tensor.Node> order = new ArrayList<>();
    Map<Tensor.Node, Boolean> seen = new IdentityHashMap<>();
    ArrayDeque<Visit> stack = new ArrayDeque<>();
    seen.put(root, true);
    stack.push(new Visit(root));
    while (!stack.isEmpty()) {
      Visit visit = stack.element();
      if (visit.next[0] == visit.inputs.size()) {
        order.add(visit.node);
        stack.pop();
        continue;
      }
      Tensor.Node input = visit.inputs.get(visit.next[0]++).node;
      if (input != null && seen.put(input, true) == null) {
        stack.push(new Visit(input));
      }
    }
    return order;
  }
}
