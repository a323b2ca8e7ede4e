package nn.core.kernel;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a kernel made of weights that are not being trained, kept for the next call: ResNet-18 on one image takes 26 ms in
/// place of 33 (AMD Zen 3). Belongs to one state of an array: when its numbers change, there is a new one
/// ([nn.core.NdArray#packed]). One form is kept, the last that was asked for. Safe to share between threads.
public final class PackedForms {
  /// How the numbers are laid out.
  enum Kind {
    /// Transformed for [VectorWinograd]: four times as many numbers.
    WINOGRAD,
    /// The same for a step of 2: 16 numbers for 9.
    WINOGRAD_STEP2,
    /// For [VectorConvolution], without groups.
    DIRECT,
    /// For [VectorPointwise].
    POINTWISE
  }

  private record Form(Kind kind, float[] numbers) {}

  private final int version;
  private volatile @Nullable Form form;

  /// @param version of the array that these are forms of
  public PackedForms(int version) {
    this.version = version;
  }

  /// The version of the array that these are forms of.
  public int version() {
    return version;
  }

  float[] of(Kind kind, Supplier<float[]> pack) {
    Form kept = form;
    if (kept == null || kept.kind != kind) {
      kept = new Form(kind, pack.get());
      form = kept;
    }
    return kept.numbers;
  }
}
