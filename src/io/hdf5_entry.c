/* The only name that cludi_hdf5.so exports. */
#include "hdf5_module.h"
#include "module.h"

module_entry cludi_hdf5_module;

__attribute__((visibility("default"))) const void *cludi_hdf5_module(void)
{
    static const hdf5_module MODULE = {MODULE_VERSION, &HDF5_FORMAT, h5ad_write};
    return &MODULE;
}
