#include "contingency.h"

#include <inttypes.h>
#include <string.h>

#include "alloc.h"
#include "error.h"

/* The distinct values of one labeling, ascending. */
typedef struct label_set {
    int32_t *values; /* (count), in a block of rows values */
    int64_t count;
} label_set;

/* Flipping the sign bit makes the order of the unsigned numbers that of the signed ones. */
static uint32_t get_digit(int32_t label, int shift)
{
    return (((uint32_t)label ^ UINT32_C(0x80000000)) >> shift) & 0xFF;
}

/* One stable counting pass of the radix sort. */
static void sort_by_digit(const int32_t *from, int32_t *to, int64_t rows, int shift)
{
    int64_t starts[257] = {0};
    for (int64_t i = 0; i < rows; i++)
        starts[get_digit(from[i], shift) + 1]++;
    for (int digit = 0; digit < 256; digit++)
        starts[digit + 1] += starts[digit];
    for (int64_t i = 0; i < rows; i++)
        to[starts[get_digit(from[i], shift)]++] = from[i];
}

/* set->values and scratch have room for all rows. */
static void collect_labels(label_set *set, const int32_t *labels, int64_t rows, int32_t *scratch)
{
    sort_by_digit(labels, scratch, rows, 0);
    sort_by_digit(scratch, set->values, rows, 8);
    sort_by_digit(set->values, scratch, rows, 16);
    sort_by_digit(scratch, set->values, rows, 24);
    set->count = 1;
    for (int64_t i = 1; i < rows; i++)
        if (set->values[i] != set->values[set->count - 1])
            set->values[set->count++] = set->values[i];
}

/* The place of a label that is in the set. */
static int64_t find_label(const label_set *set, int32_t label)
{
    int64_t low = 0, high = set->count - 1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (set->values[middle] < label)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static cludi_status allocate_table(contingency *table, cludi_error *error)
{
    if (table->classes > CONTINGENCY_CELLS_MAX / table->clusters)
        return error_set(error, CLUDI_ERROR_ARGUMENT,
                         "truth has %" PRId64 " distinct values and predicted has %" PRId64
                         "; their product must be at most %" PRId64 ".",
                         table->classes, table->clusters, CONTINGENCY_CELLS_MAX);
    table->counts = alloc_zeroed(table->allocator, table->classes * table->clusters, sizeof *table->counts);
    table->class_sizes = alloc_zeroed(table->allocator, table->classes, sizeof *table->class_sizes);
    table->cluster_sizes = alloc_zeroed(table->allocator, table->clusters, sizeof *table->cluster_sizes);
    if (!table->counts || !table->class_sizes || !table->cluster_sizes)
        return error_memory(error, "the table of classes and clusters");
    return CLUDI_OK;
}

static void sum_sizes(contingency *table)
{
    for (int64_t i = 0; i < table->classes; i++) {
        for (int64_t j = 0; j < table->clusters; j++) {
            int64_t count = table->counts[i * table->clusters + j];
            table->class_sizes[i] += count;
            table->cluster_sizes[j] += count;
        }
    }
}

cludi_status contingency_init(contingency *table, const cludi_allocator *allocator, const int32_t *truth,
                              const int32_t *predicted, int64_t rows, cludi_error *error)
{
    cludi_status status = CLUDI_OK;
    label_set classes = {0}, clusters = {0};
    int32_t *scratch = NULL;
    *table = (contingency){.allocator = allocator, .rows = rows};
    if (rows < 1 || rows > CONTINGENCY_ROWS_MAX)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "rows is %" PRId64 "; it must be 1 to %" PRId64 ".", rows,
                         CONTINGENCY_ROWS_MAX);

    classes.values = alloc_array(allocator, rows, sizeof *classes.values);
    clusters.values = alloc_array(allocator, rows, sizeof *clusters.values);
    scratch = alloc_array(allocator, rows, sizeof *scratch);
    if (!classes.values || !clusters.values || !scratch) {
        status = error_memory(error, "sorted copies of the labels");
        goto done;
    }
    collect_labels(&classes, truth, rows, scratch);
    collect_labels(&clusters, predicted, rows, scratch);
    table->classes = classes.count;
    table->clusters = clusters.count;
    status = allocate_table(table, error);
    if (status != CLUDI_OK)
        goto done;
    for (int64_t i = 0; i < rows; i++)
        table->counts[find_label(&classes, truth[i]) * clusters.count + find_label(&clusters, predicted[i])]++;
    sum_sizes(table);

done:
    alloc_free(allocator, scratch);
    alloc_free(allocator, clusters.values);
    alloc_free(allocator, classes.values);
    if (status != CLUDI_OK)
        contingency_clear(table);
    return status;
}

void contingency_clear(contingency *table)
{
    alloc_free(table->allocator, table->cluster_sizes);
    alloc_free(table->allocator, table->class_sizes);
    alloc_free(table->allocator, table->counts);
    *table = (contingency){0};
}

bool contingency_is_same_partition(const contingency *table)
{
    int64_t pairs = 0;
    for (int64_t cell = 0; cell < table->classes * table->clusters; cell++)
        pairs += table->counts[cell] > 0;
    return pairs == table->classes && pairs == table->clusters;
}
