package nn.layers;

import nn.core.Tensor;

/// y = main(x) + shortcut(x): main only has to learn what to change. He et al., "Deep Residual
/// Learning", 2015.
///
/// Without a shortcut of its own, x itself is added. Blocks whose published names have no name for
/// the main way write the sum in a layer of their own (see the blocks of
/// [ResNet][nn.layers.zoo.ResNet]).
public final class Residual extends Layer {
  private final Slot main;
  private final Slot shortcut;

  /// y = main(x) + x.
  ///
  /// @param name the name of main within this layer, as published weights have it
  public Residual(String name, Layer main) {
    this(name, main, "shortcut", new Identity());
  }

  /// y = main(x) + shortcut(x).
  public Residual(String mainName, Layer main, String shortcutName, Layer shortcut) {
    super();
    this.main = slot(mainName, main);
    this.shortcut = slot(shortcutName, shortcut);
  }

  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    return main.forward(x, pass).plus(shortcut.forward(x, pass));
  }
}
