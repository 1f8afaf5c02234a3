/* npy.c: the header, all rows, a part of the rows, all labels. */
#include "input_array.h"

#include "npy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input_array_run(&NPY_FORMAT, input_file_put(data, size), NULL, NULL);
    return 0;
}
