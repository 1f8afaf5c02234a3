#include "mutual_information.h"

#include <float.h>
#include <math.h>

/* Terms of E[MI] with a smaller share of the largest one are left out. */
static const double NEGLIGIBLE = 1e-30;

/* A sum that carries its rounding error along (Kahan 1965, doi:10.1145/363707.363723): a table may have 10^7 terms. */
typedef struct total {
    double sum;
    double excess; /* how much too large sum is */
} total;

/* The hypergeometric distribution of one cell: how many of b rows drawn from `rows` fall into a class of a rows. */
typedef struct overlap {
    int64_t a, b, rows;
    double weight; /* sum of the weights of the terms seen, in units of the first */
    double value;  /* sum of weight times contribution to MI */
} overlap;

static void add_to(total *t, double term)
{
    double wanted = term - t->excess;
    double sum = t->sum + wanted;
    t->excess = (sum - t->sum) - wanted;
    t->sum = sum;
}

/* log(p / q) for p, q >= 1, with all digits also where p is close to q. */
static double log_ratio(int64_t p, int64_t q)
{
    double excess = (double)(p - q) / (double)q;
    return fabs(excess) < 0.5 ? log1p(excess) : log((double)p / (double)q);
}

/* What n shared rows add to MI. The products are below 2^62: see CONTINGENCY_ROWS_MAX. */
static double get_information(int64_t n, int64_t a, int64_t b, int64_t rows)
{
    return n == 0 ? 0.0 : (double)n / (double)rows * log_ratio(rows * n, a * b);
}

double mutual_information_entropy(const int64_t *sizes, int64_t count, int64_t rows)
{
    total entropy = {0};
    for (int64_t i = 0; i < count; i++)
        add_to(&entropy, (double)sizes[i] / (double)rows * log_ratio(rows, sizes[i]));
    return entropy.sum;
}

double mutual_information_observed(const contingency *table)
{
    total information = {0};
    for (int64_t i = 0; i < table->classes && !stop_request_stopped(table->stop); i++)
        for (int64_t j = 0; j < table->clusters; j++)
            add_to(&information, get_information(table->counts[i * table->clusters + j], table->class_sizes[i],
                                                 table->cluster_sizes[j], table->rows));
    return fmax(information.sum, 0.0);
}

/* P(n + 1) / P(n) = (a - n) (b - n) / ((n + 1) (N - a - b + n + 1)) */
static double get_ratio(const overlap *cell, int64_t n)
{
    return (double)(cell->a - n) * (double)(cell->b - n) /
           ((double)(n + 1) * (double)(cell->rows - cell->a - cell->b + n + 1));
}

static void add_term(overlap *cell, int64_t n, double weight)
{
    cell->weight += weight;
    cell->value += weight * get_information(n, cell->a, cell->b, cell->rows);
}

static double expect_cell(int64_t a, int64_t b, int64_t rows)
{
    overlap cell = {.a = a, .b = b, .rows = rows};
    int64_t least = a + b > rows ? a + b - rows : 0;
    int64_t most = a < b ? a : b;
    int64_t mode = (int64_t)((double)(a + 1) * (double)(b + 1) / (double)(rows + 2));
    mode = mode < least ? least : mode > most ? most : mode;
    add_term(&cell, mode, 1.0);
    double weight = 1.0;
    for (int64_t n = mode; n < most && weight > NEGLIGIBLE; n++) {
        weight *= get_ratio(&cell, n);
        add_term(&cell, n + 1, weight);
    }
    weight = 1.0;
    for (int64_t n = mode; n > least && weight > NEGLIGIBLE; n--) {
        weight /= get_ratio(&cell, n - 1);
        add_term(&cell, n - 1, weight);
    }
    return cell.value / cell.weight;
}

double mutual_information_expected(const contingency *table)
{
    total information = {0};
    for (int64_t i = 0; i < table->classes && !stop_request_stopped(table->stop); i++)
        for (int64_t j = 0; j < table->clusters; j++)
            add_to(&information, expect_cell(table->class_sizes[i], table->cluster_sizes[j], table->rows));
    return fmax(information.sum, 0.0);
}

static double get_mean_entropy(const contingency *table)
{
    return (mutual_information_entropy(table->class_sizes, table->classes, table->rows) +
            mutual_information_entropy(table->cluster_sizes, table->clusters, table->rows)) /
           2.0;
}

double mutual_information_normalized(const contingency *table)
{
    if (contingency_is_same_partition(table))
        return 1.0;
    return fmin(mutual_information_observed(table) / get_mean_entropy(table), 1.0);
}

double mutual_information_adjusted(const contingency *table)
{
    if (contingency_is_same_partition(table))
        return 1.0;
    double expected = mutual_information_expected(table);
    double room = fmax(get_mean_entropy(table) - expected, DBL_EPSILON);
    return (mutual_information_observed(table) - expected) / room;
}
