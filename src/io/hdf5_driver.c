#include "hdf5_driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file that is open. libhdf5 fills in the first part. */
typedef struct reading {
    H5FD_t public;
    int descriptor;
    haddr_t end;       /* bytes of the file */
    haddr_t allocated; /* what libhdf5 says belongs to it */
} reading;

enum { SIGNATURE = 8, SUPERBLOCK = 40, FIRST_PLACE = 512 };

static uint64_t little_endian(const unsigned char *bytes, int count)
{
    uint64_t number = 0;
    for (int i = count - 1; i >= 0; i--)
        number = number << 8 | bytes[i];
    return number;
}

/* The address that all others of a file are counted from, as its superblock has it (HDF5 File Format Specification 3.0, II.A);
   UINT64_MAX for a size of addresses that nothing has. */
static uint64_t base_address(const unsigned char *superblock)
{
    const int version = superblock[SIGNATURE];
    const int size = superblock[version < 2 ? 13 : 9], place = version == 0 ? 24 : version == 1 ? 28 : 12;
    return size == 2 || size == 4 || size == 8 ? little_endian(superblock + place, size) : UINT64_MAX;
}

/* Is that where the superblock is? libhdf5 1.10 takes any, and takes memory for as much as lies between. */
static bool has_own_base(int descriptor, uint64_t bytes)
{
    static const unsigned char MARK[SIGNATURE] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n'};
    unsigned char superblock[SUPERBLOCK];
    for (uint64_t at = 0; at < bytes; at = at ? 2 * at : FIRST_PLACE) {
        const ssize_t count = pread(descriptor, superblock, sizeof superblock, (off_t)at);
        if (count == (ssize_t)sizeof superblock && memcmp(superblock, MARK, sizeof MARK) == 0)
            return base_address(superblock) == at;
    }
    return false;
}

static H5FD_t *open_file(const char *name, unsigned flags, hid_t access, haddr_t most)
{
    struct stat found;
    (void)access;
    (void)most;
    if (flags & H5F_ACC_RDWR)
        return NULL;
    reading *file = H5allocate_memory(sizeof *file, true);
    if (!file)
        return NULL;
    file->descriptor = open(name, O_RDONLY | O_CLOEXEC);
    if (file->descriptor < 0 || fstat(file->descriptor, &found) != 0 ||
        !has_own_base(file->descriptor, (uint64_t)found.st_size)) {
        if (file->descriptor >= 0)
            close(file->descriptor);
        (void)H5free_memory(file);
        return NULL;
    }
    file->end = (haddr_t)found.st_size;
    return &file->public;
}

static herr_t close_file(H5FD_t *public)
{
    reading *file = (reading *)public;
    close(file->descriptor);
    (void)H5free_memory(file);
    return 0;
}

/* Two openings are never taken for one: each has its own descriptor, and nothing is written. */
static int compare(const H5FD_t *a, const H5FD_t *b)
{
    return a == b ? 0 : (uintptr_t)a < (uintptr_t)b ? -1 : 1;
}

static herr_t query(const H5FD_t *public, unsigned long *features)
{
    (void)public;
    *features = H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    return 0;
}

static haddr_t get_allocated(const H5FD_t *public, H5FD_mem_t type)
{
    (void)type;
    return ((const reading *)public)->allocated;
}

/* More than the file has: libhdf5 would take memory for what cannot be there. */
static herr_t set_allocated(H5FD_t *public, H5FD_mem_t type, haddr_t address)
{
    reading *file = (reading *)public;
    (void)type;
    if (address > file->end)
        return -1;
    file->allocated = address;
    return 0;
}

static haddr_t get_end(const H5FD_t *public, H5FD_mem_t type)
{
    (void)type;
    return ((const reading *)public)->end;
}

/* Behind the end of the file are zeros, as in libhdf5's own driver; nothing is read at an address it has not allocated. */
static herr_t read_file(H5FD_t *public, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, void *buffer)
{
    const reading *file = (const reading *)public;
    unsigned char *to = buffer;
    (void)type;
    (void)transfer;
    if (address > file->allocated || size > file->allocated - address || address > INT64_MAX - (haddr_t)size)
        return -1;
    while (size > 0) {
        const ssize_t count = pread(file->descriptor, to, size, (off_t)address);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        if (count == 0)
            break;
        to += count;
        address += (haddr_t)count;
        size -= (size_t)count;
    }
    memset(to, 0, size);
    return 0;
}

static herr_t refuse_write(H5FD_t *public, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size,
                           const void *buffer)
{
    (void)public;
    (void)type;
    (void)transfer;
    (void)address;
    (void)size;
    (void)buffer;
    return -1;
}

herr_t hdf5_driver_choose(hid_t access)
{
    static const H5FD_class_t DRIVER = {.name = "cludi",
                                        .maxaddr = (haddr_t)INT64_MAX,
                                        .fc_degree = H5F_CLOSE_STRONG,
                                        .open = open_file,
                                        .close = close_file,
                                        .cmp = compare,
                                        .query = query,
                                        .get_eoa = get_allocated,
                                        .set_eoa = set_allocated,
                                        .get_eof = get_end,
                                        .read = read_file,
                                        .write = refuse_write,
                                        .fl_map = H5FD_FLMAP_DICHOTOMY};
    const hid_t driver = H5FDregister(&DRIVER);
    const herr_t chosen = driver >= 0 ? H5Pset_driver(access, driver, NULL) : -1;
    if (driver >= 0)
        (void)H5Idec_ref(driver);
    return chosen;
}
