/* Products of sizes that say when they overflow. */
#ifndef BASE_INT_SAFE_H
#define BASE_INT_SAFE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* *out = count * size; false if count is negative or the product does not fit. */
static inline bool size_product(int64_t count, size_t size, size_t *out)
{
    return count >= 0 && !__builtin_mul_overflow((uint64_t)count, size, out);
}

/* *out = a * b for a, b >= 0; false if one is negative or the product does not fit. */
static inline bool int64_product(int64_t a, int64_t b, int64_t *out)
{
    return a >= 0 && b >= 0 && !__builtin_mul_overflow(a, b, out);
}

#endif
