/* Rows on their way into a backend: what is refused, and where they come from. Training asks a cludi_source; a matrix is
   a source whose read copies rows. Prediction is handed a matrix. */
#ifndef BASE_ROWS_H
#define BASE_ROWS_H

#include <stdbool.h>

#include <cludi/context.h>
#include <cludi/matrix.h>
#include <cludi/status.h>

/* CLUDI_ERROR_ARGUMENT for a NULL or misshapen matrix or source, or fewer than `least` rows. No row is looked at. */
cludi_status rows_check_matrix(const cludi_matrix *X, int64_t least, cludi_error *error);
cludi_status rows_check_source(const cludi_source *X, int64_t least, cludi_error *error);

/* As rows_check_matrix, and CLUDI_ERROR_DATA naming the first NaN or infinity. */
cludi_status rows_check(const cludi_matrix *X, int64_t least, cludi_error *error);

/* The rows of a matrix, which must outlive the source. */
cludi_source rows_of_matrix(const cludi_matrix *X);

/* Reads rows first .. first + count of X to out (count, cols). A source that fails without a sentence is given one. */
cludi_status rows_read(const cludi_source *X, int64_t first, int64_t count, float *out, cludi_error *error);

/* The same for any rows. */
cludi_status rows_read_many(const cludi_source *X, const int64_t *rows, int64_t count, float *out, cludi_error *error);

/* Called with each row in turn; numbers: (cols), gone after the call. */
typedef void rows_visitor(void *user, int64_t row, const float *numbers);

/* Reads all rows once, in blocks of about 1 MiB: CLUDI_ERROR_DATA naming the first NaN or infinity, CLUDI_ERROR_MEMORY,
   what X->read returned. visit may be NULL; it does not see a row that is refused. */
cludi_status rows_visit(const cludi_source *X, const cludi_allocator *allocator, rows_visitor *visit, void *user,
                        cludi_error *error);

/* Is every one of the numbers zero? */
bool rows_is_zero(const float *row, int64_t cols);

/* Scales a row whose squares could overflow or vanish in float32 by a power of two, and leaves all others: every use
   normalizes them anyway. */
void rows_scale(float *row, int64_t cols);

/* The sum of the squares, in double. */
double rows_square_sum(const float *row, int64_t cols);

/* Scales a row to norm 1 (a sum in double); false, and nothing is done, if it is all zero. */
bool rows_unit(float *row, int64_t cols);

#endif
