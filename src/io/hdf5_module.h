/* The part of cludi that knows libhdf5 is a module (module.h), as that brings libcurl, OpenSSL and Kerberos with it: 25
   libraries that no other file needs. What other folders call of hdf5_*.c and h5ad_writer.c has its place here and in
   hdf5_load.c. */
#ifndef IO_HDF5_MODULE_H
#define IO_HDF5_MODULE_H

#include "h5ad_writer.h"
#include "hdf5_file.h"

#define HDF5_MODULE_FILE "cludi_hdf5.so"
#define HDF5_MODULE_ENTRY "cludi_hdf5_module"

typedef struct hdf5_module {
    const char *version;
    const array_format *format;
    cludi_status (*h5ad_write)(in_file *source, const char *target, const h5ad_columns *columns,
                               const cludi_allocator *allocator, cludi_error *error);
} hdf5_module;

#endif
