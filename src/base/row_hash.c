#include "row_hash.h"

#include <string.h>

enum { STREAMS = 4 };

/* MurmurHash3's 64-bit finalizer. */
static uint64_t mix(uint64_t x)
{
    x ^= x >> 33;
    x *= UINT64_C(0xff51afd7ed558ccd);
    x ^= x >> 33;
    x *= UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ (x >> 33);
}

/* One number into one stream: for a given number a permutation of the stream, for a given stream another value for every
   number. */
static inline uint64_t take(uint64_t stream, float number)
{
    const float value = number + 0.0F; /* -0 becomes 0 */
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    stream = (stream ^ bits) * UINT64_C(0x9e3779b97f4a7c15);
    return stream ^ (stream >> 32);
}

/* Number j goes into stream j % 4, so that four multiplications run at a time; the streams are mixed at the end. */
uint64_t row_hash(const float *row, int64_t cols)
{
    uint64_t stream[STREAMS] = {1, 2, 3, 4}, hash = (uint64_t)cols;
    const int64_t whole = cols - cols % STREAMS;
    for (int64_t j = 0; j < whole; j += STREAMS)
        for (int i = 0; i < STREAMS; i++)
            stream[i] = take(stream[i], row[j + i]);
    for (int64_t j = whole; j < cols; j++)
        stream[j - whole] = take(stream[j - whole], row[j]);
    for (int i = 0; i < STREAMS; i++)
        hash = mix(hash ^ stream[i]) + UINT64_C(0x9e3779b97f4a7c15);
    return hash;
}

uint64_t row_hash_begin(int64_t count)
{
    return mix((uint64_t)count + UINT64_C(0x9e3779b97f4a7c15));
}

uint64_t row_hash_add(uint64_t digest, uint64_t number)
{
    return mix(digest ^ number) + UINT64_C(0x9e3779b97f4a7c15);
}

/* Up to 8 bytes as a number. */
static inline uint64_t number_at(const unsigned char *bytes, int64_t count)
{
    uint64_t number = 0;
    memcpy(&number, bytes, (size_t)(count < (int64_t)sizeof number ? count : (int64_t)sizeof number));
    return number;
}

/* Number j goes into stream j % 4, as in row_hash(). */
uint64_t row_hash_bytes(uint64_t digest, const void *bytes, int64_t size)
{
    enum { EACH = sizeof(uint64_t), TURN = STREAMS * EACH };
    const unsigned char *from = bytes;
    uint64_t stream[STREAMS];
    int64_t i = 0;
    digest = row_hash_add(digest, (uint64_t)size);
    for (int j = 0; j < STREAMS; j++)
        stream[j] = digest + (uint64_t)j;
    for (; i + TURN <= size; i += TURN)
        for (int j = 0; j < STREAMS; j++)
            stream[j] = row_hash_add(stream[j], number_at(from + i + j * EACH, EACH));
    for (int j = 0; i < size; i += EACH, j++)
        stream[j] = row_hash_add(stream[j], number_at(from + i, size - i));
    for (int j = 0; j < STREAMS; j++)
        digest = row_hash_add(digest, stream[j]);
    return digest;
}
