/* What a training will consist of, known before it begins. */
#ifndef FIT_OUTLINE_H
#define FIT_OUTLINE_H

#include <cludi/cluster.h>

/* config: checked. struct_size is set too. */
cludi_fit_outline outline_make(const cludi_config *config, int64_t rows, int32_t clusters);

#endif
