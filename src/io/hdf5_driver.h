/* How libhdf5 reads a file of ours: within its bounds, and without the buffer for small reads that its own driver has, from
   which libhdf5 1.10 copies at addresses that a damaged file made up. */
#ifndef IO_HDF5_DRIVER_H
#define IO_HDF5_DRIVER_H

#include <hdf5.h>

/* Makes files that are opened with this access list go through the driver, for reading alone. */
herr_t hdf5_driver_choose(hid_t access);

#endif
