/// The demonstration: a network that knows cars learns trucks, on pictures that the program draws itself.
@NullMarked
package nn.cli.demo;

import org.jspecify.annotations.NullMarked;
