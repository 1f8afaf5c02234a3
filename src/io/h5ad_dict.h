/* A JSON object as a dict of AnnData: what scanpy keeps of its parameters in uns. */
#ifndef IO_H5AD_DICT_H
#define IO_H5AD_DICT_H

#include <cludi/status.h>

#include "hdf5_library.h"

/* CLUDI_ERROR_ARGUMENT unless text is a JSON object whose values are strings, numbers, booleans and objects of them, with names
   that HDF5 can have. */
cludi_status h5ad_dict_check(const char *text, cludi_error *error);

/* Writes such an object as the group `name`; false where libhdf5 failed (hdf5_fail says why) or there is no memory. */
bool h5ad_dict_put(hid_t parent, const char *name, const char *text);

#endif
