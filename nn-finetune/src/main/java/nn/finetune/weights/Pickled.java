package nn.finetune.weights;

import nn.layers.state.DType;

/// The few things, beside plain values, that a pickle of weights can hold once it is read.
sealed interface Pickled {
  /// A Python name that was mentioned, such as `torch.FloatStorage`. Naming it is all that ever happens to it.
  record Global(String module, String name) implements Pickled {
    @Override
    public String toString() {
      return module + "." + name;
    }
  }

  /// A storage that lies elsewhere in the file.
  ///
  /// @param key where
  /// @param offset the first element of it that is meant (views in old files)
  /// @param elements how many elements it has
  record Storage(DType dtype, String key, long offset, long elements) implements Pickled {}

  /// A view of a storage. Offset and strides count elements.
  record View(Storage storage, long offset, long[] extents, long[] strides) implements Pickled {}

  /// Python's None, which a Java list cannot always hold as null.
  enum None implements Pickled {
    NONE
  }

  /// The bottom of a group of values on the stack.
  enum Mark implements Pickled {
    MARK
  }
}
