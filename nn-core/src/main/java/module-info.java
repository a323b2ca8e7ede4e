/// Arrays, tensors, reverse-mode differentiation, and the kernels below them. Depends on nothing; uses the incubating
/// Vector API where the JVM was started with `--add-modules jdk.incubator.vector`.
module nn.core {
  requires static jdk.incubator.vector;
  requires static transitive org.jspecify;

  exports nn.core;
  exports nn.core.kernel;
}
