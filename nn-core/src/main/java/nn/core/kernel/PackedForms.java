package nn.core.kernel;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a kernel made of weights that are not being trained, kept for the next call: ResNet-18 on one image takes 26 ms in
/// place of 33 (AMD Zen 3). Belongs to one state of an array: when its numbers change, there is a new one
/// ([nn.core.NdArray#packed]). One form is kept, the last that was asked for. Safe to share between threads.
///
/// Arrays of several shapes may share their numbers, and so these forms: a form belongs to a kernel's extents as well.
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

  private record Form(Kind kind, int out, int in, int height, int width, float[] numbers) {
    boolean is(Kind kind, int out, int in, int height, int width) {
      return this.kind == kind && this.out == out && this.in == in && this.height == height
          && this.width == width;
    }
  }

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

  /// The form for a kernel `[out × in × height × width]`, packed now if it is not the one that is kept.
  float[] of(Kind kind, int out, int in, int height, int width, Supplier<float[]> pack) {
    Form kept = form;
    if (kept == null || !kept.is(kind, out, in, height, width)) {
      kept = new Form(kind, out, in, height, width, pack.get());
      form = kept;
    }
    return kept.numbers;
  }
}
