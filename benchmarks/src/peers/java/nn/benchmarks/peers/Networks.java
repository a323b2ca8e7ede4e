package nn.benchmarks.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import nn.core.Workspace;
import nn.core.kernel.Parallel;
import nn.finetune.ParameterGroup;
import nn.finetune.Sgd;
import nn.layers.Layer;
import nn.layers.Pass;
import nn.layers.zoo.ModelZoo;

/// Whole networks: inference, and steps of training.
final class Networks {
  private static final float RATE = 1e-5f; // fresh networks are sensitive: a larger one multiplies the last digits

  private Networks() {}

  static List<Work> all(int threads) {
    List<Work> all = new ArrayList<>();
    inference(all, "resnet18", 224, 8, 1.5);
    training(all, "resnet18", 224, 8, 1.25);
    inference(all, "resnet18", 224, 1, 1.3);
    training(all, "resnet50", 224, 4, 1.1);
    inference(all, "mobilenet_v2", 224, 8, 1.2);
    training(all, "mobilenet_v2", 224, 8, 2.0);
    training(all, "cifar-resnet20", 32, 128, 1.5);
    all.add(
        new Work(
            "frozen networks", "resnet18 224×224, batch 8: head alone trained, against inference",
            "our own inference", 1 / 1.05, 0, () -> {
              Ours head = new Ours("resnet18", 224, 8);
              head.model.freeze().at(head.model.headPath()).unfreeze();
              Ours inference = new Ours("resnet18", 224, 8);
              return new Work.Sides(
                  Timed.of(head::step), Timed.of(inference::infer), null, null, 0, () -> {});
            }));
    if (threads > 1) {
      all.add(
          new Work(
              "threads", "resnet18 224×224, batch 8: training step", "our own, on 1 thread", 1.8, 0,
              () -> {
                Ours both = new Ours("resnet18", 224, 8);
                return new Work.Sides(
                    Timed.of(both::step),
                    () -> {
                      Parallel.threads(1);
                      try {
                        return Timed.of(both::step).run();
                      } finally {
                        Parallel.threads(threads);
                      }
                    },
                    null, null, 0, () -> {});
              }));
    }
    return all;
  }

  private static String line(String name, int side, int batch, String what) {
    return name + " " + side + "×" + side + ", batch " + batch + ": " + what;
  }

  private static void inference(
      List<Work> all, String name, int side, int batch, double target) {
    all.add(
        new Work(
            "networks, inference", line(name, side, batch, "inference"), "PyTorch", target, 0,
            () -> {
              Ours ours = new Ours(name, side, batch);
              TorchNetwork peer = new TorchNetwork(name, ours.model);
              NDArray x = Torch.array(ours.x);
              return new Work.Sides(
                  Timed.of(ours::infer),
                  Timed.of(() -> infer(peer, x, false)),
                  ours::scores,
                  () -> infer(peer, x, true),
                  1e-3,
                  x::close);
            }));
  }

  private static float[] infer(TorchNetwork network, NDArray x, boolean result) {
    try (NDManager manager = Torch.manager().newSubManager()) {
      NDArray input = x.stopGradient();
      input.attach(manager);
      NDArray scores = network.infer(input);
      return result ? Torch.floats(scores) : new float[0];
    }
  }

  private static void training(
      List<Work> all, String name, int side, int batch, double target) {
    all.add(
        new Work(
            "networks, training", line(name, side, batch, "training step"), "PyTorch", target, 0,
            () -> {
              Ours ours = new Ours(name, side, batch);
              TorchNetwork peer = new TorchNetwork(name, ours.model);
              NDArray x = Torch.array(ours.x);
              float[] oneHot = new float[batch * 10];
              for (int i = 0; i < batch; i++) {
                oneHot[i * 10 + ours.labels[i]] = 1;
              }
              NDArray labels = Torch.manager().create(
                  oneHot, new ai.djl.ndarray.types.Shape(batch, 10));
              return new Work.Sides(
                  Timed.of(ours::step),
                  Timed.of(() -> peer.step(x, labels, "", RATE)),
                  () -> losses(ours::step),
                  () -> losses(() -> peer.step(x, labels, "", RATE)),
                  5e-3,
                  x::close);
            }));
  }

  private interface Step {
    float run();
  }

  private static float[] losses(Step step) {
    return new float[] {step.run(), step.run(), step.run()};
  }

  /// One of our networks with images to work on; without dropout, which would draw other numbers than the peer's.
  static final class Ours {
    final Layer model;
    final NdArray x;
    final int[] labels;
    private final Sgd optimizer;
    private final Workspace workspace = new Workspace();

    Ours(String name, int side, int batch) {
      model = ModelZoo.create(name, 10);
      if (name.equals("mobilenet_v2")) {
        model.replace("classifier.0", new nn.layers.Identity());
      }
      x = NdArray.normal(Shape.of(batch, 3, side, side), 1, new SplittableRandom(1));
      labels = new int[batch];
      for (int i = 0; i < batch; i++) {
        labels[i] = i % 10;
      }
      optimizer = new Sgd(ParameterGroup.of(model.parameters(), RATE));
    }

    void infer() {
      try (Pass pass = Pass.inference(workspace)) {
        model.forward(x, pass);
      }
    }

    float[] scores() {
      return model.forward(x).array().clone();
    }

    float step() {
      try (Pass pass = Pass.training(1, workspace)) {
        Tensor loss = model.forward(x, pass).crossEntropy(labels);
        optimizer.step(loss.backward());
        return loss.value().item();
      }
    }
  }
}
