/* float32 to bf16. */
#ifndef ONEDNN_NARROW_H
#define ONEDNN_NARROW_H

#include <stdbool.h>
#include <stdint.h>

/* Whether this processor converts to bf16; narrow_rows() needs it. */
bool bf16_supported(void);

/* out (rows, cols) = in, whose rows lie `stride` numbers apart, rounded to nearest, halves to even; denormal numbers become
   0. */
void bf16_rows(uint16_t *out, const float *in, int64_t rows, int64_t cols, int64_t stride);

#endif
