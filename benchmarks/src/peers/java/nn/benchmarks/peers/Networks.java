package nn.benchmarks.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import nn.core.Workspace;
import nn.core.kernel.CountingKernels;
import nn.core.kernel.KernelChoice;
import nn.core.kernel.Kernels;
import nn.core.kernel.Parallel;
import nn.finetune.ParameterGroup;
import nn.finetune.Sgd;
import nn.layers.Layer;
import nn.layers.Pass;
import nn.layers.zoo.ModelZoo;

/// Whole networks: inference, and steps of training, as a user of either library has them without asking for more. So our
/// convolutions keep their packed weights from one inference to the next, which PyTorch has to be asked for, and PyTorch's arrays
/// have the usual order, NCHW. PyTorch is faster with the channels last in memory (`torch.channels_last`), which has to be asked
/// for as well: some lines say how much, without a target.
final class Networks {
  private static final float RATE = 1e-5f; // fresh networks are sensitive: a larger one multiplies the last digits

  private Networks() {}

  static List<Work> all(int threads) {
    List<Work> all = new ArrayList<>();
    inference(all, "resnet18", 224, 8, 1.5, false);
    training(all, "resnet18", 224, 8, 1.25, false);
    inference(all, "resnet18", 224, 1, 1.3, false);
    training(all, "resnet50", 224, 4, 1.1, false);
    inference(all, "mobilenet_v2", 224, 8, 1.2, false);
    training(all, "mobilenet_v2", 224, 8, 2.0, false);
    training(all, "cifar-resnet20", 32, 128, 1.5, false);
    inference(all, "resnet18", 224, 8, 0, true);
    training(all, "resnet18", 224, 8, 0, true);
    inference(all, "mobilenet_v2", 224, 8, 0, true);
    training(all, "mobilenet_v2", 224, 8, 0, true);
    all.add(
        Work.network(
            "frozen networks", "resnet18 224×224, batch 8: head alone trained, against inference",
            "our own inference", 1 / 1.05,
            () -> operations(new Ours("resnet18", 224, 8).headAlone(), Ours::step), () -> {
              Ours head = new Ours("resnet18", 224, 8).headAlone();
              Ours inference = new Ours("resnet18", 224, 8);
              return new Work.Sides(
                  Timed.of(head::step), Timed.of(inference::infer), null, null, 0, () -> {});
            }));
    if (threads > 1) {
      all.add(
          Work.network(
              "threads", "resnet18 224×224, batch 8: training step", "our own on 1 thread", 1.8,
              () -> operations(new Ours("resnet18", 224, 8), Ours::step), () -> {
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

  private static String order(boolean channelsLast) {
    return channelsLast ? ", PyTorch with channels last" : "";
  }

  private static void inference(
      List<Work> all, String name, int side, int batch, double target, boolean channelsLast) {
    all.add(
        Work.network(
            "networks, inference" + order(channelsLast), line(name, side, batch, "inference"),
            "PyTorch", target,
            () -> operations(new Ours(name, side, batch), Ours::infer), () -> {
              Torch.record(false);
              Ours ours = new Ours(name, side, batch);
              TorchNetwork peer = new TorchNetwork(name, ours.model, channelsLast);
              NDArray x = Torch.array(ours.x, channelsLast);
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
      List<Work> all, String name, int side, int batch, double target, boolean channelsLast) {
    all.add(
        Work.network(
            "networks, training" + order(channelsLast), line(name, side, batch, "training step"),
            "PyTorch", target,
            () -> operations(new Ours(name, side, batch), Ours::step), () -> {
              Ours ours = new Ours(name, side, batch);
              Step peer = torch(ours, channelsLast);
              return new Work.Sides(
                  Timed.of(ours::step), Timed.of(peer::run), () -> losses(ours::step),
                  () -> losses(peer), 5e-3, () -> {});
            }));
  }

  /// Operations of the direct algorithms, counted while it runs once.
  private static double operations(Ours network, Consumer<Ours> run) {
    Kernels kernels = Kernels.active();
    CountingKernels counting = new CountingKernels(kernels);
    KernelChoice.use(counting);
    try {
      run.accept(network);
    } finally {
      KernelChoice.use(kernels);
    }
    return counting.operations();
  }

  /// A step of training.
  interface Step {
    /// Takes it, and returns the loss.
    float run();
  }

  /// The same network's steps by PyTorch, on copies of its weights, images and labels.
  static Step torch(Ours ours, boolean channelsLast) {
    Torch.record(true);
    TorchNetwork peer = new TorchNetwork(ours.name, ours.model, channelsLast);
    NDArray x = Torch.array(ours.x, channelsLast);
    NDArray labels = Torch.array(ours.oneHot());
    return () -> peer.step(x, labels, RATE);
  }

  private static float[] losses(Step step) {
    return new float[] {step.run(), step.run(), step.run()};
  }

  /// One of our networks with images to work on; without dropout, which would draw other numbers than the peer's.
  static final class Ours {
    final String name;
    final Layer model;
    final NdArray x;
    final int[] labels;
    private final Sgd optimizer;
    private final Workspace workspace = new Workspace();

    Ours(String name, int side, int batch) {
      this.name = name;
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

    Ours headAlone() {
      model.freeze().at(model.headPath()).unfreeze();
      return this;
    }

    /// A row for each image, 1 at its label.
    NdArray oneHot() {
      NdArray rows = NdArray.zeros(Shape.of(labels.length, 10));
      for (int i = 0; i < labels.length; i++) {
        rows.writable()[i * 10 + labels[i]] = 1;
      }
      return rows;
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
