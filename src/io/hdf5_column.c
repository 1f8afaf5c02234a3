#include "hdf5_column.h"

#include "alloc.h"
#include "error.h"
#include "hdf5_header.h"
#include "text_codes.h"

/* ---- open ---- */

void hdf5_column_init(hdf5_column *column)
{
    *column = (hdf5_column){.values.dataset = -1, .mask.dataset = -1, .categories.dataset = -1};
}

void hdf5_column_close(hdf5_column *column, const hdf5_reader *reader)
{
    hdf5_array_close(&column->categories);
    hdf5_array_close(&column->mask);
    hdf5_array_close(&column->values);
    alloc_free(reader->allocator, column->name);
    column->name = NULL;
}

static bool has(hid_t object, const char *link)
{
    return H5Lexists(object, link, H5P_DEFAULT) > 0;
}

static cludi_status refuse(const hdf5_column *column, const char *problem, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" %s", column->name, problem);
}

/* A matrix under /obsm has its dense form at hand; of the genes that X has, components are wanted. */
static cludi_status refuse_sparse(const hdf5_column *column, const char *path, cludi_error *error)
{
    path += strspn(path, "/");
    if (strncmp(path, "obsm/", 5) != 0)
        return refuse(
            column,
            "is a sparse matrix; cludi reads dense ones, such as /obsm/X_pca, which sc.pp.pca(adata) of scanpy "
            "writes.",
            error);
    return error_set(error, CLUDI_ERROR_FORMAT,
                     "\"%s\" is a sparse matrix; cludi reads dense ones: adata.obsm[\"%s\"] = "
                     "adata.obsm[\"%s\"].toarray() makes it one.",
                     column->name, path + 5, path + 5);
}

/* Opens what is at path within the column. */
static cludi_status open_inner(const hdf5_column *column, hdf5_array *array, hdf5_reader *reader, const char *path,
                               const char *inner, cludi_error *error)
{
    char whole[HDF5_PATH];
    hid_t object;
    if (snprintf(whole, sizeof whole, "%s/%s", path, inner) >= HDF5_PATH)
        return refuse(column, "has too long a path.", error);
    TRY(hdf5_path_open(reader->file, whole, column->name, &object, error));
    if (H5Iget_type(object) == H5I_DATASET)
        return hdf5_array_open(array, reader, object, column->name, error);
    hdf5_close(object);
    return refuse(column, "has parts that are no datasets.", error);
}

static cludi_status check_mask(const hdf5_column *column, cludi_error *error)
{
    const array_info *mask = &column->mask.info, *values = &column->values.info;
    if (mask->dimensions != 1 || values->dimensions != 1 || mask->count != values->count || mask->type.size != 1 ||
        element_is_text(mask->type))
        return refuse(column, "has a mask of missing values that does not fit the values.", error);
    return CLUDI_OK;
}

static cludi_status open_group(hdf5_column *column, hdf5_reader *reader, const char *path, hid_t group,
                               cludi_error *error)
{
    if (has(group, "indptr"))
        return refuse_sparse(column, path, error);
    if (has(group, "values") && has(group, "mask")) {
        cludi_status status = open_inner(column, &column->values, reader, path, "values", error);
        if (!status)
            status = open_inner(column, &column->mask, reader, path, "mask", error);
        return status ? status : check_mask(column, error);
    }
    if (!has(group, "codes") || !has(group, "categories"))
        return refuse(column, "is a group, not a dataset.", error);
    column->categorical = true;
    cludi_status status = open_inner(column, &column->values, reader, path, "codes", error);
    if (status)
        return status;
    hid_t categories = H5Oopen(group, "categories", H5P_DEFAULT);
    const bool nested = H5Iget_type(categories) == H5I_GROUP;
    hdf5_close(categories);
    return open_inner(column, &column->categories, reader, path, nested ? "categories/values" : "categories", error);
}

