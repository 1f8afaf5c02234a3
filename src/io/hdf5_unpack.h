/* The filters of HDF5 that cludi undoes itself: libhdf5 1.10 does not look whether a chunk unpacks to as many bytes as it
   takes from it. Format: https://docs.hdfgroup.org/hdf5/develop/_f_m_t3.html#FilterMessage; LZF is h5py's:
   https://docs.h5py.org/en/stable/high/dataset.html#lossless-compression-filters */
#ifndef IO_HDF5_UNPACK_H
#define IO_HDF5_UNPACK_H

#include <stddef.h>

typedef enum hdf5_filter { HDF5_DEFLATE, HDF5_SHUFFLE, HDF5_FLETCHER32, HDF5_LZF, HDF5_FILTERS } hdf5_filter;

/* Bytes that are unpacked from one of two buffers to the other. */
typedef struct hdf5_bytes {
    unsigned char *data;  /* (size) */
    unsigned char *spare; /* (capacity); filters that need it swap it with data */
    size_t size;          /* <= capacity */
    size_t capacity;      /* of both buffers */
} hdf5_bytes;

/* Undoes one filter; width: bytes of a number. NULL, or what is wrong, put behind "it". */
const char *hdf5_unpack(hdf5_bytes *bytes, hdf5_filter filter, size_t width);

#endif
