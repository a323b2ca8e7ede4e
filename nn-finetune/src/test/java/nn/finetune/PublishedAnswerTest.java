package nn.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import nn.finetune.data.CifarRecords;
import nn.finetune.data.Dataset;
import nn.finetune.data.Datasets;
import nn.finetune.weights.Weights;
import nn.layers.Layer;
import nn.layers.image.Preprocessing;
import nn.layers.zoo.ModelZoo;
import org.junit.jupiter.api.Test;

/// A published network on published images: PyTorch's own count of right answers, and its loss.
class PublishedAnswerTest {
  private static Path shared(String name) {
    Path file = Path.of(System.getProperty("nn.shared.data", "../../shared/data"), name);
    assumeTrue(Files.exists(file), "there is no " + file);
    return file;
  }

  @Test
  void resNet20TellsExactlyAsManyImagesApartAsInPyTorch() throws IOException {
    Layer network = ModelZoo.create("cifar-resnet20", 10);
    Weights.read(shared("cifar10-resnets/resnet20-12fca82f.th")).into(network);
    Dataset images = Datasets.open(shared("cifar10/test1000.bin.gz"), CifarRecords.CIFAR10);
    Evaluation evaluation = Evaluation.of(network, images.batches(100, Preprocessing.cifar()));
    assertEquals(1000, evaluation.total());
    assertEquals(915, evaluation.right());
    assertEquals(0.384205, evaluation.loss(), 0.0002);
  }
}
