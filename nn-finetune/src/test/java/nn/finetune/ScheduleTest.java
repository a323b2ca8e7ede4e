package nn.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ScheduleTest {
  @Test
  void aConstantScheduleIsAlwaysOne() {
    assertEquals(1, Schedule.constant().factor(0, 10));
    assertEquals(1, Schedule.constant().factor(9, 10));
  }

  @Test
  void aCosineStartsAtOneIsAHalfInTheMiddleAndEndsAtZero() {
    assertEquals(1, Schedule.cosine().factor(0, 10));
    assertEquals(0.5, Schedule.cosine().factor(5, 10), 1e-12);
    assertEquals(0, Schedule.cosine().factor(10, 10), 1e-12);
  }

  @Test
  void aCosineCanEndAboveZero() {
    assertEquals(1, Schedule.cosine(0.1).factor(0, 10));
    assertEquals(0.1, Schedule.cosine(0.1).factor(10, 10), 1e-12);
  }

  @Test
  void aStraightLineFallsEvenly() {
    assertEquals(0.75, Schedule.linear().factor(1, 4));
  }

  @Test
  void stepDecayMultipliesAtEachPartOfTheRun() {
    Schedule schedule = Schedule.stepDecay(0.1, 0.5, 0.75);
    assertEquals(1, schedule.factor(49, 100));
    assertEquals(0.1, schedule.factor(50, 100), 1e-12);
    assertEquals(0.01, schedule.factor(75, 100), 1e-12);
  }

  @Test
  void aWarmUpGrowsInAStraightLineAndTheRestOfTheRunIsTheSchedules() {
    Schedule schedule = Schedule.cosine().withWarmUp(4);
    assertEquals(0.25, schedule.factor(0, 14));
    assertEquals(1, schedule.factor(3, 14));
    assertEquals(1, schedule.factor(4, 14));
    assertEquals(0.5, schedule.factor(9, 14), 1e-12);
  }

  @Test
  void aRunShorterThanItsWarmUpIsAllWarmUp() {
    assertEquals(0.5, Schedule.cosine().withWarmUp(4).factor(1, 2));
  }

  @Test
  void partsThatDoNotGrowAreAnError() {
    assertEquals(
        "the parts of the run must lie between 0 and 1 and grow: [0.5, 0.5]",
        assertThrows(IllegalArgumentException.class, () -> Schedule.stepDecay(0.1, 0.5, 0.5))
            .getMessage());
  }
}