/* Before AnnData 0.8 the codes had a reference to the categories, which are in the group __categories beside them. */
static cludi_status find_old_categories(hdf5_column *column, hdf5_reader *reader, const char *path, hid_t dataset,
                                        cludi_error *error)
{
    char beside[HDF5_PATH];
    hdf5_attribute reference;
    const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
    const int length = snprintf(beside, sizeof beside, "%.*s__categories/%s", (int)(last - path), path, last);
    cludi_status status = hdf5_header_find(reader, dataset, "categories", column->name, &reference, error);
    alloc_free(reader->allocator, reference.bytes);
    column->categorical = reference.found || (length < HDF5_PATH && hdf5_path_exists(reader->file, beside));
    return status;
}

static cludi_status open_object(hdf5_column *column, hdf5_reader *reader, const char *path, cludi_error *error)
{
    hid_t object;
    cludi_status status = hdf5_path_open(reader->file, path, column->name, &object, error);
    if (status)
        return status;
    if (H5Iget_type(object) == H5I_DATASET) {
        status = hdf5_array_open(&column->values, reader, object, column->name, error);
        return status ? status : find_old_categories(column, reader, path, object, error);
    }
    status = H5Iget_type(object) == H5I_GROUP ? open_group(column, reader, path, object, error)
                                              : refuse(column, "is no dataset.", error);
    hdf5_close(object);
    return status;
}

cludi_status hdf5_column_open(hdf5_column *column, hdf5_reader *reader, const char *path, const char *name,
                              cludi_error *error)
{
    const size_t size = strlen(name) + 1;
    hdf5_column_init(column);
    column->name = alloc_array(reader->allocator, (int64_t)size, 1);
    if (!column->name)
        return error_memory(error, "a column of an HDF5 file");
    memcpy(column->name, name, size);
    return open_object(column, reader, path, error);
}

/* ---- missing values ---- */

static cludi_status refuse_missing(const hdf5_column *column, int64_t row, cludi_error *error)
{
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" has no value in row %" PRId64 " (counted from 0).",
                     column->name, row);
}

cludi_status hdf5_column_check(const hdf5_column *column, hdf5_reader *reader, int64_t first, int64_t count,
                               cludi_error *error)
{
    const int64_t end = first + count;
    element_block block;
    cludi_status status = CLUDI_OK;
    if (column->mask.dataset < 0)
        return CLUDI_OK;
    for (int64_t row = first, step; row < end && !status; row += step) {
        step = hdf5_array_step(&column->mask, row, end - row);
        status = hdf5_array_read(&column->mask, reader, (hdf5_part){row, 0, step, 1}, &block, error);
        for (int64_t i = 0; i < step && !status; i++)
            if (block.bytes[i])
                status = refuse_missing(column, row + i, error);
    }
    return status;
}

/* ---- numbers ---- */

cludi_status hdf5_column_read(const hdf5_column *column, hdf5_reader *reader, int64_t first, int64_t count, float *out,
                              int64_t stride, cludi_error *error)
{
    const element_type type = column->values.info.type;
    const int64_t end = first + count;
    element_block block;
    cludi_status status = hdf5_column_check(column, reader, first, count, error);
    for (int64_t row = first, step; row < end && !status; row += step) {
        step = hdf5_array_step(&column->values, row, end - row);
        status = hdf5_array_read(&column->values, reader, (hdf5_part){row, 0, step, 1}, &block, error);
        for (int64_t i = 0; i < step && !status; i++)
            out[(row - first + i) * stride] = element_float(type, block.bytes + i * type.size);
    }
    return status;
}

/* ---- labels ---- */

static cludi_status check_codes(const hdf5_column *column, int64_t first, int64_t count, const int32_t *codes,
                                cludi_error *error)
{
    const bool known = column->categories.dataset >= 0;
    const int64_t most = known ? column->categories.info.count : INT64_MAX;
    for (int64_t i = 0; i < count; i++) {
        if (codes[i] < 0)
            return error_set(error, CLUDI_ERROR_FORMAT,
                             "\"%s\" has no category in row %" PRId64 " (counted from 0): its code is %" PRId32 ".",
                             column->name, first + i, codes[i]);
        if (codes[i] >= most)
            return error_set(error, CLUDI_ERROR_FORMAT,
                             "\"%s\" is damaged: row %" PRId64 " (counted from 0) has the code %" PRId32
                             ", and there are %" PRId64 " categories.",
                             column->name, first + i, codes[i], most);
    }
    return CLUDI_OK;
}

