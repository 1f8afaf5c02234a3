#include "rand_index.h"

/* With at most 2^31 rows, T, S, A and B are below 2^61 and the products below 2^124. */
__extension__ typedef __int128 wide;

static int64_t sum_pairs(const int64_t *sizes, int64_t count)
{
    int64_t pairs = 0;
    for (int64_t i = 0; i < count; i++)
        pairs += sizes[i] * (sizes[i] - 1) / 2;
    return pairs;
}

double rand_index_adjusted(const contingency *table)
{
    wide total = sum_pairs(&table->rows, 1);
    wide both = sum_pairs(table->counts, table->classes * table->clusters);
    wide in_class = sum_pairs(table->class_sizes, table->classes);
    wide in_cluster = sum_pairs(table->cluster_sizes, table->clusters);
    if (both == in_class && both == in_cluster)
        return 1.0;
    wide above_chance = 2 * (both * total - in_class * in_cluster);
    wide room = (in_class + in_cluster) * total - 2 * in_class * in_cluster;
    return (double)above_chance / (double)room;
}
