#include "hdf5_dataset.h"

#include "error.h"

/* A chunk that is unpacked takes memory: a small file may ask for 16 MiB, others for as much as they have themselves. */
enum { CHUNK_ALWAYS = 16 << 20, CHUNK_NEVER = 256 << 20 };
/* Filters by their numbers in a file, and what a byte that one wrote can hold at most. */
enum { LZF = 32000 };
static const struct {
    H5Z_filter_t number;
    int64_t ratio;
} FILTERS[HDF5_FILTERS] = {
    [HDF5_DEFLATE] = {H5Z_FILTER_DEFLATE, 1032},
    [HDF5_SHUFFLE] = {H5Z_FILTER_SHUFFLE, 1},
    [HDF5_FLETCHER32] = {H5Z_FILTER_FLETCHER32, 1},
    [HDF5_LZF] = {LZF, 88}, /* 264 bytes in 3 */
};

/* A dataset that is being looked at. */
typedef struct exam {
    hid_t dataset, properties;
    const in_file *file;
    const array_info *info;
    int64_t bytes; /* that the numbers take unpacked */
    hdf5_layout *layout;
} exam;

static cludi_status refuse(const char *name, const char *problem, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is not a dataset that cludi reads: it %s.", name, problem);
}

/* ---- type and shape ---- */

/* IEEE 754 of 2, 4 and 8 bytes. */
static bool is_ieee(hid_t type, size_t size)
{
    static const struct {
        size_t size, sign, exponent, exponent_bits, fraction_bits, bias;
    } KNOWN[] = {{2, 15, 10, 5, 10, 15}, {4, 31, 23, 8, 23, 127}, {8, 63, 52, 11, 52, 1023}};
    size_t sign, exponent, exponent_bits, fraction, fraction_bits;
    if (H5Tget_fields(type, &sign, &exponent, &exponent_bits, &fraction, &fraction_bits) < 0)
        return false;
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (KNOWN[i].size == size && KNOWN[i].sign == sign && KNOWN[i].exponent == exponent &&
            KNOWN[i].exponent_bits == exponent_bits && fraction == 0 && KNOWN[i].fraction_bits == fraction_bits)
            return H5Tget_ebias(type) == KNOWN[i].bias && H5Tget_norm(type) == H5T_NORM_IMPLIED;
    return false;
}

static const char *name_class(H5T_class_t class)
{
    switch (class) {
    case H5T_STRING:
        return "holds strings, not numbers";
    case H5T_COMPOUND:
        return "holds compound records, not numbers";
    case H5T_REFERENCE:
        return "holds references, not numbers";
    case H5T_VLEN:
        return "holds lists of varying length, not numbers";
    case H5T_OPAQUE:
        return "holds opaque bytes, not numbers";
    case H5T_ARRAY:
        return "holds arrays within an array, not numbers";
    default:
        return "holds bits or times, not numbers";
    }
}

static bool read_number_type(hid_t type, H5T_class_t class, element_type *out, const char **problem)
{
    size_t size = H5Tget_size(type);
    H5T_order_t order = H5Tget_order(type);
    bool whole = H5Tget_precision(type) == 8 * size && H5Tget_offset(type) == 0;
    bool known = class == H5T_FLOAT ? is_ieee(type, size) : size == 1 || size == 2 || size == 4 || size == 8;
    *problem = "holds numbers of a type that is not one of f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8";
    if (!whole || !known || (order != H5T_ORDER_LE && order != H5T_ORDER_BE))
        return false;
    char kind = class == H5T_FLOAT ? 'f' : H5Tget_sign(type) == H5T_SGN_NONE ? 'u' : 'i';
    *out = (element_type){kind, size == 1 ? '|' : order == H5T_ORDER_BE ? '>' : '<', (int32_t)size};
    return true;
}

