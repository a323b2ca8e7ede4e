/// Fine-tuning: data, training, and the weights of other frameworks.
module nn.finetune {
  requires transitive nn.layers;
  requires transitive java.desktop; // reads images
  requires static transitive org.jspecify;

  exports nn.finetune;
  exports nn.finetune.data;
  exports nn.finetune.weights;
}
