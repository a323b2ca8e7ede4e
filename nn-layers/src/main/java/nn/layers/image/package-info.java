/// From pixels to the numbers a network takes.
@NullMarked
package nn.layers.image;

import org.jspecify.annotations.NullMarked;
