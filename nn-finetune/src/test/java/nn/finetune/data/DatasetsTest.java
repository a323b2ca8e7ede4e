package nn.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {
  @TempDir Path root;

  private Path file(String name, byte[] bytes) {
    return Drawn.write(root.resolve(name), bytes);
  }

  private String problem(Runnable body) {
    return Drawn.messageOf(body).replace(root.toString(), "…");
  }

  private static byte[] records(int... labels) {
    byte[] bytes = new byte[labels.length * 3073];
    for (int i = 0; i < labels.length; i++) {
      bytes[i * 3073] = (byte) labels[i];
    }
    return bytes;
  }

  @Test
  void aFolderOfRecordsIsOneDataSet() {
    file("set/data_batch_1.bin", records(0, 1));
    file("set/data_batch_2.bin.gz", Drawn.gzip(records(4, 0)));
    file("set/readme.txt", new byte[3]);
    Dataset data = Datasets.open(root.resolve("set"));
    assertEquals(List.of("0", "1", "2", "3", "4"), data.classes());
    assertArrayEquals(new int[] {2, 1, 0, 0, 1}, data.counts());
    assertEquals("data_batch_2.bin.gz#0", data.name(2));
    assertEquals(4, data.label(2));
  }

  @Test
  void trainingAndTestImagesAreNotMixedUnasked() {
    Path train = file("set/train.bin", records(0, 1));
    Path test = file("set/test.bin", records(1));
    assertEquals(
        "…/set: has several files of images, for training and for testing; name the ones that are"
            + " meant: test.bin, train.bin",
        problem(() -> Datasets.open(root.resolve("set"))));
    assertEquals(3, Datasets.open(List.of(train, test), List.of()).size());
  }

  @Test
  void aFolderOfClassFoldersIsAnImageFolder() {
    byte[] image = Drawn.encoded(Drawn.noise(8, 8, 1), "png");
    file("photos/a/1.png", image);
    file("photos/b/1.png", image);
    Path photos = root.resolve("photos");
    assertInstanceOf(ImageFolder.class, Datasets.open(photos));
    assertEquals(2, Datasets.open(photos, List.of("a", "b")).size());
    assertEquals(
        "…/photos: has the classes a, b, but named were b, a",
        problem(() -> Datasets.open(photos, List.of("b", "a"))));
  }

  @Test
  void anythingElseIsAnErrorThatListsWhatIsRead() {
    String known =
        "expected is one folder for each class, full of images; or CIFAR records (.bin, .bin.gz); or"
            + " IDX files (…images-idx3-ubyte, .gz)";
    assertEquals(
        "…/none: there is no such file or folder",
        problem(() -> Datasets.open(root.resolve("none"))));
    Path text = file("set/notes.txt", new byte[] {1, 2, 3});
    assertEquals(
        "…/set/notes.txt: is of no known kind; " + known, problem(() -> Datasets.open(text)));
    assertEquals(
        "…/set: has neither folders nor files of a known kind in it; " + known,
        problem(() -> Datasets.open(root.resolve("set"))));
  }

  @Test
  void onlyDataOfTheSameClassesAreJoined() {
    Dataset two = Drawn.samples(4, 1, 2);
    Dataset both = Dataset.concat(two, two.subset(), two.subset(2));
    assertEquals(4, both.size());
    assertEquals("noise#2", both.name(3));
    assertEquals(two.label(2), both.label(3));
    assertEquals("noise#0", both.name(0));
    assertEquals(
        "data sets of different classes cannot be joined: class0, class1 and class1",
        problem(() -> Dataset.concat(two, two.select("class1"))));
  }
}
