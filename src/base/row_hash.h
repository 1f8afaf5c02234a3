/* A 64-bit fingerprint of a row's numbers. Equal rows have equal fingerprints, whatever their place, so it can stand
   for the row where its index must not matter: the order of training, the noise of a prediction. */
#ifndef BASE_ROW_HASH_H
#define BASE_ROW_HASH_H

#include <stdint.h>

/* Fingerprint of row[0..cols); -0 counts as 0. */
uint64_t row_hash(const float *row, int64_t cols);

/* A digest of a sequence of 64-bit numbers: begun with how many there are, then each in its order. */
uint64_t row_hash_begin(int64_t count);
uint64_t row_hash_add(uint64_t digest, uint64_t number);

/* Adds how many bytes there are, and each of them: every bit counts, that of -0 too. */
uint64_t row_hash_bytes(uint64_t digest, const void *bytes, int64_t size);

#endif
