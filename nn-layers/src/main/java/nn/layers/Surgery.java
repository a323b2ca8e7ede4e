package nn.layers;

/// Changes to the structure of a network, behind the methods of [Layer]. Everything is checked
/// before anything is changed.
final class Surgery {
  private Surgery() {}

  static void replace(Layer root, String path, Layer layer) {
    Slot slot = Paths.slot(root, path);
    checkNotAbove(root, Paths.parent(path), layer);
    slot.put(layer);
  }

  static void insertAfter(Layer root, String path, String name, Layer layer) {
    Paths.slot(root, path);
    String parent = Paths.parent(path);
    if (!(root.at(parent) instanceof Sequential chain)) {
      throw new IllegalArgumentException(
          "cannot insert after '"
              + path
              + "': "
              + notChain(root, parent)
              + "; to add to it, replace '"
              + path
              + "' with a chain that begins with it");
    }
    checkNotAbove(root, parent, layer);
    chain.insert(Paths.name(path), name, layer);
  }

  static void removeAfter(Layer root, String path) {
    Paths.slot(root, path);
    String parent = Paths.parent(path);
    if (!(root.at(parent) instanceof Sequential chain)) {
      throw new IllegalArgumentException(
          "cannot remove after '"
              + path
              + "': "
              + notChain(root, parent)
              + whereToCut(root, parent));
    }
    chain.cutAfter(Paths.name(path));
  }

  static void truncateAt(Layer root, String path) {
    Paths.slot(root, path);
    String outermost = null; // the outermost layer above the path that is not a chain
    for (String p = path; !p.isEmpty(); p = Paths.parent(p)) {
      String parent = Paths.parent(p);
      if (!(root.at(parent) instanceof Sequential)) {
        outermost = parent;
      }
    }
    if (outermost != null) {
      throw new IllegalArgumentException(
          "cannot truncate at '"
              + path
              + "': "
              + notChain(root, outermost)
              + whereToCut(root, outermost));
    }
    for (String p = path; !p.isEmpty(); p = Paths.parent(p)) {
      if (root.at(Paths.parent(p)) instanceof Sequential chain) {
        chain.cutAfter(Paths.name(p));
      }
    }
  }

  /// A layer that is put below itself would call itself without end.
  private static void checkNotAbove(Layer root, String parent, Layer layer) {
    for (String p = parent;; p = Paths.parent(p)) {
      Layer above = root.at(p);
      layer.walk((_, part) -> {
        if (part == above) {
          throw new IllegalArgumentException("a layer cannot be put below itself: " + part);
        }
      });
      if (p.isEmpty()) {
        return;
      }
    }
  }

  private static String notChain(Layer root, String path) {
    return (path.isEmpty() ? "the network (" : "'" + path + "' (")
        + root.at(path)
        + ") is not a Sequential, so nothing says what comes after what in it";
  }

  /// Where a chain can be cut instead, given the layer that is not a chain.
  private static String whereToCut(Layer root, String path) {
    for (String p = path; !p.isEmpty(); p = Paths.parent(p)) {
      String parent = Paths.parent(p);
      if (root.at(parent) instanceof Sequential chain) {
        return "; one can cut at '"
            + p
            + "', which holds it, or elsewhere in "
            + (parent.isEmpty() ? "the network" : "'" + parent + "'")
            + ": "
            + Paths.list(chain.slots.keySet());
      }
    }
    return "; only a network whose layers stand in a Sequential can be cut";
  }
}
