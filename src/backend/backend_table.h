/* The backends: a folder of src/backend and a row here for each. What a user may choose, what he is told of it, and the names in
   sentences all follow from the rows. */
#ifndef BACKEND_BACKEND_TABLE_H
#define BACKEND_BACKEND_TABLE_H

#include "backend.h"

typedef struct backend_row {
    cludi_backend offered; /* help is NULL where tests alone open it by its name */
    const char *needs;     /* the Debian package that a build without it lacks; NULL where it is always built */
    /* Fills in be->ops, be->state and what differs from a CPU in float32. Called where it is built. */
    cludi_status (*open)(backend *be, cludi_error *error);
} backend_row;

/* Row `index`, slower ones first; NULL behind the last. */
const backend_row *backend_table_get(int32_t index);

/* CLUDI_ERROR_ARGUMENT for a name that is not offered, which is told what is. */
cludi_status backend_table_check(const char *name, cludi_error *error);

/* The row of a name, and of "auto" the last that is built and offered. CLUDI_ERROR_ARGUMENT for another name,
   CLUDI_ERROR_UNSUPPORTED where this build has no such backend. */
cludi_status backend_table_find(const char *name, const backend_row **row, cludi_error *error);

#endif
