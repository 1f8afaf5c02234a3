/* Rows on their way from the caller's matrix into a backend: checks and gathering. */
#ifndef CLUSTER_ROWS_H
#define CLUSTER_ROWS_H

#include <stdbool.h>

#include <cludi/matrix.h>
#include <cludi/status.h>

/* CLUDI_ERROR_DATA naming the first NaN or infinity; CLUDI_ERROR_ARGUMENT for a NULL or misshapen matrix or fewer than
   `least` rows. */
cludi_status rows_check(const cludi_matrix *X, int64_t least, cludi_error *error);

/* Is every number of row `row` zero? */
bool rows_is_zero(const cludi_matrix *X, int64_t row);

/* Copies row `row` of X to out (cols). Rows whose squares could overflow or vanish in float32 are scaled by a power of
   two first: every use normalizes them anyway. */
void rows_gather(float *out, const cludi_matrix *X, int64_t row);

#endif
