/* Attributes of AnnData: which column names the rows of a data frame, and the order of the others. */
#ifndef IO_HDF5_NAMES_H
#define IO_HDF5_NAMES_H

#include "hdf5_array.h"

/* The strings of an attribute, as they lie in the file. */
typedef struct hdf5_names {
    const char *owner; /* FILE:/PATH, for messages; borrowed */
    int64_t count;
    element_type type;
    unsigned char *bytes; /* (count) of type.size */
} hdf5_names;

/* Reads an attribute of an object; an empty list may have any type, and a missing attribute is one.
   Errors: CLUDI_ERROR_FORMAT, CLUDI_ERROR_MEMORY; hdf5_names_clear is allowed after one. */
cludi_status hdf5_names_read(hdf5_names *names, hdf5_reader *reader, hid_t object, const char *attribute,
                             const char *owner, cludi_error *error);

/* text = the string of this number. Errors: as hdf5_text_read. */
cludi_status hdf5_names_get(const hdf5_names *names, hdf5_reader *reader, int64_t number, char text[HDF5_TEXT],
                            cludi_error *error);

void hdf5_names_clear(hdf5_names *names, const hdf5_reader *reader);

#endif
