#include "kmeans_rounds.h"

#include "error.h"

/* Squared distances below this part of |x|^2 are rounding: the row lies on its centroid. */
static const double ROUNDING = 1e-13;

/* By the products' distances, among rows that do not leave a cluster empty; -1: none. */
static int64_t farthest_row(const kmeans_rounds *w, const kmeans_start *start)
{
    int64_t farthest = -1;
    float most = 0;
    for (int64_t row = 0; row < w->rows->X->rows; row++) {
        const float squared = w->rows->squares[row] - 2 * start->scores[row];
        if (squared > most && start->counts[start->labels[row]] > 1) {
            farthest = row;
            most = squared;
        }
    }
    return farthest;
}

/* w->row is the row, as read. It will not be taken again: its distance becomes 0. */
static void move_row(const kmeans_rounds *w, kmeans_start *start, int64_t row, int32_t to)
{
    const int64_t n = w->rows->X->cols;
    const int32_t from = start->labels[row];
    for (int64_t j = 0; j < n; j++) {
        start->sums[from * n + j] -= (double)w->row[j];
        start->sums[to * n + j] = (double)w->row[j];
    }
    start->counts[from]--;
    start->counts[to] = 1;
    start->labels[row] = to;
    start->scores[row] = w->rows->squares[row] / 2;
    start->repaired++;
}

cludi_status kmeans_repair(kmeans_rounds *w, kmeans_start *start, cludi_error *error)
{
    const int64_t n = w->rows->X->cols;
    for (int32_t k = 0; k < w->args->clusters; k++) {
        if (start->counts[k] > 0)
            continue;
        TRY(backend_finish(w->args->be, error));
        const int64_t row = farthest_row(w, start);
        if (row < 0)
            return CLUDI_OK;
        TRY(kmeans_rows_fetch(w->rows, row, w->row, error));
        kmeans_rows_enter(w->rows, w->row, w->row + n);
        const double exact = kmeans_distance(w->row + n, start->centroids + start->labels[row] * n, n);
        if (exact <= ROUNDING * kmeans_square(w->row + n, n))
            return CLUDI_OK;
        move_row(w, start, row, k);
    }
    return CLUDI_OK;
}
