/* Small TIFF files for tests: one strip, not packed, in the byte order of the machine (little-endian). Include behind io_support.h. */
#ifndef TESTS_TIFF_FILE_H
#define TESTS_TIFF_FILE_H

#include <stdint.h>

typedef struct tiff_kind {
    int width;
    int height;
    int bands;
    int bits;        /* 8 or 16 */
    int photometric; /* 1 gray, 2 RGB, 5 CMYK */
    int orientation; /* 1..8 */
} tiff_kind;

enum { TIFF_TAGS = 10, TIFF_MOST = 1 << 17 };

static inline size_t tiff_put_number(unsigned char *to, uint32_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        to[i] = (unsigned char)(number >> (8 * i));
    return (size_t)bytes;
}

/* Writes a file of the folder and returns its path; data: (height, width, bands) numbers. */
static inline const char *tiff_put(const char *name, const tiff_kind *kind, const void *data)
{
    static unsigned char file[TIFF_MOST];
    const size_t size = (size_t)kind->width * (size_t)kind->height * (size_t)kind->bands * (size_t)kind->bits / 8;
    const uint32_t data_at = 8 + 2 * 4;
    const uint32_t bits = kind->bands <= 2 ? (uint32_t)(kind->bits * (kind->bands == 2 ? 65537 : 1)) : 8;
    const uint32_t tags[TIFF_TAGS][4] = {{256, 3, 1, (uint32_t)kind->width},       {257, 3, 1, (uint32_t)kind->height},
                                         {258, 3, (uint32_t)kind->bands, bits},    {259, 3, 1, 1},
                                         {262, 3, 1, (uint32_t)kind->photometric}, {273, 4, 1, data_at},
                                         {274, 3, 1, (uint32_t)kind->orientation}, {277, 3, 1, (uint32_t)kind->bands},
                                         {278, 3, 1, (uint32_t)kind->height},      {279, 4, 1, (uint32_t)size}};
    unsigned char *to = file;
    memcpy(to, "II*", 4);
    to += 4;
    to += tiff_put_number(to, data_at + (uint32_t)size, 4);
    for (int i = 0; i < 4; i++)
        to += tiff_put_number(to, (uint32_t)kind->bits, 2);
    memcpy(to, data, size);
    to += size;
    to += tiff_put_number(to, TIFF_TAGS, 2);
    for (int i = 0; i < TIFF_TAGS; i++) {
        to += tiff_put_number(to, tags[i][0], 2);
        to += tiff_put_number(to, tags[i][1], 2);
        to += tiff_put_number(to, tags[i][2], 4);
        to += tiff_put_number(to, tags[i][3], 4);
    }
    to += tiff_put_number(to, 0, 4);
    return io_put(name, file, (size_t)(to - file));
}

#endif
