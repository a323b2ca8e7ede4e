/// Datasets, batches and augmentation.
@NullMarked
package nn.finetune.data;

import org.jspecify.annotations.NullMarked;
