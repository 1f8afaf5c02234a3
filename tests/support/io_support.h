/* A folder of its own for a test program, and files with given bytes in it. Include behind <cmocka.h>. */
#ifndef TESTS_IO_SUPPORT_H
#define TESTS_IO_SUPPORT_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cludi/status.h>

static char io_folder[512];

/* Group setup: makes the folder. */
static inline int io_setup(void **state)
{
    const char *base = getenv("TMPDIR");
    (void)state;
    snprintf(io_folder, sizeof io_folder, "%s/cludi-io-XXXXXX", base && *base ? base : "/tmp");
    return mkdtemp(io_folder) ? 0 : -1;
}

/* The path of a file in the folder; one of four buffers in turn. */
static inline const char *io_path(const char *name)
{
    static char paths[4][1024];
    static int next = 0;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", io_folder, name);
    return path;
}

/* Removes the files of the folder; returns how many there were. */
static inline int io_empty(void)
{
    int count = 0;
    DIR *folder = opendir(io_folder);
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        assert_int_equal(remove(io_path(entry->d_name)), 0);
        count++;
    }
    closedir(folder);
    return count;
}

/* How many files the folder has. */
static inline int io_count(void)
{
    int count = -2; /* . and .. */
    DIR *folder = opendir(io_folder);
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* Group teardown: removes the folder. */
static inline int io_teardown(void **state)
{
    (void)state;
    io_empty();
    return rmdir(io_folder);
}

/* Writes a file of the folder and returns its path. */
static inline const char *io_put(const char *name, const void *bytes, size_t size)
{
    const char *path = io_path(name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

/* Writes a .npy with a header of 128 bytes as the file "x" and returns its path. */
static inline const char *io_put_npy(const char *descr, const char *shape, const void *data, size_t size)
{
    unsigned char *bytes = malloc(128 + size);
    assert_non_null(bytes);
    memset(bytes, ' ', 128);
    memcpy(bytes, "\x93NUMPY\1\0\x76\0", 10);
    const int length =
        snprintf((char *)bytes + 10, 118, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, shape);
    bytes[10 + length] = ' ';
    if (size > 0)
        memcpy(bytes + 128, data, size);
    const char *path = io_put("x", bytes, 128 + size);
    free(bytes);
    return path;
}

/* Fails unless the file has exactly these bytes. */
static inline void io_expect(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    unsigned char *found = malloc(size + 1);
    assert_non_null(found);
    assert_int_equal(fread(found, 1, size + 1, file), size);
    assert_memory_equal(found, bytes, size);
    free(found);
    fclose(file);
}

/* Fails unless the error has this status and these words. */
static inline void io_expect_error(const cludi_error *error, cludi_status returned, cludi_status wanted,
                                   const char *words)
{
    assert_int_equal(returned, wanted);
    assert_int_equal(error->status, wanted);
    if (!strstr(error->message, words))
        fail_msg("\"%s\" is not in: %s", words, error->message);
    assert_int_equal(error->message[strlen(error->message) - 1], '.');
}

#endif
