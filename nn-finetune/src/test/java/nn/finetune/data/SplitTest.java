package nn.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest {
  private static List<String> names(Dataset data) {
    return IntStream.range(0, data.size()).mapToObj(data::name).toList();
  }

  @Test
  void aSplitIsCompleteDisjointAndHasItsShareOfEveryClass() {
    SplittableRandom random = new SplittableRandom(1);
    for (int trial = 0; trial < 200; trial++) {
      int[] sizes = random.ints(random.nextInt(1, 8), 2, 40).toArray();
      double share = random.nextDouble(0.01, 0.99);
      Dataset data = Drawn.samples(1, sizes);
      Dataset.Split split = data.split(share, trial);
      Set<String> all = new HashSet<>(names(split.rest()));
      all.addAll(names(split.held()));
      assertEquals(data.size(), all.size());
      assertEquals(data.size(), split.rest().size() + split.held().size());
      int[] held = split.held().counts();
      for (int c = 0; c < sizes.length; c++) {
        assertTrue(held[c] >= 1 && held[c] < sizes[c]);
        assertTrue(Math.abs(held[c] - share * sizes[c]) <= 1, Arrays.toString(held));
      }
    }
  }

  @Test
  void theWholeHasItsShareToTheSample() {
    Dataset data = Drawn.samples(1, 11, 12, 13, 14, 15); // 65; a quarter of each is no whole number
    Dataset.Split split = data.split(0.25, 1);
    assertEquals(16, split.held().size());
    assertArrayEquals(new int[] {3, 3, 3, 3, 4}, split.held().counts());
  }

  @Test
  void theSameSeedSplitsTheSameWay() {
    Dataset data = Drawn.samples(1, 30, 20);
    assertEquals(names(data.split(0.2, 7).held()), names(data.split(0.2, 7).held()));
    assertNotEquals(names(data.split(0.2, 7).held()), names(data.split(0.2, 8).held()));
  }

  @Test
  void seedsThatDifferLittleSplitIndependently() {
    Dataset data = Drawn.samples(1, 1000);
    Set<String> first = new HashSet<>(names(data.split(0.5, 1).held()));
    Set<String> second = new HashSet<>(names(data.split(0.5, 2).held()));
    first.retainAll(second);
    assertEquals(250, first.size(), 50);
  }

  @Test
  void samplesKeepTheirOrderAndTheirLabels() {
    Dataset data = Drawn.samples(1, 9, 9);
    Dataset held = data.split(0.5, 3).held();
    List<String> all = names(data);
    for (int i = 0; i < held.size(); i++) {
      int original = all.indexOf(held.name(i));
      assertEquals(data.label(original), held.label(i));
      assertArrayEquals(data.image(original).values(), held.image(i).values());
      assertTrue(i == 0 || original > all.indexOf(held.name(i - 1)));
    }
  }

  @Test
  void aClassThatCannotBeSplitIsNamed() {
    assertEquals(
        "the class 'class1' has 1 sample, and needs 2 to be split: add more, or leave the class out"
            + " with select(…)",
        Drawn.messageOf(() -> Drawn.samples(1, 5, 1).split(0.5, 1)));
    assertEquals(
        "the class 'class0' has 0 samples, and needs 2 to be split: add more, or leave the class out"
            + " with select(…)",
        Drawn.messageOf(() -> Drawn.samples(1, 0, 5).split(0.5, 1)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -0.1, 1.1, Double.NaN})
  void aShareThatIsNoneIsRefused(double share) {
    assertEquals(
        "the share must lie between 0 and 1, got " + share,
        assertThrows(
            IllegalArgumentException.class, () -> Drawn.samples(1, 5, 5).split(share, 1))
            .getMessage());
  }

  @Test
  void aFewOfEveryClassAreDrawnBySeed() {
    Dataset data = Drawn.samples(1, 30, 5, 12);
    Dataset few = data.perClass(5, 1);
    assertArrayEquals(new int[] {5, 5, 5}, few.counts());
    assertEquals(15, new HashSet<>(names(few)).size());
    assertEquals(names(few), names(data.perClass(5, 1)));
    assertNotEquals(names(few), names(data.perClass(5, 2)));
    assertEquals(
        "the class 'class1' has 5 samples, fewer than 6",
        Drawn.messageOf(() -> data.perClass(6, 1)));
  }

  @Test
  void someClassesAreSelectedInTheOrderGiven() {
    Dataset data = Drawn.samples(1, 3, 4, 5);
    Dataset two = data.select("class2", "class0");
    assertEquals(List.of("class2", "class0"), two.classes());
    assertArrayEquals(new int[] {5, 3}, two.counts());
    assertEquals("noise#0", two.name(0));
    assertEquals(1, two.label(0));
    assertEquals(
        "there is no class 'class3'; there are class0, class1, class2",
        assertThrows(IllegalArgumentException.class, () -> data.select("class3")).getMessage());
    assertEquals(
        "the class 'class0' is named twice",
        assertThrows(IllegalArgumentException.class, () -> data.select("class0", "class0"))
            .getMessage());
  }

  @Test
  void classesAreMergedByRelabelling() {
    Dataset data = Drawn.samples(1, 3, 4, 5);
    Dataset oneAgainstTheRest = data.relabel(List.of("other", "class1"), 0, 1, 0);
    assertArrayEquals(new int[] {8, 4}, oneAgainstTheRest.counts());
    assertArrayEquals(new int[] {3, 4}, data.relabel(List.of("a", "b"), 0, 1, -1).counts());
  }

  @Test
  void aSampleThatIsNotThereIsAnError() {
    assertThrows(
        IndexOutOfBoundsException.class, () -> Drawn.samples(1, 3).subset(0, 3));
  }
}
