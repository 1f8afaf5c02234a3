#include "npy.h"

#include <string.h>

#include "text_labels.h"

enum { HEADER_LIMIT = 10000 /* NumPy's */, DTYPE_TEXT = 32, FIELDS_TEXT = 256 };

/* The dictionary of a header on its way through the parser. */
typedef struct parser {
    const char *at;           /* next character */
    const char *end;          /* behind the last one */
    const char *problem;      /* what is wrong, as the rest of a sentence; NULL while nothing is */
    char dtype[DTYPE_TEXT];   /* 'descr' */
    char fields[FIELDS_TEXT]; /* the problem of records, with their names */
    bool has_dtype, has_order, has_shape;
    bool allows_long; /* Python 2's L behind a number: versions 1 and 2 */
    array_info *info;
} parser;

static bool refuse(parser *p, const char *problem)
{
    if (!p->problem)
        p->problem = problem;
    return false;
}

static void skip_space(parser *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r'))
        p->at++;
}

/* Takes one character if it is the next one behind white space. */
static bool take(parser *p, char wanted)
{
    skip_space(p);
    if (p->at == p->end || *p->at != wanted)
        return false;
    p->at++;
    return true;
}

/* Takes a word such as True. */
static bool take_word(parser *p, const char *word)
{
    size_t length = strlen(word);
    skip_space(p);
    if ((size_t)(p->end - p->at) < length || memcmp(p->at, word, length) != 0)
        return false;
    p->at += length;
    return true;
}

/* Takes a string literal in either quotes: printable ASCII without escapes, shorter than DTYPE_TEXT. */
static bool take_string(parser *p, char text[DTYPE_TEXT])
{
    size_t length = 0;
    skip_space(p);
    char quote = p->at < p->end ? *p->at : '\0';
    if (quote != '\'' && quote != '"')
        return false;
    for (p->at++; p->at < p->end && *p->at != quote; p->at++) {
        if (*p->at < ' ' || *p->at > '~' || *p->at == '\\' || length + 1 >= DTYPE_TEXT)
            return false;
        text[length++] = *p->at;
    }
    text[length] = '\0';
    return p->at < p->end && *p->at++ == quote;
}

/* Takes a length: digits, no more than a 0 after a 0 first, perhaps with Python 2's L behind them. */
static bool take_length(parser *p, int64_t *value)
{
    int64_t sum = 0;
    skip_space(p);
    const char *start = p->at;
    for (; p->at < p->end && *p->at >= '0' && *p->at <= '9'; p->at++)
        if (!int64_product(sum, 10, &sum) || __builtin_add_overflow(sum, *p->at - '0', &sum))
            return false;
    *value = sum;
    if (p->at == start || (*start == '0' && sum > 0))
        return false;
    if (p->allows_long && p->at < p->end && *p->at == 'L')
        p->at++;
    return true;
}

static bool parse_shape(parser *p)
{
    bool comma = true;
    array_info *info = p->info;
    info->dimensions = 0;
    if (!take(p, '('))
        return refuse(p, "its 'shape' is not a tuple");
    while (!take(p, ')')) {
        if (info->dimensions == ARRAY_MAX_DIMENSIONS)
            return refuse(p, "it has more than 8 dimensions");
        if (!comma || !take_length(p, &info->shape[info->dimensions]))
            return refuse(p, "its 'shape' is not a tuple of whole numbers");
        info->dimensions++;
        comma = take(p, ',');
    }
    if (info->dimensions == 1 && !comma)
        return refuse(p, "its 'shape' is not a tuple");
    return true;
}

/* Records: [('name', 'type'), ...]. The names, as far as there is room. */
static bool refuse_records(parser *p)
{
    int used = snprintf(p->fields, FIELDS_TEXT, "it holds structured records, not numbers; their fields are");
    const char *separator = " ";
    char name[DTYPE_TEXT];
    while (p->at < p->end && *p->at != ']' && used + DTYPE_TEXT < FIELDS_TEXT / 4 * 3) {
        if (*p->at++ != '(' || !take_string(p, name))
            continue;
        used += snprintf(p->fields + used, (size_t)(FIELDS_TEXT - used), "%s'%s'", separator, name);
        separator = ", ";
    }
    snprintf(p->fields + used, (size_t)(FIELDS_TEXT - used),
             "; save np.lib.recfunctions.structured_to_unstructured(x)");
    return refuse(p, p->fields);
}

