#include "start_choice.h"

#include <math.h>

enum { FEW_ROWS = 1000 };
static const double LEAST_NEAREST = 0.6; /* below: plain k-means, but where the graph's voters keep */
static const double MORE_NEAR = 1.2; /* so many times as many near neighbors together, and are not far more uneven */
static const double GRAPH_NEAREST = 0.8;     /* from here on the graph's voters are trusted before k-means */
static const double UNEVEN = 0.12;           /* more uneven than the base by this much, */
static const double WRONG_SPLITS = 1.5;      /* by what so many wrong merges or splits of even clusters make, */
static const double LESS_WALK_OUT = 0.93;    /* and with so many of the base's walks that leave: the single one */
static const double VERY_UNEVEN = 0.25;      /* whatever a few neighbors say */
static const double FAR_LESS_WALK_OUT = 0.6; /* whatever the sizes */
static const double AS_MANY_WALK_OUT = 1.05; /* of the pick's walks that leave: plain k-means is as good, where */
static const double FAR_LESS_NEAR = 0.6;     /* so many of its near neighbors are elsewhere */
static const double ISLANDS = 0.998;         /* agreement where clusters are true islands */

static start_candidate find_best(const start_facts *facts, int candidates)
{
    int best = 0;
    for (int c = 1; c < candidates; c++)
        best = facts->agreement[c] > facts->agreement[best] ? c : best;
    return (start_candidate)best;
}

static double walk_out(const start_facts *facts, start_candidate c)
{
    return 1 - facts->agreement[c];
}

/* Are sizes uneven, so that the single one is better than the base, which evens them out? Smoothing joins small even clusters of which
   there are many, too: then few nearest neighbors speak against it, unless the difference is large. */
static bool is_single(const start_data *data, const start_facts *facts, start_candidate base)
{
    const double more = facts->unevenness[START_SINGLE] - facts->unevenness[base];
    return more > fmax(UNEVEN, WRONG_SPLITS * log(2) / data->clusters) &&
           walk_out(facts, START_SINGLE) < LESS_WALK_OUT * walk_out(facts, base) &&
           (more > VERY_UNEVEN || facts->near[START_SINGLE] >= facts->near[base]);
}

/* Does plain k-means fit the graph as well as the pick, and its nearest neighbors far better? Smoothing may blur what is clear. */
static bool is_plain_better(const start_facts *facts, start_candidate pick)
{
    return walk_out(facts, START_KMEANS) <= AS_MANY_WALK_OUT * walk_out(facts, pick) &&
           1 - facts->near[START_KMEANS] < FAR_LESS_NEAR * (1 - facts->near[pick]);
}

/* On few rows of few columns smoothing harms more often than it helps, unless the graph tells of another partition altogether. */
static start_candidate choose_few(const start_facts *facts)
{
    const start_candidate best = find_best(facts, START_CANDIDATES);
    const bool is_other = walk_out(facts, best) < FAR_LESS_WALK_OUT * walk_out(facts, START_KMEANS);
    return is_other || facts->agreement[best] > ISLANDS ? best : START_KMEANS;
}

bool start_is_blurred(const start_facts *facts)
{
    return facts->nearest < LEAST_NEAREST;
}

bool start_is_alone(const start_data *data, const start_facts *facts)
{
    return data->clusters > START_MANY_CLUSTERS || start_is_blurred(facts);
}

/* Neighbors tell little of the clusters of k-means. That may be the fault of k-means, where there are many clusters, or of the
   neighbors. */
static bool is_plain(const start_facts *facts)
{
    const double more = facts->unevenness[START_GRAPH] - facts->unevenness[START_KMEANS];
    return start_is_blurred(facts) &&
           (facts->near[START_GRAPH] < MORE_NEAR * facts->near[START_KMEANS] || more > VERY_UNEVEN);
}

/* Smoothed rows fit the graph better than they should: where they do not, the graph is right. */
static bool is_graph_trusted(const start_data *data, const start_facts *facts)
{
    return facts->nearest >= GRAPH_NEAREST ||
           (start_is_alone(data, facts) && walk_out(facts, START_GRAPH) <= walk_out(facts, START_DEEP));
}

start_candidate start_choose(const start_data *data, const start_facts *facts)
{
    if (is_plain(facts))
        return START_KMEANS;
    if (data->coordinates && data->rows <= FEW_ROWS)
        return choose_few(facts);
    const start_candidate base = is_graph_trusted(data, facts) ? START_GRAPH : START_DEEP;
    const start_candidate first = is_single(data, facts, base) ? START_SINGLE : base;
    const start_candidate best = find_best(facts, START_KMEANS);
    const start_candidate pick = walk_out(facts, best) < FAR_LESS_WALK_OUT * walk_out(facts, first) ? best : first;
    return is_plain_better(facts, pick) ? START_KMEANS : pick;
}

double start_unevenness(const int64_t *counts, int32_t clusters, int64_t rows)
{
    double sum = log(clusters);
    for (int32_t k = 0; k < clusters; k++) {
        const double share = (double)counts[k] / (double)rows;
        sum += share > 0 ? share * log(share) : 0;
    }
    return sum;
}

const char *start_candidate_phrase(start_candidate candidate)
{
    static const char *const PHRASE[START_CANDIDATES] = {
        [START_GRAPH] = "what communities and spectral clusterings of the neighbors agree on",
        [START_DEEP] = "what runs of k-means on smoothed rows agree on",
        [START_SINGLE] = "the k-means on smoothed rows that fits the neighbors best",
        [START_KMEANS] = "the best k-means"};
    return PHRASE[candidate];
}
