package nn.cli.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.List;
import nn.finetune.data.Dataset;
import org.junit.jupiter.api.Test;

class PicturesTest {
  private static final List<Thing> OTHERS = List.of(Thing.TREE, Thing.BOAT);

  @Test
  void the_same_seed_draws_the_same_pictures() {
    Dataset once = Pictures.of(Thing.CAR, OTHERS, 20, 7);
    Dataset again = Pictures.of(Thing.CAR, OTHERS, 20, 7);
    for (int i = 0; i < once.size(); i++) {
      assertArrayEquals(once.image(i).values(), again.image(i).values());
    }
  }

  @Test
  void no_two_pictures_are_alike() {
    Dataset pictures = Pictures.of(Thing.TRUCK, OTHERS, 10, 7);
    for (int i = 1; i < pictures.size(); i++) {
      assertFalse(Arrays.equals(pictures.image(0).values(), pictures.image(i).values()));
    }
  }

  @Test
  void things_and_others_take_turns() {
    Dataset pictures = Pictures.of(Thing.TRUCK, OTHERS, 3, 7);
    assertEquals(List.of("other", "truck"), pictures.classes());
    assertArrayEquals(new int[] {3, 3}, pictures.counts());
    assertArrayEquals(new int[] {2, 2}, Pictures.first(pictures, 2).counts());
  }

  @Test
  void every_thing_can_be_drawn() {
    for (Thing thing : Thing.values()) {
      assertEquals(Photograph.SIDE, Pictures.of(thing, List.of(thing), 1, 1).image(1).width());
    }
  }
}
