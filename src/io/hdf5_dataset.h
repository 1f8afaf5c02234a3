/* One dataset of an HDF5 file: what it says, held against what the file holds, before any number is read. */
#ifndef IO_HDF5_DATASET_H
#define IO_HDF5_DATASET_H

#include "array_info.h"
#include "hdf5_library.h"
#include "hdf5_unpack.h"
#include "in_file.h"

typedef enum hdf5_kind {
    HDF5_PLAIN,   /* in one piece in the file */
    HDF5_SCATTER, /* beside the description of the dataset, or in chunks as they are: libhdf5 gathers them */
    HDF5_PACKED   /* in chunks of equal shape that have to be unpacked */
} hdf5_kind;

/* How the numbers lie. */
typedef struct hdf5_layout {
    const char *name; /* FILE:/PATH, for messages; borrowed */
    bool texts;       /* strings in one dimension are read too */
    hdf5_kind kind;
    int64_t offset;     /* HDF5_PLAIN: where they begin in the file */
    int64_t rows, cols; /* of a chunk; else of the array */
    int64_t bytes;      /* of a chunk unpacked; else of the array */
    size_t width;       /* bytes of a number */
    int filter_count;
    hdf5_filter filters[HDF5_FILTERS]; /* in the order in which they were applied, each at most once */
} hdf5_layout;

/* Type and shape alone; nothing else of the file is looked at. false for what cludi does not read; *problem: why, put
   behind "it". */
bool hdf5_dataset_info(hid_t dataset, array_info *info, const char **problem);

/* The shape, of any type; the caller closes it. Negative where it cannot be had from the file alone. */
hid_t hdf5_dataset_space(hid_t dataset);

/* Type, shape, layout and filters, and that the file holds as many bytes as the shape says. layout->name and
   layout->texts are there before. The type of strings is 'S' with their length, or 'O' where each is a global heap ID.
   Errors: CLUDI_ERROR_FORMAT. */
cludi_status hdf5_dataset_check(hid_t dataset, const in_file *file, array_info *info, hdf5_layout *layout,
                                cludi_error *error);

#endif
