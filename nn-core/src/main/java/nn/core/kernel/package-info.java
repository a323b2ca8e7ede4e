/// The loops: one contract, a scalar reference, and implementations on the JDK Vector API.
@NullMarked
package nn.core.kernel;

import org.jspecify.annotations.NullMarked;
