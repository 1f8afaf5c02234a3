/* model_file.c. An input is how many bytes of numbers there are (2 bytes, little-endian) and the header without its
   length, so that a change of the header leaves a whole file; the numbers are zeros. */
#include "input_file.h"

#include <string.h>

#include "alloc.h"
#include "model_file.h"

enum { PREFIX = 2, LENGTH = 8, MOST_HEADER = 65536, MOST_DATA = 65535 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[LENGTH + MOST_HEADER + MOST_DATA];
    const cludi_allocator allocator = alloc_system();
    cludi_model *model;
    cludi_error error;
    if (size < PREFIX || size - PREFIX > MOST_HEADER)
        return 0;
    const uint64_t header = size - PREFIX;
    const size_t numbers = (size_t)(data[0] | data[1] << 8);
    memcpy(bytes, &header, sizeof header);
    memcpy(bytes + LENGTH, data + PREFIX, header);
    memset(bytes + LENGTH + header, 0, numbers);
    if (model_file_load(&model, &allocator, input_file_put(bytes, LENGTH + header + numbers), &error) == CLUDI_OK)
        model_free(model);
    return 0;
}
