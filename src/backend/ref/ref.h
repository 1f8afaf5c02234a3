/* The "ref" backend: plain C, always built, which the others are tested against; and "ref64", the same in double
   precision for gradient checks. */
#ifndef REF_REF_H
#define REF_REF_H

#include "backend.h"

/* Fill the table in; cannot fail. */
cludi_status ref_open(backend *be, cludi_error *error);
cludi_status ref64_open(backend *be, cludi_error *error);

#endif
