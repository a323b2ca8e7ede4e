/// State of networks in files: safetensors, loading with a plan and a report, model cards.
@NullMarked
package nn.layers.state;

import org.jspecify.annotations.NullMarked;
