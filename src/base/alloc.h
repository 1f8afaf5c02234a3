/* Memory: the one allocator of a context, with sizes multiplied through checked arithmetic.
   Nothing else in the library calls malloc. */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>
#include <stdint.h>

#include <cludi/context.h>

/* malloc and free. */
cludi_allocator alloc_system(void);

/* count * size bytes, aligned to 64, not cleared. NULL when there is no memory, the product overflows or is negative.
   A count of 0 gives a block that may be freed. */
void *alloc_array(const cludi_allocator *allocator, int64_t count, size_t size);

/* As alloc_array, cleared to zero. */
void *alloc_zeroed(const cludi_allocator *allocator, int64_t count, size_t size);

/* Frees what alloc_array gave; NULL is allowed. */
void alloc_free(const cludi_allocator *allocator, void *block);

#endif
