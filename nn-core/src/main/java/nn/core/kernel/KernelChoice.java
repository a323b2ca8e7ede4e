package nn.core.kernel;

/// Which [Kernels] this process uses.
public final class KernelChoice {
  private static volatile Kernels active = new ScalarKernels();

  private KernelChoice() {}

  /// The kernels in use.
  public static Kernels active() {
    return active;
  }

  /// Uses other kernels from now on, in the whole process. For tests and benchmarks.
  public static void use(Kernels kernels) {
    active = kernels;
  }
}
