package nn.samples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import nn.core.Tensor;
import nn.finetune.AdamW;
import nn.finetune.Evaluation;
import nn.finetune.ParameterGroup;
import nn.finetune.data.Batch;
import nn.finetune.data.Batches;
import nn.finetune.data.Dataset;
import nn.finetune.data.ImageFolder;
import nn.finetune.weights.Weights;
import nn.layers.Layer;
import nn.layers.Pass;
import nn.layers.image.Preprocessing;
import nn.layers.state.ModelCard;
import nn.layers.state.ModelFile;
import nn.layers.zoo.ModelZoo;

/// The whole road in one screen: import, new head, freeze, train, save. It is the program of the README.
///
/// Arguments: the weights of a CIFAR ResNet-20, a folder with a folder of images for each class, the file to write.
public final class FineTune {
  private FineTune() {}

  public static void main(String[] args) throws IOException {
    Layer model = ModelZoo.create("cifar-resnet20", 10);
    Weights.read(Path.of(args[0])).into(model); // import: all or nothing, with a report
    Preprocessing preprocessing = Preprocessing.cifar();

    Dataset.Split photos = ImageFolder.of(Path.of(args[1])).split(0.2, 1);
    int classes = photos.rest().classes().size();
    model.replaceHead(classes, new SplittableRandom(1)); // the old classes go, new ones come
    model.freeze().at(model.headPath()).unfreeze(); // keep what it knows

    Batches batches = photos.rest().batches(32, 1, preprocessing);
    var optimizer = new AdamW(ParameterGroup.of(model.parameters(), 0.01));
    for (int epoch = 1; epoch <= 5; epoch++) {
      for (Batch batch : batches.epoch(epoch)) {
        Tensor scores = model.forward(batch.images(), Pass.training(epoch));
        Tensor loss = scores.crossEntropy(batch.labels());
        optimizer.step(loss.backward()); // gradients are a value
      }
      var evaluation = Evaluation.of(model, photos.held().batches(32, preprocessing));
      System.out
          .println("epoch " + epoch + ": " + evaluation.right() + " of " + evaluation.total());
    }
    var card =
        new ModelCard(
            "cifar-resnet20", photos.rest().classes(), preprocessing.toJson(), "", Map.of());
    new ModelFile(card, model).write(Path.of(args[2])); // says what it is: nothing else is needed
  }
}
