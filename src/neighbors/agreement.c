#include "agreement.h"

#include <string.h>

double graph_agreement(const neighbor_graph *graph, const int32_t *labels, int32_t clusters, int64_t *counts)
{
    const double rows = (double)graph->rows;
    int64_t same = 0;
    double chance = 0;
    memset(counts, 0, (size_t)clusters * sizeof *counts);
    for (int64_t i = 0; i < graph->rows; i++) {
        counts[labels[i]]++;
        same += labels[i] == labels[graph->neighbor[i * graph->degree]];
    }
    for (int32_t k = 0; k < clusters; k++)
        chance += (double)counts[k] / rows * ((double)counts[k] / rows);
    return chance < 1 ? ((double)same / rows - chance) / (1 - chance) : 1;
}