/* Strings as they lie in the file: letters, or global heap IDs. */
static bool read_text_type(hid_t dataset, hid_t type, element_type *out, const char **problem)
{
    const bool fixed = H5Tis_variable_str(type) == 0;
    const size_t size = fixed ? H5Tget_size(type) : hdf5_heap_id_size(dataset);
    *problem = "holds strings that are too long";
    *out = (element_type){fixed ? 'S' : 'O', '|', (int32_t)size};
    return size > 0 && size <= ELEMENT_MAX_SIZE * ELEMENT_BLOCK;
}

/* Enumerations are read as their integers: that is how booleans are stored. */
static bool read_type(hid_t dataset, bool texts, element_type *out, const char **problem)
{
    hid_t type = H5Dget_type(dataset);
    H5T_class_t class = H5Tget_class(type);
    bool good = false;
    if (class == H5T_ENUM) {
        hid_t base = H5Tget_super(type);
        good = read_number_type(base, H5T_INTEGER, out, problem);
        hdf5_close(base);
    } else if (class == H5T_STRING && texts) {
        good = read_text_type(dataset, type, out, problem);
    } else if (class == H5T_INTEGER || class == H5T_FLOAT) {
        good = read_number_type(type, class, out, problem);
    } else {
        *problem = class == H5T_NO_CLASS ? "has a type that cannot be read" : name_class(class);
    }
    hdf5_close(type);
    return good;
}

static bool read_shape(hid_t dataset, array_info *info, const char **problem)
{
    hsize_t shape[H5S_MAX_RANK] = {0};
    hid_t space = H5Dget_space(dataset);
    bool simple = H5Sget_simple_extent_type(space) == H5S_SIMPLE || H5Sget_simple_extent_type(space) == H5S_SCALAR;
    int rank = simple ? H5Sget_simple_extent_dims(space, shape, NULL) : -1;
    hdf5_close(space);
    *problem = rank < 0 ? "has no shape" : "has more than 8 dimensions";
    if (rank < 0 || rank > ARRAY_MAX_DIMENSIONS)
        return false;
    info->dimensions = (int32_t)rank;
    *problem = "says that its shape is more than a file can hold";
    for (int i = 0; i < rank; i++) {
        if (shape[i] > INT64_MAX)
            return false;
        info->shape[i] = (int64_t)shape[i];
    }
    return true;
}

/* Why the numbers lie elsewhere or in no order of their own; NULL when they do not. Asked before anything else: even the
   shape of a virtual dataset is looked up in the files that it names. */
static const char *find_foreign(hid_t properties)
{
    switch (H5Pget_layout(properties)) {
    case H5D_VIRTUAL:
        return "is virtual: its numbers are in other datasets";
    case H5D_COMPACT:
    case H5D_CONTIGUOUS:
    case H5D_CHUNKED:
        return H5Pget_external_count(properties) == 0 ? NULL : "has its numbers in another file (external storage)";
    default:
        return "has a layout that cannot be read";
    }
}

static const char *find_foreign_dataset(hid_t dataset)
{
    hid_t properties = H5Dget_create_plist(dataset);
    const char *problem = properties < 0 ? "has properties that cannot be read" : find_foreign(properties);
    hdf5_close(properties);
    return problem;
}

hid_t hdf5_dataset_space(hid_t dataset)
{
    return find_foreign_dataset(dataset) ? -1 : H5Dget_space(dataset);
}

static bool read_info(hid_t dataset, bool texts, array_info *info, const char **problem)
{
    *info = (array_info){0};
    *problem = find_foreign_dataset(dataset);
    return !*problem && read_type(dataset, texts, &info->type, problem) && read_shape(dataset, info, problem);
}

bool hdf5_dataset_info(hid_t dataset, array_info *info, const char **problem)
{
    return read_info(dataset, false, info, problem);
}

/* ---- filters ---- */

static const char *name_filter(H5Z_filter_t filter)
{
    static const struct {
        H5Z_filter_t filter;
        const char *name;
    } KNOWN[] = {{H5Z_FILTER_SZIP, "szip"},
                 {H5Z_FILTER_NBIT, "nbit"},
                 {H5Z_FILTER_SCALEOFFSET, "scaleoffset"},
                 {307, "bzip2"},
                 {32001, "Blosc"},
                 {32004, "LZ4"},
                 {32008, "bitshuffle"},
                 {32013, "ZFP"},
                 {32015, "Zstandard"},
                 {32026, "Blosc2"}};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (KNOWN[i].filter == filter)
            return KNOWN[i].name;
    return "unknown";
}