static bool parse_dtype(parser *p)
{
    skip_space(p);
    if (p->at < p->end && (*p->at == '[' || *p->at == '('))
        return refuse_records(p);
    return take_string(p, p->dtype) || refuse(p, "its 'descr' is not the name of a type");
}

static bool parse_order(parser *p)
{
    p->info->fortran = take_word(p, "True");
    return p->info->fortran || take_word(p, "False") || refuse(p, "its 'fortran_order' is neither True nor False");
}

/* One `key: value`. */
static bool parse_item(parser *p)
{
    const struct {
        const char *key;
        bool *seen;
        bool (*parse)(parser *);
    } items[] = {{"descr", &p->has_dtype, parse_dtype},
                 {"fortran_order", &p->has_order, parse_order},
                 {"shape", &p->has_shape, parse_shape}};
    char key[DTYPE_TEXT];
    if (!take_string(p, key) || !take(p, ':'))
        return refuse(p, "its header is not a dictionary of 'descr', 'fortran_order' and 'shape'");
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        if (strcmp(key, items[i].key) != 0)
            continue;
        if (*items[i].seen)
            return refuse(p, "its header has a key twice");
        *items[i].seen = true;
        return items[i].parse(p);
    }
    return refuse(p, "its header has a key besides 'descr', 'fortran_order' and 'shape'");
}

/* Skips white space around the dictionary. Returns the line end that its last blanks stand behind, '\0' without such blanks:
   Python, and so NumPy, takes them for an indentation. */
static char skip_around(parser *p)
{
    const char *start = p->at;
    skip_space(p);
    const char *blanks = p->at;
    while (blanks > start && (blanks[-1] == ' ' || blanks[-1] == '\t'))
        blanks--;
    return blanks > start && blanks < p->at ? blanks[-1] : '\0';
}

/* The whole dictionary, with nothing but white space behind it. */
static bool parse_header(parser *p)
{
    bool comma = true;
    if (skip_around(p) || !take(p, '{'))
        return refuse(p, "its header is not a Python dictionary");
    while (!take(p, '}')) {
        if (!comma)
            return refuse(p, "its header is not a Python dictionary");
        if (!parse_item(p))
            return false;
        comma = take(p, ',');
    }
    const char line_end = skip_around(p);
    if (p->at != p->end)
        return refuse(p, "its header has something behind the dictionary");
    if (line_end == '\r' || (line_end == '\n' && !p->allows_long)) /* what NumPy does for Python 2's L helps with LF */
        return refuse(p, "its header has blanks behind a line end");
    if (!p->has_dtype || !p->has_order || !p->has_shape)
        return refuse(p, "its header lacks one of 'descr', 'fortran_order' and 'shape'");
    return true;
}

/* Why the numbers of a type are not read; text: NumPy's letter and size. */
static const char *type_problem(const char *text)
{
    switch (text[0]) {
    case 'O':
        return "it holds Python objects (a pickle), which cludi never loads; save numbers, such as "
               "np.stack(x).astype('float32'), or labels as x.astype(str)";
    case 'V':
        return strcmp(text, "V2") == 0 ? "it holds two bytes of no known type, as bfloat16 is saved; save "
                                         "x.astype('float32')"
                                       : "it holds structured records, not numbers";
    case 'c':
        return "it holds complex numbers; save their parts, such as np.hstack((x.real, x.imag))";
    case 'M':
    case 'm':
        return "it holds dates or times; save numbers, such as x.astype('int64')";
    case 'f':
        return strcmp(text, "f16") == 0 || strcmp(text, "f12") == 0
                   ? "it holds long doubles; save x.astype('float64')"
                   : "its type is not one of f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 and b1";
    default:
        return "its type is not one of f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 and b1";
    }
}

/* "U12" and "S5": false when it is nothing of the kind. */
static bool parse_text_type(const char *text, char order, element_type *type)
{
    const int32_t letter = text[0] == 'U' ? 4 : 1;
    int32_t count = 0;
    if (text[0] != 'U' && text[0] != 'S' && text[0] != 'a')
        return false;
    for (text++; *text >= '0' && *text <= '9' && count <= ELEMENT_LONGEST; text++)
        count = 10 * count + (*text - '0');
    *type = (element_type){letter == 4 ? 'U' : 'S', letter == 4 ? order : '|', count * letter};
    return *text == '\0' && count > 0 && count <= ELEMENT_LONGEST / letter;
}

