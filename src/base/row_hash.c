#include "row_hash.h"

#include <string.h>

/* One round of MurmurHash3's 64-bit finalizer over the running value. */
static uint64_t mix(uint64_t x)
{
    x ^= x >> 33;
    x *= UINT64_C(0xff51afd7ed558ccd);
    x ^= x >> 33;
    x *= UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ (x >> 33);
}

uint64_t row_hash(const float *row, int64_t cols)
{
    uint64_t hash = (uint64_t)cols;
    for (int64_t j = 0; j < cols; j++) {
        float value = row[j] + 0.0F; /* -0 becomes 0 */
        uint32_t bits;
        memcpy(&bits, &value, sizeof bits);
        hash = mix(hash ^ bits) + UINT64_C(0x9e3779b97f4a7c15);
    }
    return hash;
}
