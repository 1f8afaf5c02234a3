#include "text_labels.h"

#include "bounds.h"
#include "error.h"
#include "text_codes.h"

enum { UTF8_MOST = 4, FIRST_SURROGATE = 0xD800, LAST_SURROGATE = 0xDFFF, LAST_LETTER = 0x10FFFF };

typedef struct text_reader {
    byte_source *source;
    const array_info *info;
    text_codes *codes;
    element_block block;
} text_reader;

/* Appends a letter in UTF-8; false for what is none. */
static bool append(char *text, size_t *used, uint32_t letter)
{
    static const uint32_t ENDS[UTF8_MOST] = {0x80, 0x800, 0x10000, LAST_LETTER + 1};
    static const unsigned char MARKS[UTF8_MOST] = {0, 0xC0, 0xE0, 0xF0};
    size_t more = 0; /* bytes behind the first */
    while (more < UTF8_MOST && letter >= ENDS[more])
        more++;
    if (letter == 0 || more == UTF8_MOST || (letter >= FIRST_SURROGATE && letter <= LAST_SURROGATE))
        return false;
    text[(*used)++] = (char)(MARKS[more] | letter >> 6 * more);
    for (; more > 0; more--)
        text[(*used)++] = (char)(0x80 | (letter >> 6 * (more - 1) & 0x3F));
    return true;
}

/* One string, without the zeros that fill it up; false when it is empty or no text. */
static bool take_text(element_type type, const unsigned char *at, char *text)
{
    const element_type letter = {'u', type.order, type.kind == 'U' ? 4 : 1};
    int32_t count = type.size / letter.size;
    size_t used = 0;
    bool is_text = true;
    while (count > 0 && element_bits(letter, at + (count - 1) * letter.size) == 0)
        count--;
    for (int32_t i = 0; i < count && is_text; i++) {
        const uint32_t bits = (uint32_t)element_bits(letter, at + i * letter.size);
        if (type.kind == 'U')
            is_text = append(text, &used, bits);
        else
            text[used++] = (char)bits;
        is_text = is_text && bits != 0;
    }
    text[used] = '\0';
    return is_text && count > 0;
}

/* The strings of a block, of which the first is that of row `first`. */
static cludi_status take_block(const text_reader *reader, int64_t first, int64_t count, int32_t *out,
                               cludi_error *error)
{
    const element_block *block = &reader->block;
    const element_type type = reader->info->type;
    char text[sizeof block->bytes + 1]; /* UTF-8 takes no more than UTF-32 */
    for (int64_t i = 0; i < count; i++) {
        if (!take_text(type, block->bytes + i * type.size, text))
            return error_set(error, CLUDI_ERROR_FORMAT,
                             "\"%s\": row %" PRId64 " (counted from 0) is empty or no text; a label is wanted.",
                             reader->source->path, first + i);
        if (!text_codes_find(reader->codes, text, &out[i]))
            return error_memory(error, "the labels' names");
    }
    return CLUDI_OK;
}

static cludi_status read_texts(text_reader *reader, int32_t *out, cludi_error *error)
{
    const array_info *info = reader->info;
    const int64_t most = ELEMENT_LONGEST / info->type.size;
    cludi_status status = CLUDI_OK;
    reader->source->offset = info->data_offset;
    for (int64_t i = 0, count; i < info->count && !status; i += count) {
        count = min_int(info->count - i, most);
        status = byte_source_read(reader->source, reader->block.bytes, (size_t)(count * info->type.size), error);
        if (!status)
            status = take_block(reader, i, count, out + i, error);
    }
    return status;
}

cludi_status text_labels_read(byte_source *source, const array_info *info, const cludi_allocator *allocator,
                              int32_t *out, cludi_error *error)
{
    text_codes codes;
    text_reader reader = {.source = source, .info = info, .codes = &codes};
    text_codes_init(&codes, allocator);
    cludi_status status = read_texts(&reader, out, error);
    text_codes_clear(&codes);
    return status;
}
