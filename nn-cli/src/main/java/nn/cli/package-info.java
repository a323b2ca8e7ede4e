/// The command line: the only part of Graft that prints. [Main] lists the commands, each in a file of its own.
@NullMarked
package nn.cli;

import org.jspecify.annotations.NullMarked;
