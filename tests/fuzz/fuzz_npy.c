/* npy.c: the header, all rows, a part of the rows, all labels. */
#include "input_file.h"

#include "npy.h"

static void read_numbers(byte_source *source, const array_info *info)
{
    const int64_t rows = info->dimensions > 0 ? info->shape[0] : 0;
    if (rows == 0 || info->count == 0 || info->count > INPUT_MOST_NUMBERS)
        return;
    float *numbers = input_memory(info->count, sizeof *numbers);
    int32_t *labels = input_memory(info->count, sizeof *labels);
    (void)npy_read_labels(source, info, labels, NULL);
    if (!info->fortran || info->dimensions <= 2) {
        (void)npy_read_rows(source, info, 0, rows, numbers, NULL);
        (void)npy_read_rows(source, info, rows / 2, rows - rows / 2, numbers, NULL);
    }
    free(labels);
    free(numbers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    in_file file;
    array_info info;
    cludi_error error;
    if (in_file_open(&file, input_file_put(data, size), &error) != CLUDI_OK)
        return 0;
    byte_source source = byte_source_of(&file);
    if (npy_read_header(&source, &info, &error) == CLUDI_OK)
        read_numbers(&source, &info);
    in_file_close(&file);
    return 0;
}
