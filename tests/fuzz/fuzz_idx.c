/* idx.c and unzip.c: the header, all labels, then rows from the end and from the start. */
#include "input_array.h"

#include "idx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input_array_run(&IDX_FORMAT, input_file_put(data, size), NULL, NULL);
    return 0;
}
