package nn.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A backward pass in a workspace gives memory back as it goes, and nothing is ever read that was given back.
class GivingBackTest {
  private static final Shape MATRIX = Shape.of(4, 3);
  private static final Shape FLAT = Shape.of(12);
  private static final Shape ROW = Shape.of(3);

  /// Between any two operations of a graph: overwrites all memory that waits in the workspace.
  private record Spoil(Tensor x, Workspace workspace) implements Op {
    static Tensor apply(Tensor x, Workspace workspace) {
      return Tensor.result(x.value(), new Spoil(x.edge(), workspace));
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(x);
    }

    @Override
    public void backward(NdArray dy, Gradients gradients) {
      gradients.add(x, () -> dy);
      spoil(workspace);
    }
  }

  private static void spoil(Workspace workspace) {
    NdArray home = workspace.adopt(NdArray.scalar(0));
    for (Shape shape : List.of(MATRIX, FLAT, ROW, Shape.SCALAR)) {
      for (long free = workspace.freeBytes(), before = free + 1; free < before;) {
        home.freshFull(shape, Float.NaN);
        before = free;
        free = workspace.freeBytes();
      }
    }
  }

  /// Sums, products, views, stretched rows, tensors used many times, variables in the midst: all that shares gradients.
  private static Tensor graph(long seed, Tensor[] variables, Workspace workspace) {
    Random random = new Random(seed);
    List<Tensor> all = new ArrayList<>(List.of(variables));
    for (int i = 0; i < 30; i++) {
      Tensor a = all.get(random.nextInt(all.size()));
      Tensor b = all.get(random.nextInt(all.size()));
      Tensor y =
          switch (random.nextInt(13)) {
            case 0, 1 -> a.plus(b);
            case 2 -> a.minus(b);
            case 3 -> a.times(b).times(0.1f);
            case 4 -> a.plus(1f);
            case 5 -> a.reshape(FLAT).plus(b.reshape(FLAT)).reshape(MATRIX);
            case 6 -> a.sum(0).plus(b);
            case 7 -> a.tanh();
            case 8 -> a.plus(b, Limits.RELU6);
            case 9 -> a.softmax();
            case 10 -> a.sigmoid();
            case 11 -> a.layerNorm(b.sum(0), a.sum(0), 1f);
            default -> a.relu();
          };
      all.add(random.nextBoolean() ? Spoil.apply(y, workspace) : y);
    }
    Tensor sum = all.getFirst();
    for (Tensor one : all) {
      sum = random.nextBoolean() ? sum.plus(one) : sum;
    }
    return sum.plus(all.getLast()).sum();
  }

