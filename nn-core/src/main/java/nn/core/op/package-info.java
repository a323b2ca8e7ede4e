/// The operations, one record per file: the forward computation, what is kept, and the derivative.
@NullMarked
package nn.core.op;

import org.jspecify.annotations.NullMarked;
