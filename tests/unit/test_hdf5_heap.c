/* Local heaps as they lie in a file: prefix, then data with a list of free blocks, with numbers of 4 and of 8 bytes. */
#include "cmocka_all.h"

#include "io_support.h"

#include <fcntl.h>
#include <unistd.h>

#ifdef CLUDI_WITH_HDF5
#include "hdf5_heap.h"

enum { DATA = 64, MOST = 256 };

typedef struct heap {
    int length; /* bytes of a number */
    uint64_t size, list, next, data;
    size_t cut; /* bytes of the prefix that are read */
} heap;

static void put(unsigned char *to, uint64_t number, int length)
{
    for (int i = 0; i < length; i++)
        to[i] = (unsigned char)(number >> 8 * i);
}

/* A list whose first block says that `next` follows. */
static bool is_sound(heap h)
{
    unsigned char file[MOST] = "HEAP";
    const hdf5_widths layout = {0, h.length, h.length};
    put(file + 8, h.size, h.length);
    put(file + 8 + h.length, h.list, h.length);
    put(file + 8 + 2 * h.length, h.data, h.length);
    put(file + DATA + 16, h.next, h.length);
    const char *path = io_put("heap", file, sizeof file);
    const int descriptor = open(path, O_RDONLY);
    const bool sound = hdf5_heap_is_sound(descriptor, sizeof file, &layout, file, h.cut);
    close(descriptor);
    return sound;
}

static void lists_that_end_are_sound(void **state)
{
    (void)state;
    for (int length = 4; length <= 8; length += 4) {
        const size_t prefix = 8 + 3 * (size_t)length;
        assert_true(is_sound((heap){length, 128, 16, 1, DATA, prefix}));
        assert_true(is_sound((heap){length, 128, 1, 0, DATA, prefix})); /* no free block */
        assert_false(is_sound((heap){length, 128, 16, 16, DATA, prefix}));
        assert_false(is_sound((heap){length, 128, 127, 1, DATA, prefix}));
        assert_false(is_sound((heap){length, MOST, 16, 1, DATA, prefix}));
        assert_false(is_sound((heap){length, 128, 16, 1, MOST + 1, prefix}));
        assert_true(is_sound((heap){length, 128, 16, 16, DATA, prefix - 1})); /* libhdf5 refuses it */
    }
    io_empty();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lists_that_end_are_sound)};
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}

#else

int main(void)
{
    return 77;
}

#endif
