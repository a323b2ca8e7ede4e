/// Readers of other frameworks' weight files.
@NullMarked
package nn.finetune.weights;

import org.jspecify.annotations.NullMarked;
