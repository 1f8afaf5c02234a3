/* What a harness shares: the bytes of an input as a file, in memory. */
#ifndef TESTS_FUZZ_INPUT_FILE_H
#define TESTS_FUZZ_INPUT_FILE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Every harness defines this one; libFuzzer calls it with inputs it makes up, replay.c with those of a folder. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A harness that cannot work ends the program: a run without inputs must not look like one. */
static inline void input_must(int done, const char *what)
{
    if (!done) {
        perror(what);
        abort();
    }
}

/* The path of a file with these bytes; each call replaces the one before. */
static inline const char *input_file_put(const uint8_t *data, size_t size)
{
    static int descriptor = -1;
    static char path[64];
    if (descriptor < 0) {
        descriptor = memfd_create("input", MFD_CLOEXEC);
        input_must(descriptor >= 0, "memfd_create");
        snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    }
    input_must(ftruncate(descriptor, 0) == 0, "ftruncate");
    input_must(pwrite(descriptor, data, size, 0) == (ssize_t)size, "pwrite");
    return path;
}

/* Numbers that a harness has read for it; what says that it holds more is read no further than its header. */
enum { INPUT_MOST_NUMBERS = 65536 };

/* Memory of exactly count * size bytes, so that a byte behind them is found. */
static inline void *input_memory(int64_t count, size_t size)
{
    void *memory = malloc((size_t)count * size);
    input_must(memory != NULL, "malloc");
    return memory;
}

#endif