/* "<f4" and the like; a native or left out byte order is that of this machine. */
static bool parse_type(parser *p)
{
    const char *text = p->dtype;
    char order = '<';
    if (*text != '\0' && strchr("<>=|", *text))
        order = *text++ == '>' ? '>' : '<';
    if (parse_text_type(text, order, &p->info->type))
        return true;
    char kind = text[0];
    int32_t size = kind != '\0' && text[1] >= '1' && text[1] <= '8' && text[2] == '\0' ? text[1] - '0' : 0;
    bool power = size == 1 || size == 2 || size == 4 || size == 8;
    bool known = (kind == 'f' && size > 1) || kind == 'i' || kind == 'u' || (kind == 'b' && size == 1);
    if (!power || !known)
        return refuse(p, type_problem(text));
    p->info->type = (element_type){kind, size == 1 ? '|' : order, size};
    return true;
}

static cludi_status refuse_file(const byte_source *source, const char *problem, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is not a .npy file that cludi reads: %s.", source->path,
                     problem);
}

/* Magic, version and length of the dictionary; leaves source->offset at its first character. */
static cludi_status read_preamble(byte_source *source, int *version, size_t *length, cludi_error *error)
{
    unsigned char start[8], field[4] = {0};
    source->offset = 0;
    cludi_status status = byte_source_read(source, start, sizeof start, error);
    if (status)
        return status;
    if (memcmp(start, NPY_MAGIC, NPY_MAGIC_LENGTH) != 0)
        return refuse_file(source, "it does not begin as one", error);
    if (start[6] < 1 || start[6] > 3 || start[7] != 0)
        return refuse_file(source, "its version is not 1.0, 2.0 or 3.0", error);
    *version = start[6];
    status = byte_source_read(source, field, *version == 1 ? 2 : 4, error);
    if (status)
        return status;
    *length = (size_t)field[0] | (size_t)field[1] << 8 | (size_t)field[2] << 16 | (size_t)field[3] << 24;
    return *length <= HEADER_LIMIT ? CLUDI_OK : refuse_file(source, "its header is longer than 10000 bytes", error);
}

cludi_status npy_read_header(byte_source *source, array_info *info, cludi_error *error)
{
    char text[HEADER_LIMIT];
    size_t length = 0;
    int64_t bytes;
    int version = 0;
    *info = (array_info){0};
    cludi_status status = read_preamble(source, &version, &length, error);
    if (!status)
        status = byte_source_read(source, text, length, error);
    if (status)
        return status;
    parser p = {.at = text, .end = text + length, .allows_long = version < 3, .info = info};
    if (!parse_header(&p) || !parse_type(&p))
        return refuse_file(source, p.problem, error);
    info->data_offset = source->offset;
    if (!array_count(info, &bytes))
        return array_too_large(source->path, info, error);
    return byte_source_require(source, info->data_offset, bytes, error);
}

/* out[0], out[step], ... = the next count numbers of the file; count <= ELEMENT_BLOCK. */
static cludi_status read_run(byte_source *source, element_type type, float *out, int64_t step, int64_t count,
                             cludi_error *error)
{
    element_block block;
    cludi_status status = byte_source_read(source, block.bytes, (size_t)(count * type.size), error);
    for (int64_t i = 0; i < count && !status; i++)
        out[i * step] = element_float(type, block.bytes + i * type.size);
    return status;
}

static int64_t block_length(int64_t left)
{
    return left < ELEMENT_BLOCK ? left : ELEMENT_BLOCK;
}

/* Rows first .. first + count of all columns, as they lie in the file. */
static cludi_status read_columns(byte_source *source, const array_info *info, int64_t first, int64_t count, float *out,
                                 cludi_error *error)
{
    int64_t rows = info->shape[0], cols = info->shape[1];
    cludi_status status = CLUDI_OK;
    for (int64_t j = 0; j < cols && !status; j++) {
        source->offset = info->data_offset + (j * rows + first) * info->type.size;
        for (int64_t i = 0; i < count && !status; i += ELEMENT_BLOCK)
            status = read_run(source, info->type, out + i * cols + j, cols, block_length(count - i), error);
    }
    return status;
}

/* Within ELEMENT_BLOCK rows, so that neighboring columns find their cache lines still there; but in one pass where going
   back is dear. */
static cludi_status read_transposed(byte_source *source, const array_info *info, int64_t first, int64_t count,
                                    float *out, cludi_error *error)
{
    int64_t step = source->sequential ? count : ELEMENT_BLOCK;
    cludi_status status = CLUDI_OK;
    for (int64_t i = 0; i < count && !status; i += step)
        status =
            read_columns(source, info, first + i, step < count - i ? step : count - i, out + i * info->shape[1], error);
    return status;
}

