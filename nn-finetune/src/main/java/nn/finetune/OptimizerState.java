package nn.finetune;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nn.core.NdArray;
import nn.layers.Parameter;

/// What an optimizer remembers, apart from it: for a checkpoint. Arrays by `<path>/<what>`, such as
/// `fc.weight/momentum`; how many updates a parameter has had by its path.
///
/// @param arrays copies of the arrays
/// @param updates how many updates each parameter has had
public record OptimizerState(Map<String, NdArray> arrays, Map<String, Long> updates) {
  public OptimizerState {
    arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays)); // keeps the order
    updates = Collections.unmodifiableMap(new LinkedHashMap<>(updates));
  }

  static OptimizerState of(List<Optimizer.Owned> owned, Map<Parameter, ParameterState> states) {
    Map<String, NdArray> arrays = new LinkedHashMap<>();
    Map<String, Long> updates = new LinkedHashMap<>();
    for (Optimizer.Owned one : owned) {
      ParameterState state = states.get(one.parameter());
      if (state != null) {
        updates.put(one.path(), state.updates());
        state.arrays().forEach((what, a) -> arrays.put(one.path() + "/" + what, a.copy()));
      }
    }
    return new OptimizerState(arrays, updates);
  }

  /// The states of these parameters, as copies.
  Map<Parameter, ParameterState> forParameters(List<Optimizer.Owned> owned) {
    Map<Parameter, ParameterState> states = new IdentityHashMap<>();
    Map<String, Optimizer.Owned> byPath = new LinkedHashMap<>();
    owned.forEach(one -> byPath.put(one.path(), one));
    List<String> problems = new ArrayList<>();
    updates.forEach((path, count) -> {
      Optimizer.Owned one = byPath.get(path);
      if (one == null) {
        problems.add("no parameter '" + path + "'");
      } else {
        ParameterState state = new ParameterState(one.parameter().shape());
        state.restore(count);
        states.put(one.parameter(), state);
      }
    });
    arrays.forEach((name, array) -> {
      int slash = name.lastIndexOf('/');
      String path = name.substring(0, Math.max(0, slash));
      Optimizer.Owned one = byPath.get(path);
      if (!updates.containsKey(path)) {
        problems.add("'" + name + "' without a number of updates");
      } else if (one != null && !array.shape().equals(one.parameter().shape())) {
        problems.add(
            "'" + name + "' is " + array.shape() + ", the parameter is " + one.parameter().shape());
      } else if (one != null) {
        ParameterState state = states.get(one.parameter());
        if (state != null) {
          state.array(name.substring(slash + 1)).set(array);
        }
      }
    });
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "this state is not of this optimizer's parameters: " + String.join("; ", problems));
    }
    return states;
  }
}
