#include "fingerprint.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "complain.h"

enum { CHUNK = 1 << 16 };

static const uint64_t PRIME = UINT64_C(1099511628211);

uint64_t fingerprint_add(uint64_t before, const void *bytes, size_t size)
{
    const unsigned char *from = bytes;
    for (size_t i = 0; i < size; i++)
        before = (before ^ from[i]) * PRIME;
    return before;
}

int fingerprint_add_file(uint64_t *fingerprint, const char *path)
{
    unsigned char chunk[CHUNK];
    size_t got = 0;
    FILE *file = fopen(path, "rb");
    if (!file)
        return complain("Cannot read \"%s\": %s.", path, strerror(errno));
    while (!stop_signal_came() && (got = fread(chunk, 1, sizeof chunk, file)) > 0)
        *fingerprint = fingerprint_add(*fingerprint, chunk, got);
    int failed = ferror(file) ? errno : 0;
    fclose(file);
    if (stop_signal_came()) {
        complain("Stopped before the first image; nothing was written.");
        return stop_signal_exit_code();
    }
    return failed ? complain("Cannot read \"%s\": %s.", path, strerror(failed)) : EXIT_DONE;
}
