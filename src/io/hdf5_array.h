/* Datasets of an HDF5 file that are open, and their elements as they lie in the file. */
#ifndef IO_HDF5_ARRAY_H
#define IO_HDF5_ARRAY_H

#include "hdf5_dataset.h"
#include "hdf5_global_heap.h"
#include "hdf5_path.h"
#include "hdf5_tile.h"

enum { HDF5_TEXT = 512 }; /* bytes of a string with its NUL */

/* A file, and what the reading of its datasets shares. Strings need `file` and `heap`. */
typedef struct hdf5_reader {
    hid_t file;
    in_file *in; /* the same file */
    const cludi_allocator *allocator;
    hdf5_tile tile; /* the chunk that was unpacked last */
    hdf5_global_heap heap;
} hdf5_reader;

typedef struct hdf5_array {
    hid_t dataset; /* negative: not open */
    array_info info;
    hdf5_layout layout;
} hdf5_array;

/* A part of an array: rows and columns from a corner on. */
typedef struct hdf5_part {
    int64_t row, col, rows, cols;
} hdf5_part;

/* Opens a file for reading. Errors: CLUDI_ERROR_FORMAT; hdf5_reader_close is allowed after one. */
cludi_status hdf5_reader_open(hdf5_reader *reader, in_file *in, const cludi_allocator *allocator, cludi_error *error);

/* Closes and frees; a zeroed reader is allowed. */
void hdf5_reader_close(hdf5_reader *reader);

/* Looks at a dataset and takes it over, after an error too. name: FILE:/PATH, borrowed as long as the array is open.
   Errors: CLUDI_ERROR_FORMAT, CLUDI_ERROR_MEMORY. */
cludi_status hdf5_array_open(hdf5_array *array, hdf5_reader *reader, hid_t dataset, const char *name,
                             cludi_error *error);

/* Closes; one that is not open is allowed. */
void hdf5_array_close(hdf5_array *array);

/* Elements of an array with one column that one read may take from a row on, at most count. */
int64_t hdf5_array_step(const hdf5_array *array, int64_t row, int64_t count);

/* Reads at most ELEMENT_BLOCK numbers of a part that lies within one chunk, or strings in as many bytes, as they lie in the
   file. Errors: CLUDI_ERROR_FORMAT, CLUDI_ERROR_FILE, both naming the row; CLUDI_STOPPED. */
cludi_status hdf5_array_read(const hdf5_array *array, hdf5_reader *reader, hdf5_part part, element_block *out,
                             cludi_error *error);

/* text = the string of an element as it lies in the file. Errors: as hdf5_array_read, without the row, and
   CLUDI_ERROR_MEMORY. */
cludi_status hdf5_text_read(hdf5_reader *reader, element_type type, const unsigned char *element, const char *name,
                            char text[HDF5_TEXT], cludi_error *error);

#endif
