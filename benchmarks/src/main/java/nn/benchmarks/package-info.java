/// Every hot loop, with and without the Vector API in the same run; matrix products beside EJML as well. Beside PyTorch: `benchmarks/compare`.
@NullMarked
package nn.benchmarks;

import org.jspecify.annotations.NullMarked;
