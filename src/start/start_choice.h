/* Which of four partitions of the same rows is the start, from what can be known of them without labels. The numbers of the rule were set
   on 26 labeled sets. */
#ifndef START_START_CHOICE_H
#define START_START_CHOICE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum start_candidate {
    START_GRAPH, /* consensus of communities and spectral clusterings, after votes of neighbors */
    START_DEEP,  /* consensus of k-means on rows smoothed a few times */
    START_SINGLE, /* the one k-means on smoothed rows that fits the graph best: it keeps uneven sizes, which a consensus evens out */
    START_KMEANS, /* plain k-means */
    START_CANDIDATES
} start_candidate;

typedef struct start_facts {
    double nearest;                     /* kappa of plain k-means between a row's cluster and its nearest neighbor's */
    double agreement[START_CANDIDATES]; /* walk_agreement.h, of each candidate */
    double near
        [START_CANDIDATES]; /* the same kappa between a row's cluster and those of its few nearest, by fuzzy weights */
    double unevenness[START_CANDIDATES];
    start_candidate pick;
} start_facts;

/* What the rule asks of the data. */
typedef struct start_data {
    int64_t rows;     /* M */
    int32_t clusters; /* K */
    bool coordinates; /* few columns that are measurements of their own: preprocessing "coordinates" */
} start_data;

/* Do the nearest neighbors tell little of the clusters of plain k-means? From facts->nearest alone. */
bool start_is_blurred(const start_facts *facts);

/* Then, or with more clusters than START_MANY_CLUSTERS, the communities of the wide shared graph are better than all other partitions
   that graphs give, and stand alone for them. */
enum { START_MANY_CLUSTERS = 256 };
bool start_is_alone(const start_data *data, const start_facts *facts);

/* The pick, from the other facts. */
start_candidate start_choose(const start_data *data, const start_facts *facts);

/* What a candidate is, to be read after "The first partition is ". */
const char *start_candidate_phrase(start_candidate candidate);

/* log K + sum over clusters of share log share: 0 where sizes are even, log K where one cluster has all rows. */
double start_unevenness(const int64_t *counts, int32_t clusters, int64_t rows);

#endif
