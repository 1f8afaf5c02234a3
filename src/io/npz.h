/* NumPy's .npz: a zip whose members are .npy files, stored or deflated. FILE:KEY names one; a file with a single array
   needs no key. */
#ifndef IO_NPZ_H
#define IO_NPZ_H

#include "array_format.h"

extern const array_format NPZ_FORMAT;

#endif
