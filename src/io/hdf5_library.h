/* libhdf5, as the other hdf5_*.c and h5ad_writer.c use it: silent, without plugins, one thread at a time.

       hdf5_session session;
       status = hdf5_enter(&session, path, error);
       if (status)
           return status;
       hid_t file = hdf5_open(descriptor, NULL);
       ...
       hdf5_leave(&session);

   The library's error printing and its plugin loading are settings of the whole process; they are put back on leaving. */
#ifndef IO_HDF5_LIBRARY_H
#define IO_HDF5_LIBRARY_H

#include <stdbool.h>

#define H5_USE_110_API /* the names of 1.10, in every later version too */
#include <hdf5.h>

#include <cludi/status.h>

enum { HDF5_REASON = 160 };

typedef struct hdf5_session {
    cludi_status status;      /* of the last call of the library that failed: format, or memory */
    char reason[HDF5_REASON]; /* what it said innermost */
    H5E_auto2_t print;
    void *print_user;
    unsigned plugins;
    bool plugins_known;
} hdf5_session;

/* Waits for the other threads; silences the library and keeps it from loading plugins. CLUDI_ERROR_UNSUPPORTED, and then there is
   nothing to leave: in a child that was forked while a thread, which it does not have, was at work in the library. */
cludi_status hdf5_enter(hdf5_session *session, const char *path, cludi_error *error);

/* Puts back what hdf5_enter changed. */
void hdf5_leave(const hdf5_session *session);

/* Opens the file of a descriptor, from its start; negative when it cannot. What is open in it is closed with it. write_error:
   NULL to read alone; else 0, and once a write has failed its errno, which libhdf5 does not learn of: look at it after H5Fclose. */
hid_t hdf5_open(int descriptor, int *write_error);

/* Bytes of a global heap ID in the file of an object: a length, an address and a number. 0 after an error. */
size_t hdf5_heap_id_size(hid_t object);

/* A type in memory with which H5Dread gives strings of any length as they lie in the file, as global heap IDs of
   `size` bytes: libhdf5 1.10 reads and writes out of bounds where these are damaged. hdf5_raw_end closes it. */
hid_t hdf5_raw_begin(size_t size);
void hdf5_raw_end(hid_t type);

/* Closes anything that is open; negative is allowed. */
void hdf5_close(hid_t object);

/* The sentence for the last call that failed since hdf5_enter: `"path" cannot be read as HDF5: what the library says.` */
cludi_status hdf5_fail(const char *path, cludi_error *error);

#endif
