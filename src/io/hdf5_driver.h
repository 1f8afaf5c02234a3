/* How libhdf5 reads and writes a file of ours: within its bounds, and without the buffer for small reads that its own driver
   has, from which libhdf5 1.10 copies at addresses that a damaged file made up. A write that fails is kept for the caller, and
   libhdf5 told that all is well: where closing fails, libhdf5 1.10 uses what it has freed. */
#ifndef IO_HDF5_DRIVER_H
#define IO_HDF5_DRIVER_H

#include <hdf5.h>

/* Makes files that are opened with this access list go through the driver. *write_error lives as long as the file: 0, and after
   a write that failed its errno; may be NULL where files are only read. */
herr_t hdf5_driver_choose(hid_t access, int *write_error);

#endif
