/// Arrays, tensors and reverse-mode differentiation.
@NullMarked
package nn.core;

import org.jspecify.annotations.NullMarked;