static cludi_status refuse_filter(const char *name, H5Z_filter_t filter, cludi_error *error)
{
    return error_set(
        error, CLUDI_ERROR_FORMAT,
        "\"%s\" is packed with the filter %d (%s); cludi unpacks deflate (gzip), LZF, shuffle and fletcher32.", name,
        (int)filter, name_filter(filter));
}

/* Each filter once: deflate upon deflate would hold more than its ratio. */
static cludi_status take_filter(hdf5_layout *layout, H5Z_filter_t filter, cludi_error *error)
{
    hdf5_filter which = 0;
    while (which < HDF5_FILTERS && FILTERS[which].number != filter)
        which++;
    if (which == HDF5_FILTERS)
        return refuse_filter(layout->name, filter, error);
    for (int i = 0; i < layout->filter_count; i++)
        if (layout->filters[i] == which)
            return refuse(layout->name, "has the same filter twice", error);
    layout->filters[layout->filter_count++] = which;
    return CLUDI_OK;
}

static cludi_status read_filters(const exam *e, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    unsigned options = 0;
    int count = H5Pget_nfilters(e->properties);
    if (count < 0 || H5Pget_chunk_opts(e->properties, &options) < 0)
        return hdf5_fail(e->layout->name, error);
    if (count > 0 && options != 0)
        return refuse(e->layout->name, "has chunks at its edges that are not packed as the others are", error);
    for (int i = 0; i < count && !status; i++) {
        unsigned flags;
        size_t values = 0;
        H5Z_filter_t filter = H5Pget_filter2(e->properties, (unsigned)i, &flags, &values, NULL, 0, NULL, NULL);
        status = take_filter(e->layout, filter, error);
    }
    return status;
}

/* What the numbers take in the file at least. */
static int64_t get_least(const hdf5_layout *layout, int64_t bytes)
{
    for (int i = 0; i < layout->filter_count; i++)
        bytes /= FILTERS[layout->filters[i]].ratio;
    return bytes;
}

/* ---- what the file holds ---- */

static cludi_status check_contiguous(const exam *e, cludi_error *error)
{
    haddr_t offset = H5Dget_offset(e->dataset);
    if (e->bytes == 0)
        return CLUDI_OK;
    if (offset == HADDR_UNDEF || offset > INT64_MAX)
        return refuse(e->layout->name, "says that it has numbers, but none were written", error);
    e->layout->kind = HDF5_PLAIN;
    e->layout->offset = (int64_t)offset;
    return in_file_require(e->file, (int64_t)offset, e->bytes, error);
}

static cludi_status check_compact(const exam *e, cludi_error *error)
{
    e->layout->kind = HDF5_SCATTER;
    if (H5Dget_storage_size(e->dataset) == (hsize_t)e->bytes)
        return CLUDI_OK;
    return refuse(e->layout->name, "does not hold as many bytes as its shape says", error);
}

static cludi_status read_chunk_shape(const exam *e, int64_t shape[ARRAY_MAX_DIMENSIONS], cludi_error *error)
{
    int64_t *bytes = &e->layout->bytes;
    hsize_t found[ARRAY_MAX_DIMENSIONS] = {0};
    if (H5Pget_chunk(e->properties, ARRAY_MAX_DIMENSIONS, found) != e->info->dimensions)
        return refuse(e->layout->name, "has chunks of another number of dimensions", error);
    *bytes = e->info->type.size;
    for (int32_t i = 0; i < e->info->dimensions; i++) {
        shape[i] = found[i] <= INT32_MAX ? (int64_t)found[i] : 0;
        if (shape[i] < 1 || !int64_product(*bytes, shape[i], bytes))
            return refuse(e->layout->name, "has chunks that are empty or too large", error);
    }
    return CLUDI_OK;
}

