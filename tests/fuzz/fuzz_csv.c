/* csv.c: all columns, without an id column, one column as labels, and one with another as ids. */
#include "input_array.h"

#include "csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = input_file_put(data, size);
    (void)CSV_FORMAT.is_start(data, size);
    input_array_run(&CSV_FORMAT, path, NULL, NULL);
    input_array_run(&CSV_FORMAT, path, NULL, "id");
    input_array_run(&CSV_FORMAT, path, "label", NULL);
    input_array_run(&CSV_FORMAT, path, "label", "id");
    return 0;
}
