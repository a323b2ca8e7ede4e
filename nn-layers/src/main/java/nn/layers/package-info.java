/// Layers: functions with parameters, put together from slots; freezing, heads and surgery.
@NullMarked
package nn.layers;

import org.jspecify.annotations.NullMarked;