static cludi_status read_straight(byte_source *source, const array_info *info, int64_t first, int64_t count, float *out,
                                  cludi_error *error)
{
    int64_t cols = array_cols(info), numbers = count * cols;
    source->offset = info->data_offset + first * cols * info->type.size;
    if (element_is_native_float(info->type))
        return byte_source_read(source, out, (size_t)numbers * sizeof *out, error);
    for (int64_t i = 0; i < numbers; i += ELEMENT_BLOCK)
        TRY(read_run(source, info->type, out + i, 1, block_length(numbers - i), error));
    return CLUDI_OK;
}

cludi_status npy_read_rows(byte_source *source, const array_info *info, int64_t first, int64_t count, float *out,
                           cludi_error *error)
{
    bool transposed = info->fortran && info->dimensions == 2;
    if (element_is_text(info->type))
        return array_refuse_text(source->path, error);
    cludi_status status = transposed ? read_transposed(source, info, first, count, out, error)
                                     : read_straight(source, info, first, count, out, error);
    return status ? array_name_row(info, source->offset, status, error) : CLUDI_OK;
}

cludi_status npy_read_labels(byte_source *source, const array_info *info, const cludi_allocator *allocator,
                             int32_t *out, cludi_error *error)
{
    element_block block;
    if (element_is_text(info->type))
        return text_labels_read(source, info, allocator, out, error);
    source->offset = info->data_offset;
    for (int64_t i = 0; i < info->count; i += ELEMENT_BLOCK) {
        int64_t count = block_length(info->count - i);
        cludi_status status = byte_source_read(source, block.bytes, (size_t)(count * info->type.size), error);
        if (status)
            return status;
        int64_t taken = array_take_labels(info->type, &block, count, out + i);
        if (taken < count)
            return array_refuse_label(source->path, info->type, block.bytes + taken * info->type.size, i + taken,
                                      error);
    }
    return CLUDI_OK;
}

/* ---- the format ---- */

static bool is_start(const unsigned char *bytes, size_t size)
{
    return size >= NPY_MAGIC_LENGTH && memcmp(bytes, NPY_MAGIC, NPY_MAGIC_LENGTH) == 0;
}

/* Nothing may follow the array: what does is a second one, of which people would not know that it is left out. */
static cludi_status check_end(byte_source *source, const array_info *info, cludi_error *error)
{
    unsigned char behind[NPY_MAGIC_LENGTH] = {0};
    const int64_t end = info->data_offset + info->count * info->type.size, left = source->size - end;
    if (left == 0)
        return CLUDI_OK;
    source->offset = end;
    cludi_status status =
        byte_source_read(source, behind, left < NPY_MAGIC_LENGTH ? (size_t)left : sizeof behind, error);
    if (status)
        return status;
    if (is_start(behind, sizeof behind))
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" holds a second array, which begins at byte %" PRId64
                         "; save each in a file of its own, or both by np.savez.",
                         source->path, end);
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\" has %" PRId64 " bytes behind its array, which ends at byte %" PRId64
                     "; it is damaged, or something was appended.",
                     source->path, left, end);
}

static cludi_status open_array(array_file *array, cludi_error *error)
{
    byte_source source = byte_source_of(&array->file);
    cludi_status status = npy_read_header(&source, &array->info, error);
    return status ? status : check_end(&source, &array->info, error);
}

static cludi_status read_rows(array_file *array, int64_t first, int64_t count, float *out, cludi_error *error)
{
    byte_source source = byte_source_of(&array->file);
    return npy_read_rows(&source, &array->info, first, count, out, error);
}

static cludi_status read_labels(array_file *array, int32_t *out, cludi_error *error)
{
    byte_source source = byte_source_of(&array->file);
    return npy_read_labels(&source, &array->info, array->allocator, out, error);
}

static bool is_sequential(const array_file *array)
{
    return array->info.fortran;
}

static const char *get_name(const array_file *array)
{
    (void)array;
    return "npy";
}

const array_format NPY_FORMAT = {.title = "a .npy",
                                 .is_start = is_start,
                                 .open = open_array,
                                 .read_rows = read_rows,
                                 .read_labels = read_labels,
                                 .is_sequential = is_sequential,
                                 .name = get_name};
