/* hdf5_*.c: what is chosen without a path and the names of its rows, a dataset or data frame, a column of labels. */
#include "input_file.h"

#include <stdio.h>

#include "alloc.h"
#include "dataset_file.h"
#include "hdf5_file.h"

/* libhdf5 1.10 forgets memory when it finds damage, and looking at that takes most of the time; and it asks for as much as a
   damaged heap says it has, and reads nothing into it, which takes ASan seconds. So what cludi allocates is counted here, and
   libhdf5 gets no more than a machine with little memory has. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=256";
}

enum { MOST_BYTES = 64 << 20 };
static int blocks;

static void *allocate(void *user, size_t bytes)
{
    input_must(bytes <= MOST_BYTES, "much memory for a small file");
    void *block = malloc(bytes);
    (void)user;
    blocks += block != NULL;
    return block;
}

static void release(void *user, void *block)
{
    (void)user;
    blocks--;
    free(block);
}

static char path[96];

static void remove_file(void)
{
    (void)unlink(path);
}

/* libhdf5 asks for the name behind /proc/self/fd/N, so the file has to have one. */
static void put_file(const uint8_t *data, size_t size)
{
    static int descriptor = -1;
    if (descriptor < 0) {
        snprintf(path, sizeof path, "%s", "/tmp/cludi-fuzz-XXXXXX");
        descriptor = mkstemp(path);
        input_must(descriptor >= 0 && atexit(remove_file) == 0, "mkstemp");
    }
    input_must(ftruncate(descriptor, 0) == 0, "ftruncate");
    input_must(pwrite(descriptor, data, size, 0) == (ssize_t)size, "pwrite");
}

static void read_ids(dataset_file *file)
{
    char text[CLUDI_ID_SIZE];
    for (int64_t row = 0; row < file->rows; row++)
        if (dataset_file_read_id(file, row, text, sizeof text, NULL) == CLUDI_OK)
            input_must(strlen(text) < sizeof text, "a name without an end");
}

static void read_rows(const char *member, const cludi_allocator *allocator)
{
    char full[128];
    snprintf(full, sizeof full, "%s%s", path, member);
    const dataset_request request = {.path = full, .allocator = allocator};
    dataset_file file;
    dataset_file_init(&file);
    if (dataset_file_open(&file, &request, NULL) == CLUDI_OK && file.rows <= INPUT_MOST_NUMBERS &&
        file.rows * file.cols <= INPUT_MOST_NUMBERS) {
        float *numbers = input_memory(file.rows * file.cols, sizeof *numbers);
        (void)dataset_file_read(&file, 0, file.rows, numbers, NULL);
        (void)dataset_file_read(&file, file.rows / 2, file.rows - file.rows / 2, numbers, NULL);
        free(numbers);
        read_ids(&file);
    }
    dataset_file_close(&file);
}

static void read_labels(const char *member, const cludi_allocator *allocator)
{
    cludi_file_info info;
    cludi_labels labels;
    char full[128];
    snprintf(full, sizeof full, "%s%s", path, member);
    if (dataset_file_describe(full, allocator, &info, NULL) == CLUDI_OK && info.shape[0] <= INPUT_MOST_NUMBERS &&
        dataset_file_read_labels(&(dataset_request){.path = full, .allocator = allocator}, &labels, NULL) == CLUDI_OK)
        alloc_free(allocator, labels.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const cludi_allocator allocator = {allocate, release, NULL};
    if (!hdf5_is_start(data, size < ARRAY_FORMAT_HEAD ? size : ARRAY_FORMAT_HEAD))
        return 0;
    put_file(data, size);
    read_rows("", &allocator);
    read_rows(":x", &allocator);
    read_labels(":ct", &allocator);
    input_must(blocks == 0, "memory that was not freed");
    return 0;
}
