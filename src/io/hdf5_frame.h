/* Data frames as AnnData stores them: a group with a column for each name of the attribute column-order, and one for the names
   of the rows, which the attribute _index has. */
#ifndef IO_HDF5_FRAME_H
#define IO_HDF5_FRAME_H

#include "hdf5_column.h"

typedef struct hdf5_frame {
    hdf5_column *columns; /* (count); each of numbers, one dimension, and as many rows as the others */
    int64_t count;
} hdf5_frame;

/* *is_frame: whether an object is a group with the attribute column-order. name: for messages. Errors: as hdf5_header_find. */
cludi_status hdf5_frame_find(hdf5_reader *reader, hid_t object, const char *name, bool *is_frame, cludi_error *error);

/* Opens the columns of a frame at path, without its index. name: for messages. *info: shape (rows, columns), and the type of
   the columns, or float64 where they differ. Errors: CLUDI_ERROR_FORMAT, CLUDI_ERROR_MEMORY; hdf5_frame_close is allowed
   after one. */
cludi_status hdf5_frame_open(hdf5_frame *frame, hdf5_reader *reader, const char *path, const char *name,
                             array_info *info, cludi_error *error);

void hdf5_frame_close(hdf5_frame *frame, const hdf5_reader *reader);

/* Rows first .. first + count as float32. Errors: as hdf5_column_read. */
cludi_status hdf5_frame_read(const hdf5_frame *frame, hdf5_reader *reader, int64_t first, int64_t count, float *out,
                             cludi_error *error);

/* index = the path of the column that names the rows of the frame at path, or "" where there is none. name: for messages.
   Errors: CLUDI_ERROR_FORMAT, CLUDI_ERROR_MEMORY. */
cludi_status hdf5_frame_find_index(hdf5_reader *reader, const char *path, const char *name, char index[HDF5_PATH],
                                   cludi_error *error);

#endif
