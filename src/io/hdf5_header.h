/* Attributes, found in the header of their object without libhdf5: 1.10 copies from behind a header that is damaged.
   HDF5 File Format Specification 3.0, IV.A. */
#ifndef IO_HDF5_HEADER_H
#define IO_HDF5_HEADER_H

#include "hdf5_array.h"

typedef struct hdf5_attribute {
    bool found;
    bool apart;           /* others are stored where they are not looked for, as libhdf5 does with many of them */
    element_type type;    /* 'S' or 'O', as hdf5_dataset_check has it; kind 0: neither */
    int64_t count;        /* of elements */
    unsigned char *bytes; /* (count) of type.size, NULL where there are none or kind is 0; owned */
} hdf5_attribute;

/* Looks for the attribute of an object; bytes is freed by the caller with alloc_free. name: FILE:/PATH, for messages.
   Errors: CLUDI_ERROR_FORMAT, CLUDI_ERROR_FILE, CLUDI_ERROR_MEMORY. */
cludi_status hdf5_header_find(hdf5_reader *reader, hid_t object, const char *attribute, const char *name,
                              hdf5_attribute *out, cludi_error *error);

#endif