  private static NdArray[] inputs(long seed) {
    Random random = new Random(seed);
    NdArray[] inputs = new NdArray[4];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = NdArray.normal(MATRIX, 1, random);
    }
    return inputs;
  }

  private static List<float[]> gradients(Gradients gradients, Tensor[] variables) {
    List<float[]> all = new ArrayList<>();
    for (Tensor variable : variables) {
      all.add(gradients.of(variable).map(NdArray::copy).map(NdArray::array).orElse(new float[0]));
    }
    return all;
  }

  private static void assertSame(List<float[]> want, List<float[]> got) {
    for (int i = 0; i < want.size(); i++) {
      assertArrayEquals(want.get(i), got.get(i));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
  void gradientsHaveTheSameBitsWithAWorkspaceAndWithout(int hundred) {
    Workspace workspace = new Workspace();
    for (long seed = 100 * hundred; seed < 100 * hundred + 100; seed++) {
      NdArray[] inputs = inputs(seed);
      Tensor[] outside = new Tensor[inputs.length];
      Tensor[] inside = new Tensor[inputs.length];
      for (int i = 0; i < inputs.length; i++) {
        outside[i] = Tensor.variable(inputs[i]);
        inside[i] = Tensor.variable(workspace.adopt(inputs[i]));
      }
      Workspace unused = new Workspace();
      List<float[]> want = gradients(graph(seed, outside, unused).backward(), outside);
      Tensor loss = graph(seed, inside, workspace);
      float value = loss.value().item();
      Gradients first = loss.backward();
      spoil(workspace);
      Gradients second = loss.backward(); // what the forward pass made is still there
      spoil(workspace);
      assertSame(want, gradients(first, inside));
      assertSame(want, gradients(second, inside));
      assertEquals(value, loss.value().item());
      workspace.recycle();
    }
  }

  @Test
  void aLongChainNeedsTheMemoryOfFewGradients() {
    Workspace workspace = new Workspace();
    Tensor x = Tensor.variable(workspace.adopt(NdArray.full(FLAT, 1f)));
    Tensor y = x;
    int links = 100;
    for (int i = 0; i < links; i++) {
      y = y.times(1.01f);
    }
    y.backward(y.value().freshFull(FLAT, 1f));
    workspace.recycle();
    long arrays = workspace.freeBytes() / (4 * FLAT.size());
    assertTrue(arrays <= links + 4, arrays + " arrays");
  }

  @Test
  void aGradientThatAnOpKeptSaysWhatToDo() {
    Workspace workspace = new Workspace();
    Tensor x = Tensor.variable(workspace.adopt(NdArray.vector(1f, 2f, 3f)));
    List<NdArray> kept = new ArrayList<>();
    Tensor y = Tensor.result(x.value().times(2f), new Keeping(x, kept));
    y.times(3f).sum().backward();
    assertEquals(
        "this array of shape [3] was of no use to its pass any more; copy() what must outlive the"
            + " layer, or the op's backward, that it was made in",
        assertThrows(IllegalStateException.class, () -> kept.getFirst().array()).getMessage());
  }

  @Test
  void aGradientThatAnOpHandedOnAndAnotherWroteOverSaysSo() {
    Workspace workspace = new Workspace();
    Tensor x = Tensor.variable(workspace.adopt(NdArray.vector(1f, -2f, 3f)));
    List<NdArray> kept = new ArrayList<>();
    Tensor rectified = x.relu();
    Tensor handedOn = Tensor.result(rectified.value(), new HandingOn(rectified, kept));
    Gradients gradients = handedOn.times(3f).sum().backward();
    assertArrayEquals(new float[] {3f, 0f, 3f}, gradients.of(x).orElseThrow().array());
    assertThrows(IllegalStateException.class, () -> kept.getFirst().array());
  }

  private record HandingOn(Tensor x, List<NdArray> kept) implements Op {
    @Override
    public List<Tensor> inputs() {
      return List.of(x);
    }

    @Override
    public void backward(NdArray dy, Gradients gradients) {
      kept.add(dy);
      gradients.add(x, () -> dy);
    }
  }

  @Test
  void memoryThatAFailedOpWroteOverHasOneOwner() {
    Workspace workspace = new Workspace();
    Tensor x = Tensor.variable(workspace.adopt(NdArray.vector(1f, -2f, 3f)));
    Tensor loss = x.relu().sum();
    workspace.recycle(); // so that the rectifier's backward pass finds no y
    assertThrows(IllegalStateException.class, loss::backward);
    workspace.recycle();
    assertAllMemoryIsDifferent(workspace);
  }

  @Test
  void onlyAnOpMayWriteOverAGradientAndOnlyOverItsOwn() {
    Workspace workspace = new Workspace();
    Tensor x = Tensor.variable(workspace.adopt(NdArray.vector(1f, -2f, 3f)));
    Gradients gradients = x.times(2f).times(3f).sum().backward();
    NdArray gradient = gradients.of(x).orElseThrow();
    gradients.over(gradient).writable()[0] = 7f;
    assertArrayEquals(new float[] {6f, 6f, 6f}, gradient.array());
    workspace.recycle();
    assertAllMemoryIsDifferent(workspace);
  }

  private static void assertAllMemoryIsDifferent(Workspace workspace) {
    NdArray home = workspace.adopt(NdArray.scalar(0f));
    List<float[]> seen = new ArrayList<>();
    while (workspace.freeBytes() > 0 && seen.size() < 100) {
      float[] memory = home.fresh(ROW).writable();
      assertTrue(seen.stream().noneMatch(other -> other == memory), "lent twice");
      seen.add(memory);
      home.fresh(Shape.SCALAR);
    }
  }

  @Test
  void aGradientThatTwoTensorsShareIsNotWrittenOver() {
    Workspace workspace = new Workspace();
    Tensor a = Tensor.variable(workspace.adopt(NdArray.vector(1f, -2f, 3f)));
    Tensor b = Tensor.variable(workspace.adopt(NdArray.vector(1f, 1f, 1f)));
    Gradients gradients = a.relu().plus(b).times(3f).sum().backward();
    assertArrayEquals(new float[] {3f, 0f, 3f}, gradients.of(a).orElseThrow().array());
    assertArrayEquals(new float[] {3f, 3f, 3f}, gradients.of(b).orElseThrow().array());
  }

  private record Keeping(Tensor x, List<NdArray> kept) implements Op {
    @Override
    public List<Tensor> inputs() {
      return List.of(x);
    }

    @Override
    public void backward(NdArray dy, Gradients gradients) {
      kept.add(dy);
      gradients.add(x, () -> dy.times(2f));
    }
  }

  /// An operation that hands over one array, adds to the same input again, and still reads the array.
  private record Twice(Tensor x, Tensor w) implements Op {
    @Override
    public List<Tensor> inputs() {
      return List.of(x, w);
    }

    @Override
    public void backward(NdArray dy, Gradients gradients) {
      NdArray d = dy.times(2f);
      gradients.add(x, () -> d);
      gradients.add(x, () -> dy.times(3f));
      gradients.add(w, () -> d.times(1f));
    }
  }

  @Test
  void nothingIsAddedIntoAnArrayThatItsOpMayStillRead() {
    Workspace workspace = new Workspace();
    Tensor x = Tensor.variable(workspace.adopt(NdArray.vector(1f, 1f, 1f)));
    Tensor w = Tensor.variable(workspace.adopt(NdArray.vector(1f, 1f, 1f)));
    Gradients gradients = Tensor.result(x.value(), new Twice(x, w)).times(1f).sum().backward();
    assertArrayEquals(new float[] {5f, 5f, 5f}, gradients.of(x).orElseThrow().array());
    assertArrayEquals(new float[] {2f, 2f, 2f}, gradients.of(w).orElseThrow().array());
  }
}