static cludi_status check_chunk_size(const exam *e, cludi_error *error)
{
    int64_t bytes = e->layout->bytes;
    int64_t most = e->file->size > CHUNK_ALWAYS ? e->file->size : CHUNK_ALWAYS;
    if (most > CHUNK_NEVER)
        most = CHUNK_NEVER;
    if (bytes <= most)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\" has chunks of %" PRId64 " bytes; cludi unpacks chunks of at most %" PRId64
                     " bytes from a file of this size. Store it again with smaller ones.",
                     e->layout->name, bytes, most);
}

/* Every one of `wanted` chunks has to be there, and all in at least as many bytes as their numbers need. */
static cludi_status check_stored(const exam *e, int64_t wanted, int64_t least, cludi_error *error)
{
    hsize_t written = 0, stored = H5Dget_storage_size(e->dataset);
    hid_t space = H5Dget_space(e->dataset);
    herr_t counted = H5Dget_num_chunks(e->dataset, space, &written);
    cludi_status status = counted < 0 ? hdf5_fail(e->layout->name, error) : CLUDI_OK;
    hdf5_close(space);
    if (status)
        return status;
    if (written < (hsize_t)wanted)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" is incomplete: %" PRIu64 " of its %" PRId64 " chunks were written.", e->layout->name,
                         (uint64_t)written, wanted);
    if (stored > (hsize_t)e->file->size || stored < (hsize_t)least)
        return error_set(error, CLUDI_ERROR_FORMAT,
                         "\"%s\" says that it is stored in %" PRIu64 " bytes; its shape needs at least %" PRId64
                         ", and the file has %" PRId64 ".",
                         e->layout->name, (uint64_t)stored, least, e->file->size);
    return CLUDI_OK;
}

static int64_t count_pieces(int64_t whole, int64_t piece)
{
    return whole / piece + (whole % piece != 0);
}

static cludi_status check_chunked(const exam *e, cludi_error *error)
{
    const array_info *info = e->info;
    hdf5_layout *layout = e->layout;
    int64_t shape[ARRAY_MAX_DIMENSIONS] = {0}, wanted = 1;
    cludi_status status = read_filters(e, error);
    if (!status)
        status = read_chunk_shape(e, shape, error);
    if (!status)
        status = check_chunk_size(e, error);
    if (status)
        return status;
    for (int32_t i = 0; i < info->dimensions; i++)
        if (!int64_product(wanted, count_pieces(info->shape[i], shape[i]), &wanted))
            return array_too_large(layout->name, info, error);
    layout->kind = layout->filter_count > 0 ? HDF5_PACKED : HDF5_SCATTER;
    layout->rows = shape[0];
    layout->cols = info->dimensions > 1 ? shape[1] : 1;
    return check_stored(e, wanted, get_least(layout, e->bytes), error);
}

cludi_status hdf5_dataset_check(hid_t dataset, const in_file *file, array_info *info, hdf5_layout *layout,
                                cludi_error *error)
{
    const char *problem;
    exam e = {.dataset = dataset, .file = file, .info = info, .layout = layout};
    if (!read_info(dataset, layout->texts, info, &problem))
        return refuse(layout->name, problem, error);
    if (element_is_text(info->type) && info->dimensions != 1)
        return refuse(layout->name, name_class(H5T_STRING), error);
    if (!array_count(info, &e.bytes))
        return array_too_large(layout->name, info, error);
    *layout = (hdf5_layout){.name = layout->name,
                            .texts = layout->texts,
                            .rows = info->dimensions > 0 ? info->shape[0] : 1,
                            .cols = info->dimensions > 1 ? info->shape[1] : 1,
                            .bytes = e.bytes,
                            .width = (size_t)info->type.size};
    e.properties = H5Dget_create_plist(dataset);
    H5D_layout_t kind = H5Pget_layout(e.properties);
    cludi_status status = kind == H5D_CHUNKED      ? check_chunked(&e, error)
                          : kind == H5D_CONTIGUOUS ? check_contiguous(&e, error)
                                                   : check_compact(&e, error);
    hdf5_close(e.properties);
    return status;
}
