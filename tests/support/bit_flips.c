#include "bit_flips.h"

#include <string.h>

size_t find_numbers(const unsigned char *file)
{
    uint64_t length;
    memcpy(&length, file, sizeof length);
    return sizeof length + (size_t)length;
}

int count_refused_flips(unsigned char *file, size_t size, int count, uint64_t seed,
                        bool (*is_refused)(void *user, const unsigned char *file, size_t size), void *user,
                        int *in_header)
{
    const size_t numbers = find_numbers(file);
    int refused[2] = {0, 0};
    for (int i = 0; i < 2 * count; i++) {
        const bool is_header = i >= count;
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const size_t bit =
            (size_t)(seed >> 33) % (8 * (is_header ? numbers : size - numbers)) + (is_header ? 0 : 8 * numbers);
        file[bit / 8] ^= (unsigned char)(1 << bit % 8);
        refused[is_header] += is_refused(user, file, size);
        file[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    *in_header = refused[1];
    return refused[0];
}
