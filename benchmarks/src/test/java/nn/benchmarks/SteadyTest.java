package nn.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SteadyTest {
  @Test
  void medianIsTheMiddleOrBetweenTheTwoThatAre() {
    assertEquals(2, Steady.median(new double[] {9, 1, 2}));
    assertEquals(1.5, Steady.median(new double[] {2, 1}));
  }

  @Test
  void codeThatGetsFasterIsNotSteady() {
    assertFalse(Steady.halves(new double[] {9, 3, 2, 1.2, 1}, 0.1));
    assertTrue(Steady.halves(new double[] {1.02, 1, 7, 1, 0.99}, 0.1));
  }

  @Test
  void slowerThanBeforeIsNotSteadyEither() {
    assertFalse(Steady.same(new double[] {1, 1}, new double[] {1.2, 1.2}, 0.1));
  }

  @Test
  void oneTimeOrNoneSaysNothing() {
    assertFalse(Steady.halves(new double[] {1}, 0.1));
    assertFalse(Steady.same(new double[0], new double[] {1}, 0.1));
  }
}
