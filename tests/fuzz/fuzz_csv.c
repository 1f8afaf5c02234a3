/* csv.c: all columns, without an id column, one column as labels, and one with another as ids; columns left out, by name in
   another order, with and without a header, with a decimal comma. */
#include "input_array.h"

#include "csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const drop[] = {"id", "2"}, *const names[] = {"b", "a"}, *const known[] = {"id", ""};
    static const cludi_columns wanted = {names, 2, known, 2};
    const char *path = input_file_put(data, size);
    (void)CSV_FORMAT.is_start(data, size);
    input_array_run(&CSV_FORMAT, path, NULL, NULL);
    input_array_run(&CSV_FORMAT, path, NULL, "id");
    input_array_run(&CSV_FORMAT, path, "label", NULL);
    input_array_run(&CSV_FORMAT, path, "label", "id");
    cludi_dataset_options options = {.struct_size = sizeof options, .find_ids = 1};
    input_array_run_with(&CSV_FORMAT, path, NULL, NULL, &options);
    options.drop = drop;
    for (options.drop_count = 0; options.drop_count <= 2; options.drop_count++) {
        options.columns = options.drop_count == 1 ? NULL : &wanted;
        options.decimal_comma = options.drop_count == 1;
        options.header = (cludi_header)options.drop_count;
        input_array_run_with(&CSV_FORMAT, path, NULL, NULL, &options);
    }
    return 0;
}
