/* One column as AnnData stores it: numbers, booleans or strings, with or without a mask of missing values, or categories.
   https://anndata.readthedocs.io/en/latest/fileformat-prose.html */
#ifndef IO_HDF5_COLUMN_H
#define IO_HDF5_COLUMN_H

#include "hdf5_array.h"

typedef struct hdf5_column {
    char *name;            /* FILE:/PATH, for messages */
    hdf5_array values;     /* of any shape where it is a plain dataset of numbers; codes where there are categories */
    hdf5_array mask;       /* true where there is no value; not open: every row has one */
    hdf5_array categories; /* not open: there are none, or they are elsewhere, as before AnnData 0.8 */
    bool categorical;
} hdf5_column;

/* A column that is not open. */
void hdf5_column_init(hdf5_column *column);

/* Opens what is at path, a dataset or a group of them. name: for messages, copied.
   Errors: CLUDI_ERROR_FORMAT, CLUDI_ERROR_MEMORY; hdf5_column_close is allowed after one. */
cludi_status hdf5_column_open(hdf5_column *column, hdf5_reader *reader, const char *path, const char *name,
                              cludi_error *error);

void hdf5_column_close(hdf5_column *column, const hdf5_reader *reader);

/* CLUDI_ERROR_FORMAT naming the first of count rows from first on that has no value. */
cludi_status hdf5_column_check(const hdf5_column *column, hdf5_reader *reader, int64_t first, int64_t count,
                               cludi_error *error);

/* Numbers of rows first .. first + count as float32, `stride` apart. Errors: as hdf5_array_read, and those of
   hdf5_column_check. */
cludi_status hdf5_column_read(const hdf5_column *column, hdf5_reader *reader, int64_t first, int64_t count, float *out,
                              int64_t stride, cludi_error *error);

/* Labels of all rows: whole numbers, codes of categories, or strings as 0, 1, 2, ... in the order in which they first come.
   Errors: as hdf5_column_read, and for a number that is no int32. */
cludi_status hdf5_column_read_labels(const hdf5_column *column, hdf5_reader *reader, int32_t *out, cludi_error *error);

/* text = the value of a row that has one (hdf5_column_check): a string, a number, or the name of its category.
   Errors: as hdf5_array_read and hdf5_text_read. */
cludi_status hdf5_column_read_text(const hdf5_column *column, hdf5_reader *reader, int64_t row, char text[HDF5_TEXT],
                                   cludi_error *error);

#endif
