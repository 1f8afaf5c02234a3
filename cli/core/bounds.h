/** @file bounds.h
 *  The smaller and the larger of two numbers.
 */
#ifndef CLUDI_CLI_BOUNDS_H
#define CLUDI_CLI_BOUNDS_H

#include <stdint.h>

/** @return the smaller one */
static inline int64_t min_int(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/** @return the larger one */
static inline int64_t max_int(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

#endif
