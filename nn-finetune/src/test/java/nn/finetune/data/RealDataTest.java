package nn.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import nn.core.Shape;
import nn.layers.image.Preprocessing;
import org.junit.jupiter.api.Test;

class RealDataTest {
  private static final Path DATA =
      Path.of(System.getProperty("nn.shared.data", "../../shared/data"));

  private static Path shared(String name) {
    Path path = DATA.resolve(name);
    assumeTrue(Files.exists(path), () -> name + " is not there: looked in " + DATA);
    return path;
  }

  @Test
  void trashnetHasItsImagesInSixClasses() {
    ImageFolder data = ImageFolder.of(shared("trashnet"));
    assertEquals("2527 images of 6 classes", data.toString());
    assertEquals(
        List.of("cardboard", "glass", "metal", "paper", "plastic", "trash"), data.classes());
    assertArrayEquals(new int[] {403, 501, 410, 594, 482, 137}, data.counts());
    Dataset few = data.perClass(3, 1);
    for (Preprocessing size : List.of(Preprocessing.cifar(), Preprocessing.imageNet())) {
      for (Batch batch : few.batches(9, 1, size)) {
        assertEquals(
            Shape.of(9, 3, size.height(), size.width()), batch.images().shape());
        for (float number : batch.images().array()) {
          assertTrue(Math.abs(number) < 2.7f);
        }
      }
    }
  }

  @Test
  void cifarHasItsClasses() {
    Dataset data =
        Datasets.open(shared("cifar10/test1000.bin.gz"), CifarRecords.CIFAR10);
    assertEquals(1000, data.size());
    assertEquals(89, data.counts()[1]);
    assertEquals(109, data.counts()[9]);
    assertEquals("automobile", data.classes().get(1));
    assertArrayEquals(new int[] {89, 109}, data.select("automobile", "truck").counts());
  }

  @Test
  void digitsFindTheirLabels() {
    Dataset data = Datasets.open(shared("mnist/t10k-images-idx3-ubyte.gz"));
    assertEquals(10_000, data.size());
    assertEquals(List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"), data.classes());
    assertEquals(7, data.label(0));
    assertEquals(1135, data.counts()[1]);
    assertEquals(Preprocessing.mnist(), data.preprocessing());
    double sum = 0;
    for (Batch batch : data.batches(500, Preprocessing.mnist())) {
      for (float number : batch.images().array()) {
        sum += number;
      }
    }
    assertEquals(0.0058, sum / (10_000 * 784), 0.01); // the mean is that of the training images
  }

  @Test
  void flowersHaveAHundredOfEachOfFiveClasses() {
    Dataset data =
        Datasets.open(
            shared("flowers/test500.bin.gz"),
            List.of("orchid", "poppy", "rose", "sunflower", "tulip"));
    int[] hundreds = new int[5];
    Arrays.fill(hundreds, 100);
    assertArrayEquals(hundreds, data.counts());
  }

  @Test
  void aFolderWithTrainingAndTestImagesAsksForOneOfThem() {
    String problem = Drawn.messageOf(() -> Datasets.open(shared("cifar10")));
    assertTrue(problem.endsWith("name the ones that are meant: test1000.bin.gz, train4000.bin.gz"));
  }
}
