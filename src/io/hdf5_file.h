/* Arrays in HDF5 files: FILE:/PATH/TO/DATASET; without a path, /obsm/X_pca (AnnData's), or the only array of two
   dimensions. Numbers in one piece or in chunks, packed with deflate, LZF, shuffle and fletcher32; columns and data frames
   of AnnData. The index of /obs names the rows. Nothing outside the file is
   opened. Format: https://docs.hdfgroup.org/hdf5/develop/_f_m_t3.html; AnnData's use of it:
   https://anndata.readthedocs.io/en/latest/fileformat-prose.html */
#ifndef IO_HDF5_FILE_H
#define IO_HDF5_FILE_H

#include "array_format.h"

extern const array_format HDF5_FORMAT;

/* true for the first bytes of an HDF5 file, also behind a user block of 512, 1024 or 2048 bytes. */
static inline bool hdf5_is_start(const unsigned char *bytes, size_t size)
{
    static const char SIGNATURE[] = "\x89HDF\r\n\x1A\n";
    for (size_t at = 0; at + 8 <= size; at = at ? 2 * at : 512)
        if (memcmp(bytes + at, SIGNATURE, 8) == 0)
            return true;
    return false;
}

#endif
