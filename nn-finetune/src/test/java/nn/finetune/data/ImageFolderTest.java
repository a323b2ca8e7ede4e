package nn.finetune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import nn.layers.image.Preprocessing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
  private static final byte[] JPEG = Drawn.encoded(Drawn.noise(24, 16, 1), "jpeg");
  private static final byte[] PNG = Drawn.encoded(Drawn.noise(20, 20, 2), "png");

  @TempDir Path root;

  private Path photos() {
    return root.resolve("photos");
  }

  private Path file(String name, byte[] bytes) {
    return Drawn.write(photos().resolve(name), bytes);
  }

  private String problem() {
    return Drawn.messageOf(() -> ImageFolder.of(photos())).replace(root.toString(), "…");
  }

  private void twoClasses() {
    file("tulip/2.png", PNG);
    file("rose/b.jpg", JPEG);
    file("tulip/10.JPEG", JPEG);
    file("rose/a.png", PNG);
    file("rose/c.jpg", JPEG);
  }

  @Test
  void classesAndFilesComeInTheOrderOfTheirNames() {
    twoClasses();
    ImageFolder data = ImageFolder.of(photos());
    assertEquals(List.of("rose", "tulip"), data.classes());
    assertEquals(
        List.of("rose/a.png", "rose/b.jpg", "rose/c.jpg", "tulip/10.JPEG", "tulip/2.png"),
        IntStream.range(0, data.size())
            .mapToObj(i -> photos().relativize(Path.of(data.name(i))).toString())
            .toList());
    assertEquals("[3, 2]", Arrays.toString(data.counts()));
    assertEquals(0, data.label(2));
    assertEquals(1, data.label(3));
    assertEquals(24, data.image(1).width());
    assertEquals(Preprocessing.imageNet(), data.preprocessing());
    assertEquals("5 images of 2 classes", data.toString());
  }

  @Test
  void brokenImagesAreLeftOutAndNamed() {
    twoClasses();
    file("rose/broken.jpg", Arrays.copyOf(JPEG, JPEG.length / 2));
    file("rose/text.png", new byte[] {'h', 'i'});
    file("tulip/nothing.gif", new byte[0]);
    ImageFolder data = ImageFolder.of(photos());
    assertEquals(5, data.size());
    assertEquals("5 images of 2 classes; 3 broken and left out", data.toString());
    assertTrue(data.broken().get(0).startsWith(photos().resolve("rose/broken.jpg") + ": "));
    assertEquals(
        photos().resolve("rose/text.png")
            + ": is not a JPEG, PNG, BMP or GIF, whatever its name says (it begins with 6869)",
        data.broken().get(1));
    assertEquals(photos().resolve("tulip/nothing.gif") + ": is empty", data.broken().get(2));
  }

  @Test
  void unlessItIsCheckedABrokenImageIsAnErrorWhenItIsAskedFor() {
    twoClasses();
    Path broken = file("rose/broken.jpg", Arrays.copyOf(JPEG, JPEG.length / 2));
    ImageFolder data = ImageFolder.unchecked(photos());
    assertEquals(6, data.size());
    assertEquals(broken.toString(), data.name(2));
    assertTrue(Drawn.messageOf(() -> data.image(2)).startsWith(broken + ": "));
  }

  @Test
  void otherFilesAreIgnoredAndCounted() throws IOException {
    twoClasses();
    file("rose/notes.txt", new byte[3]);
    file("rose/.hidden.jpg", new byte[3]);
    file("tulip/more/x.jpg", JPEG);
    file("readme.md", new byte[3]);
    Files.createDirectories(photos().resolve("empty"));
    ImageFolder data = ImageFolder.of(photos());
    assertEquals(
        List.of(photos().resolve("rose/notes.txt"), photos().resolve("tulip/more")),
        data.ignored());
    assertEquals("5 images of 2 classes; 2 other files ignored", data.toString());
    assertEquals(List.of("rose", "tulip"), data.classes());
  }

  @Test
  void aFolderWithoutClassesIsAnErrorThatSaysWhatIsExpected() throws IOException {
    assertEquals("…/photos: there is no such folder", problem());
    Files.createDirectories(photos());
    String expected =
        "…/photos: has no folders with images in it; expected is one folder for each class, with"
            + " JPEG, PNG, BMP or GIF: photos/<class>/<image>.jpg";
    assertEquals(expected, problem());
    file("a.jpg", JPEG);
    assertEquals(expected, problem());
    file("train/rose/a.jpg", JPEG);
    assertEquals(
        expected + ". There are folders in …/photos/train: is that the one meant?", problem());
  }

  @Test
  void oneClassAloneIsAnError() {
    file("rose/a.jpg", JPEG);
    assertEquals(
        "…/photos: has images of one class only ('rose'); to tell classes apart, at least two are"
            + " needed",
        problem());
  }

  @Test
  void aClassOfBrokenImagesIsAnErrorThatNamesThem() {
    twoClasses();
    file("weed/a.jpg", new byte[0]);
    assertEquals(
        "…/photos: no image of the class 'weed' can be read: …/photos/weed/a.jpg: is empty",
        problem());
  }

  @Test
  void theProgramOfAUserIsShort() {
    twoClasses();
    int images = 0;
    for (Batch batch : ImageFolder.of(photos()).batches(2, 1)) {
      assertEquals(224, batch.images().shape().dim(3));
      images += batch.size();
    }
    assertEquals(5, images);
  }

  @Test
  void aFileThatDisappearsIsNamedByTheBatch() throws IOException {
    twoClasses();
    ImageFolder data = ImageFolder.of(photos());
    Files.delete(photos().resolve("tulip/2.png"));
    Prefetch batches = data.batches(2, Preprocessing.cifar()).iterator();
    assertEquals(2, batches.next().size());
    assertEquals(2, batches.next().size());
    assertEquals(
        photos().resolve("tulip/2.png") + ": there is no such file",
        assertThrows(DataException.class, batches::next).getMessage());
  }
}
