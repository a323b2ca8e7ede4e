/// Standard networks, by the names that their published weights use.
@NullMarked
package nn.layers.zoo;

import org.jspecify.annotations.NullMarked;
