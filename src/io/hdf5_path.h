/* Finding an object in an HDF5 file over hard links alone, and saying what there is. */
#ifndef IO_HDF5_PATH_H
#define IO_HDF5_PATH_H

#include "hdf5_library.h"

enum { HDF5_PATH = 1024, HDF5_LIST = 320 };

/* Opens the object at path ("/obsm/X_pca"; the first slash may be missing), a group or a dataset. Soft and external links
   are refused, not followed. name: the file, for messages. *object is negative after an error.
   Errors: CLUDI_ERROR_FORMAT. */
cludi_status hdf5_path_open(hid_t file, const char *path, const char *name, hid_t *object, cludi_error *error);

/* true when a hard link of this path is there; damage counts as absence. */
bool hdf5_path_exists(hid_t file, const char *path);

/* The datasets of numbers with one or two dimensions, in the order of the file: by name, or as they came. */
typedef struct hdf5_list {
    int matrices, vectors;                     /* of two dimensions, of one */
    char matrix[HDF5_PATH], vector[HDF5_PATH]; /* the first of each */
    char text[HDF5_LIST];                      /* "/obsm/X_pca (2700, 50), /X (2700, 30)" or its beginning; those of
                                                       one dimension when there is none of two */
} hdf5_list;

/* Looks through the groups, no deeper than 8 and no more than 10,000 links; what is damaged is passed over. */
void hdf5_path_list(hid_t file, hdf5_list *list);

#endif
