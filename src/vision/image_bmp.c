#include "image_bmp.h"

#include <string.h>

#include "error.h"

enum {
    FILE_HEADER = 14,
    CORE_HEADER = 12, /* of OS/2: sides of 16 bits, colors of 3 bytes */
    INFO_HEADER = 40,
    MOST_HEAD = FILE_HEADER + INFO_HEADER + 12, /* with the masks */
    UNPACKED = 0,                               /* compression */
    MASKED = 3,
    MASKED_WITH_ALPHA = 6,
    PIECE = 4096 /* pixels at a time; a multiple of 8 */
};

static uint32_t get_number(const unsigned char *at, int bytes)
{
    uint32_t number = 0;
    for (int i = bytes - 1; i >= 0; i--)
        number = number << 8 | at[i];
    return number;
}

static cludi_status refuse(const in_file *file, const char *why, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" cannot be decoded as BMP: %s.", file->path, why);
}

/* ---- the header ---- */

static bool set_sides(image_bmp *bmp, uint32_t width, uint32_t height)
{
    bmp->is_top_down = height > INT32_MAX;
    bmp->width = width <= INT32_MAX ? (int32_t)width : 0;
    bmp->height = (int32_t)(bmp->is_top_down ? 0U - height : height & INT32_MAX);
    return bmp->width > 0 && bmp->height > 0;
}

static void set_masks(image_bmp *bmp, uint32_t compression, const unsigned char *given)
{
    static const uint32_t USUAL[2][3] = {{0x7C00, 0x3E0, 0x1F}, {0xFF0000, 0xFF00, 0xFF}};
    memcpy(bmp->masks, USUAL[bmp->bits == 32], sizeof bmp->masks);
    for (int c = 0; compression != UNPACKED && c < 3; c++)
        bmp->masks[c] = get_number(given + (ptrdiff_t)4 * c, 4);
}

static cludi_status read_palette(image_bmp *bmp, const in_file *file, int64_t at, int entry, cludi_error *error)
{
    unsigned char colors[256 * 4];
    size_t got;
    const int64_t most = (int64_t)1 << bmp->bits, room = (bmp->pixels - at) / entry;
    const int64_t count = bmp->bits > 8 || room < 0 ? 0 : room < most ? room : most;
    const cludi_status status = in_file_read_at(file, at, colors, (size_t)(count * entry), &got, error);
    for (int64_t i = 0; !status && i < (int64_t)got / entry; i++)
        for (int c = 0; c < 3; c++)
            bmp->palette[i][c] = colors[i * entry + 2 - c];
    return status;
}

static cludi_status check_bits(const image_bmp *bmp, const in_file *file, uint32_t compression, cludi_error *error)
{
    const bool masked = compression == MASKED || compression == MASKED_WITH_ALPHA;
    if (compression != UNPACKED && !masked)
        return refuse(file, "it is compressed, and only BMP without compression is read", error);
    if (masked ? bmp->bits != 16 && bmp->bits != 32
               : bmp->bits < 1 || bmp->bits > 32 || (bmp->bits & (bmp->bits - 1) && bmp->bits != 24))
        return refuse(file, "its bits a pixel are none that there are", error);
    return CLUDI_OK;
}

static cludi_status read_header(image_bmp *bmp, const in_file *file, const unsigned char *head, cludi_error *error)
{
    const uint32_t size = get_number(head + FILE_HEADER, 4);
    const bool core = size == CORE_HEADER;
    const unsigned char *info = head + FILE_HEADER;
    const uint32_t compression = core ? UNPACKED : get_number(info + 16, 4);
    if (!core && (size < INFO_HEADER || size > 1024))
        return refuse(file, "its header is of no known size", error);
    if (!(core ? set_sides(bmp, get_number(info + 4, 2), get_number(info + 6, 2))
               : set_sides(bmp, get_number(info + 4, 4), get_number(info + 8, 4))))
        return refuse(file, "a side has no pixels", error);
    bmp->bits = (int32_t)get_number(info + (core ? 10 : 14), 2);
    bmp->pixels = get_number(head + 10, 4);
    TRY(check_bits(bmp, file, compression, error));
    set_masks(bmp, compression, head + FILE_HEADER + INFO_HEADER);
    bmp->row_size = ((int64_t)bmp->width * bmp->bits + 31) / 32 * 4;
    return read_palette(bmp, file, FILE_HEADER + (int64_t)size, core ? 3 : 4, error);
}

cludi_status image_bmp_open(image_bmp *bmp, const in_file *file, cludi_error *error)
{
    unsigned char head[MOST_HEAD] = {0};
    size_t got;
    *bmp = (image_bmp){.bits = 0};
    TRY(in_file_peek(file, head, sizeof head, &got, error));
    if (got < FILE_HEADER + CORE_HEADER)
        return refuse(file, "it ends within its header", error);
    return read_header(bmp, file, head, error);
}

cludi_status image_bmp_check(const image_bmp *bmp, const in_file *file, cludi_error *error)
{
    const int64_t last_row = ((int64_t)bmp->width * bmp->bits + 7) / 8;
    return in_file_require(file, bmp->pixels, bmp->row_size * (bmp->height - 1) + last_row, error);
}

/* ---- pixels ---- */

/* The bits of a mask as 0..255, as Pillow does it: rounded down. */
static uint8_t get_masked(uint32_t number, uint32_t mask)
{
    if (mask == 0)
        return 0;
    while ((mask & 1) == 0) {
        mask >>= 1;
        number >>= 1;
    }
    return (uint8_t)((uint64_t)(number & mask) * 255 / mask);
}

static void convert(const image_bmp *bmp, const unsigned char *row, int32_t count, uint8_t *rgb)
{
    for (int32_t i = 0; i < count; i++, rgb += 3) {
        if (bmp->bits <= 8) {
            const int per_byte = 8 / bmp->bits, shift = 8 - bmp->bits * (i % per_byte + 1);
            memcpy(rgb, bmp->palette[row[i / per_byte] >> shift & ((1 << bmp->bits) - 1)], 3);
        } else if (bmp->bits == 24) {
            for (int c = 0; c < 3; c++)
                rgb[c] = row[(ptrdiff_t)3 * i + 2 - c];
        } else {
            const int bytes = bmp->bits / 8;
            const uint32_t number = get_number(row + (ptrdiff_t)bytes * i, bytes);
            for (int c = 0; c < 3; c++)
                rgb[c] = get_masked(number, bmp->masks[c]);
        }
    }
}

cludi_status image_bmp_read(const image_bmp *bmp, const in_file *file, int32_t first, int32_t count, uint8_t *rgb,
                            cludi_error *error)
{
    unsigned char row[PIECE * 4];
    for (int32_t i = 0; i < count; i++) {
        const int64_t place = bmp->is_top_down ? first + i : (int64_t)bmp->height - 1 - first - i;
        for (int32_t at = 0; at < bmp->width; at += PIECE) {
            const int32_t pixels = bmp->width - at < PIECE ? bmp->width - at : PIECE;
            const size_t wanted = ((size_t)pixels * (size_t)bmp->bits + 7) / 8;
            const int64_t offset = bmp->pixels + place * bmp->row_size + (int64_t)at * bmp->bits / 8;
            size_t got;
            TRY(in_file_read_at(file, offset, row, wanted, &got, error));
            if (got < wanted)
                return refuse(file, "it is shorter than it was", error);
            convert(bmp, row, pixels, rgb + ((int64_t)i * bmp->width + at) * 3);
        }
    }
    return CLUDI_OK;
}
