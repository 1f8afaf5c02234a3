/* safetensors.c: the header, and every tensor. safetensors_array.c: the rows and labels of one. file_kind.c. */
#include "input_array.h"

#include "file_kind.h"
#include "safetensors_array.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const cludi_allocator allocator = alloc_system();
    safetensors_file file;
    cludi_error error;
    (void)safetensors_is_start(data, size);
    (void)file_kind_find(data, size);
    input_array_run(&SAFETENSORS_FORMAT, input_file_put(data, size), NULL, NULL);
    input_array_run(&SAFETENSORS_FORMAT, input_file_put(data, size), "emb", NULL);
    if (safetensors_open(input_file_put(data, size), &allocator, &file, &error) != CLUDI_OK)
        return 0;
    for (int64_t i = 0; i < file.count; i++) {
        const safetensors_entry *entry = safetensors_find(&file, file.entries[i].name);
        float *numbers = entry->count <= INPUT_MOST_NUMBERS ? input_memory(entry->count, sizeof *numbers) : NULL;
        if (numbers)
            (void)safetensors_read(&file, entry, numbers, &error);
        free(numbers);
    }
    (void)safetensors_metadata(&file, "format");
    safetensors_close(&file);
    return 0;
}
