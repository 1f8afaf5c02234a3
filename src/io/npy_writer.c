/* Writing .npy files, byte for byte as NumPy does. */
#include "npy.h"

#include <string.h>

enum { WRITTEN_HEADER = 128 };

/* Begins a file with the header NumPy would write: version 1.0, padded so that the numbers begin at byte 128. */
static cludi_status write_header(out_file *file, const array_info *info, cludi_error *error)
{
    char header[WRITTEN_HEADER + 1], shape[ARRAY_SHAPE_TEXT];
    const int preamble = NPY_MAGIC_LENGTH + 4;
    array_shape_text(info, shape);
    memset(header, ' ', WRITTEN_HEADER);
    memcpy(header, NPY_MAGIC "\x01\x00", NPY_MAGIC_LENGTH + 2);
    header[NPY_MAGIC_LENGTH + 2] = WRITTEN_HEADER - NPY_MAGIC_LENGTH - 4;
    header[NPY_MAGIC_LENGTH + 3] = 0;
    int length = snprintf(header + preamble, (size_t)(WRITTEN_HEADER - preamble),
                          "{'descr': '<%c4', 'fortran_order': False, 'shape': %s, }", info->type.kind, shape);
    header[preamble + length] = ' ';
    header[WRITTEN_HEADER - 1] = '\n';
    return out_file_write(file, header, WRITTEN_HEADER, error);
}

static cludi_status open_writer(npy_writer *writer, const char *path, const array_info *info, cludi_error *error)
{
    *writer = (npy_writer){.rows = info->shape[0], .cols = info->dimensions == 2 ? info->shape[1] : 1};
    cludi_status status = out_file_open(&writer->file, path, error);
    return status ? status : write_header(&writer->file, info, error);
}

cludi_status npy_writer_open_labels(npy_writer *writer, const char *path, int64_t rows, cludi_error *error)
{
    const array_info info = {.type = {'i', '<', 4}, .dimensions = 1, .shape = {rows}};
    return open_writer(writer, path, &info, error);
}

cludi_status npy_writer_open_matrix(npy_writer *writer, const char *path, int64_t rows, int64_t cols,
                                    cludi_error *error)
{
    const array_info info = {.type = {'f', '<', 4}, .dimensions = 2, .shape = {rows, cols}};
    return open_writer(writer, path, &info, error);
}

cludi_status npy_writer_append(npy_writer *writer, const void *rows, int64_t count, cludi_error *error)
{
    if (count > writer->rows - writer->written)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "\"%s\" was begun for %" PRId64 " rows; %" PRId64 " more do not fit behind the %" PRId64
                         " that it has.",
                         writer->file.path, writer->rows, count, writer->written);
    cludi_status status = out_file_write(&writer->file, rows, (size_t)(count * writer->cols) * sizeof(float), error);
    writer->written += status ? 0 : count;
    return status;
}

cludi_status npy_writer_commit(npy_writer *writer, cludi_error *error)
{
    if (writer->written < writer->rows)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "\"%s\" was begun for %" PRId64 " rows, but only %" PRId64 " came; it was not written.",
                         writer->file.path, writer->rows, writer->written);
    return out_file_commit(&writer->file, error);
}

void npy_writer_discard(npy_writer *writer)
{
    out_file_discard(&writer->file);
}

cludi_status npy_write_labels(const char *path, const int32_t *labels, int64_t rows, cludi_error *error)
{
    npy_writer writer;
    cludi_status status = npy_writer_open_labels(&writer, path, rows, error);
    if (!status)
        status = npy_writer_append(&writer, labels, rows, error);
    if (!status)
        status = npy_writer_commit(&writer, error);
    npy_writer_discard(&writer);
    return status;
}

cludi_status npy_write_matrix(const char *path, const cludi_matrix *matrix, cludi_error *error)
{
    npy_writer writer;
    cludi_status status = npy_writer_open_matrix(&writer, path, matrix->rows, matrix->cols, error);
    for (int64_t i = 0; i < matrix->rows && !status; i++)
        status = npy_writer_append(&writer, matrix->data + i * matrix->stride, 1, error);
    if (!status)
        status = npy_writer_commit(&writer, error);
    npy_writer_discard(&writer);
    return status;
}
