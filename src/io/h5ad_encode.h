/* Objects in an HDF5 file as AnnData 0.8 and later encodes them; the attributes encoding-type and encoding-version say which.
   https://anndata.readthedocs.io/en/latest/fileformat-prose.html */
#ifndef IO_H5AD_ENCODE_H
#define IO_H5AD_ENCODE_H

#include "hdf5_library.h"

/* A dataset. Times are left out of everything: equal data give equal bytes. */
typedef struct h5ad_data {
    const char *encoding; /* "array", "string-array", "string" or "numeric-scalar" */
    hid_t type, memory;   /* in the file, and of data */
    int rank;             /* 0 to 2 */
    hsize_t shape[2];
    const void *data;
} h5ad_data;

/* UTF-8 of any length; hdf5_close closes it. */
hid_t h5ad_text_type(void);

/* As h5py stores a NumPy boolean, from int8_t 0 or 1; hdf5_close closes it. */
hid_t h5ad_boolean_type(void);

/* Each gives false, or a negative group, where libhdf5 failed (hdf5_fail says why). */
bool h5ad_put_attribute(hid_t object, const char *name, hid_t type, hid_t space, const void *value);
bool h5ad_put_data(hid_t group, const char *name, const h5ad_data *data);

/* A new group of this encoding; hdf5_close closes it. */
hid_t h5ad_put_group(hid_t parent, const char *name, const char *encoding, const char *version);

#endif
