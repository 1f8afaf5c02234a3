/* idx.c and unzip.c: the header, all labels, then rows from the end and from the start. */
#include "input_file.h"

#include "idx.h"

static void read_numbers(idx_file *idx)
{
    const int64_t rows = idx->info.shape[0], count = idx->info.count;
    if (count == 0 || count > INPUT_MOST_NUMBERS)
        return;
    float *numbers = input_memory(count, sizeof *numbers);
    int32_t *labels = input_memory(count, sizeof *labels);
    (void)idx_read_labels(idx, labels, NULL);
    (void)idx_read_rows(idx, rows / 2, rows - rows / 2, numbers, NULL);
    (void)idx_read_rows(idx, 0, rows, numbers, NULL);
    free(labels);
    free(numbers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    in_file file;
    idx_file idx;
    cludi_error error;
    if (in_file_open(&file, input_file_put(data, size), &error) != CLUDI_OK)
        return 0;
    if (idx_open(&idx, &file, &error) == CLUDI_OK)
        read_numbers(&idx);
    idx_close(&idx);
    in_file_close(&file);
    return 0;
}