static cludi_status take_numbers(const hdf5_column *column, const element_block *block, int64_t first, int64_t count,
                                 int32_t *out, cludi_error *error)
{
    const element_type type = column->values.info.type;
    int64_t taken = array_take_labels(type, block, count, out);
    if (taken < count)
        return array_refuse_label(column->name, type, block->bytes + taken * type.size, first + taken, error);
    return column->categorical ? check_codes(column, first, count, out, error) : CLUDI_OK;
}

static cludi_status read_text(const hdf5_column *column, hdf5_reader *reader, const element_block *block, int64_t first,
                              int64_t number, char text[HDF5_TEXT], cludi_error *error)
{
    const element_type type = column->values.info.type;
    cludi_error why;
    cludi_status status = hdf5_text_read(reader, type, block->bytes + number * type.size, column->name, text, &why);
    return status ? error_set(error, status, "Row %" PRId64 " (counted from 0) cannot be read: %s", first + number,
                              why.message)
                  : CLUDI_OK;
}

static cludi_status take_texts(const hdf5_column *column, hdf5_reader *reader, text_codes *codes,
                               const element_block *block, int64_t first, int64_t count, int32_t *out,
                               cludi_error *error)
{
    char text[HDF5_TEXT];
    cludi_status status = CLUDI_OK;
    for (int64_t i = 0; i < count && !status; i++) {
        status = read_text(column, reader, block, first, i, text, error);
        if (!status && !text_codes_find(codes, text, &out[i]))
            status = error_memory(error, "the texts of labels");
    }
    return status;
}

cludi_status hdf5_column_read_labels(const hdf5_column *column, hdf5_reader *reader, int32_t *out, cludi_error *error)
{
    const hdf5_array *values = &column->values;
    const int64_t count = values->info.count;
    element_block block;
    text_codes codes;
    text_codes_init(&codes, reader->allocator);
    cludi_status status = hdf5_column_check(column, reader, 0, count, error);
    for (int64_t row = 0, step; row < count && !status; row += step) {
        step = hdf5_array_step(values, row, count - row);
        status = hdf5_array_read(values, reader, (hdf5_part){row, 0, step, 1}, &block, error);
        if (!status && element_is_text(values->info.type))
            status = take_texts(column, reader, &codes, &block, row, step, out + row, error);
        else if (!status)
            status = take_numbers(column, &block, row, step, out + row, error);
    }
    text_codes_clear(&codes);
    return status;
}

/* ---- texts ---- */

static cludi_status text_of(const hdf5_column *column, const hdf5_array *array, hdf5_reader *reader, int64_t row,
                            char text[HDF5_TEXT], cludi_error *error)
{
    const element_type type = array->info.type;
    element_block block;
    cludi_status status = hdf5_array_read(array, reader, (hdf5_part){row, 0, 1, 1}, &block, error);
    if (!status && element_is_text(type))
        return hdf5_text_read(reader, type, block.bytes, column->name, text, error);
    if (!status)
        element_text(type, block.bytes, text);
    return status;
}

cludi_status hdf5_column_read_text(const hdf5_column *column, hdf5_reader *reader, int64_t row, char text[HDF5_TEXT],
                                   cludi_error *error)
{
    element_block block;
    int32_t code;
    if (column->categories.dataset < 0)
        return text_of(column, &column->values, reader, row, text, error);
    cludi_status status = hdf5_array_read(&column->values, reader, (hdf5_part){row, 0, 1, 1}, &block, error);
    if (!status)
        status = take_numbers(column, &block, row, 1, &code, error);
    return status ? status : text_of(column, &column->categories, reader, code, text, error);
}
