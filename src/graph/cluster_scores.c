#include "cluster_scores.h"

cluster_scores graph_cluster_scores(const weighted_graph *graph, const int32_t *labels, int32_t clusters,
                                    double *strength)
{
    double shares = 0, stays = 0, all = 0;
    for (int32_t c = 0; c < clusters; c++)
        strength[c] = 0;
    for (int64_t i = 0; i < graph->rows; i++) {
        double inside = 0, sum = 0;
        for (int64_t e = graph->offset[i]; e < graph->offset[i + 1]; e++) {
            sum += graph->weight[e];
            inside += labels[graph->column[e]] == labels[i] ? graph->weight[e] : 0;
        }
        strength[labels[i]] += sum;
        shares += sum > 0 ? inside / sum : 1;
        stays += inside;
        all += sum;
    }
    cluster_scores scores = {.inside = shares / (double)graph->rows, .modularity = all > 0 ? stays / all : 0};
    for (int32_t c = 0; all > 0 && c < clusters; c++)
        scores.modularity -= strength[c] / all * (strength[c] / all);
    return scores;
}
