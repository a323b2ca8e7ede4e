package nn.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ContactSheetTest {
  private static BufferedImage sheet(boolean right) {
    BufferedImage picture = Photograph.of(Thing.CAR, new SplittableRandom(1));
    return ContactSheet.of(
        "title", Collections.nCopies(5, new ContactSheet.Print(picture, "car 99 %", right)), 4);
  }

  private static boolean has(BufferedImage image, Color colour) {
    return IntStream.range(0, image.getWidth() * image.getHeight()).anyMatch(
        i -> image.getRGB(i % image.getWidth(), i / image.getWidth()) == colour.getRGB());
  }

  @Test
  void mistakes_are_framed_in_red_and_the_rest_in_green() {
    assertTrue(has(sheet(true), new Color(0, 140, 60)));
    assertTrue(has(sheet(false), new Color(210, 30, 30)));
  }

  @Test
  void the_last_row_may_be_short() {
    BufferedImage one = ContactSheet.of(
        "title",
        List.of(
            new ContactSheet.Print(
                Photograph.of(Thing.CAR, new SplittableRandom(1)), "car", true)),
        4);
    assertEquals(one.getWidth(), sheet(true).getWidth());
    assertTrue(sheet(true).getHeight() > one.getHeight());
  }
}
