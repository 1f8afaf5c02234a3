#include "hdf5_driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hdf5_heap.h"

/* A file that is open. libhdf5 fills in the first part. */
typedef struct opened {
    H5FD_t public;
    int descriptor;
    bool writable;
    haddr_t end;       /* bytes of the file */
    haddr_t allocated; /* what libhdf5 says belongs to it */
    hdf5_widths layout;
    int *write_error;
} opened;

enum { SIGNATURE = 8, SUPERBLOCK = 40, FIRST_PLACE = 512 };

/* How numbers are written, as the superblock has it (HDF5 File Format Specification 3.0, II.A). */
static bool read_layout(const unsigned char *superblock, hdf5_widths *layout)
{
    const int version = superblock[SIGNATURE];
    const unsigned char *sizes = superblock + (version < 2 ? 13 : 9);
    const int place = version == 0 ? 24 : version == 1 ? 28 : 12;
    for (int i = 0; i < 2; i++)
        if (sizes[i] != 2 && sizes[i] != 4 && sizes[i] != 8)
            return false;
    *layout = (hdf5_widths){hdf5_little_endian(superblock + place, sizes[0]), sizes[0], sizes[1]};
    return true;
}

/* Is the base that addresses are counted from where the superblock is? libhdf5 1.10 takes any, and takes memory for as much as
   lies between. */
static bool has_own_base(opened *file)
{
    static const unsigned char MARK[SIGNATURE] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n'};
    unsigned char superblock[SUPERBLOCK];
    for (haddr_t at = 0; at < file->end; at = at ? 2 * at : FIRST_PLACE) {
        const ssize_t count = pread(file->descriptor, superblock, sizeof superblock, (off_t)at);
        if (count == (ssize_t)sizeof superblock && memcmp(superblock, MARK, sizeof MARK) == 0)
            return read_layout(superblock, &file->layout) && file->layout.base == at;
    }
    return false;
}

static bool open_descriptor(opened *file, const char *name)
{
    struct stat found;
    file->descriptor = open(name, (file->writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    if (file->descriptor < 0)
        return false;
    const bool known = fstat(file->descriptor, &found) == 0;
    file->end = known ? (haddr_t)found.st_size : 0;
    if (known && has_own_base(file))
        return true;
    close(file->descriptor);
    return false;
}

static H5FD_t *open_file(const char *name, unsigned flags, hid_t access, haddr_t most)
{
    int *const *write_error = H5Pget_driver_info(access);
    (void)most;
    opened *file = H5allocate_memory(sizeof *file, true);
    if (!file)
        return NULL;
    file->writable = flags & H5F_ACC_RDWR;
    file->write_error = *write_error;
    if (open_descriptor(file, name))
        return &file->public;
    (void)H5free_memory(file);
    return NULL;
}

static herr_t close_file(H5FD_t *public)
{
    opened *file = (opened *)public;
    close(file->descriptor);
    (void)H5free_memory(file);
    return 0;
}

/* Two openings are never taken for one: each has its own descriptor, and what is written to is opened once. */
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
    return ((const opened *)public)->allocated;
}

/* A file that is read has no more than it has: libhdf5 would take memory for what cannot be there. */
static herr_t set_allocated(H5FD_t *public, H5FD_mem_t type, haddr_t address)
{
    opened *file = (opened *)public;
    (void)type;
    if (!file->writable && address > file->end)
        return -1;
    file->allocated = address;
    return 0;
}

static haddr_t get_end(const H5FD_t *public, H5FD_mem_t type)
{
    (void)type;
    return ((const opened *)public)->end;
}

/* Behind the end of the file are zeros, as in libhdf5's own driver; nothing is read at an address it has not allocated. */
static herr_t read_file(H5FD_t *public, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size, void *buffer)
{
    const opened *file = (const opened *)public;
    unsigned char *to = buffer;
    const size_t wanted = size;
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
    return type != H5FD_MEM_LHEAP || hdf5_heap_is_sound(file->descriptor, file->end, &file->layout, buffer, wanted)
               ? 0
               : -1;
}

static herr_t write_file(H5FD_t *public, H5FD_mem_t type, hid_t transfer, haddr_t address, size_t size,
                         const void *buffer)
{
    opened *file = (opened *)public;
    const unsigned char *from = buffer;
    (void)type;
    (void)transfer;
    if (!file->writable || address > INT64_MAX - (haddr_t)size)
        return -1;
    while (size > 0 && *file->write_error == 0) {
        const ssize_t count = pwrite(file->descriptor, from, size, (off_t)address);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            *file->write_error = errno;
            break;
        }
        from += count;
        address += (haddr_t)count;
        size -= (size_t)count;
        file->end = address > file->end ? address : file->end;
    }
    return 0;
}

/* A file ends where libhdf5 says that it does. */
static herr_t truncate_file(H5FD_t *public, hid_t transfer, hbool_t closing)
{
    opened *file = (opened *)public;
    (void)transfer;
    (void)closing;
    const bool differs = file->writable && file->end != file->allocated && *file->write_error == 0;
    if (differs && ftruncate(file->descriptor, (off_t)file->allocated) != 0)
        *file->write_error = errno;
    return 0;
}

herr_t hdf5_driver_choose(hid_t access, int *write_error)
{
    static const H5FD_class_t DRIVER = {.name = "cludi",
                                        .maxaddr = (haddr_t)INT64_MAX,
                                        .fc_degree = H5F_CLOSE_STRONG,
                                        .fapl_size = sizeof write_error,
                                        .open = open_file,
                                        .close = close_file,
                                        .cmp = compare,
                                        .query = query,
                                        .get_eoa = get_allocated,
                                        .set_eoa = set_allocated,
                                        .get_eof = get_end,
                                        .read = read_file,
                                        .write = write_file,
                                        .truncate = truncate_file,
                                        .fl_map = H5FD_FLMAP_DICHOTOMY};
    const hid_t driver = H5FDregister(&DRIVER);
    const herr_t chosen = driver >= 0 ? H5Pset_driver(access, driver, &write_error) : -1;
    if (driver >= 0)
        (void)H5Idec_ref(driver);
    return chosen;
}
