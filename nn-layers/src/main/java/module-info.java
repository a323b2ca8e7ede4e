/// Layers, networks by name, and the state of a network in files. Inference in an application needs this and `nn.core`.
module nn.layers {
  requires transitive nn.core;
  requires com.fasterxml.jackson.core;
  requires static transitive org.jspecify;

  exports nn.layers;
  exports nn.layers.image;
  exports nn.layers.state;
  exports nn.layers.zoo;
}
