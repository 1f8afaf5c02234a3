/* Partitions that the graphs of the neighbors give: communities (communities.h) and k-means on eigenvectors (spectral.h).

     graph                       communities   eigenvectors
     fuzzy, narrow and middle    x
     shared, middle              x             x, with the weights as they are and squared
     shared, wide                              x, likewise

   The communities of the wide shared graph may have to stand for all (start_choice.h). A graph whose first K eigenvalues are all 1 falls into
   K islands or more: its eigenvectors tell no more, and are left out. */
#ifndef START_GRAPH_VOTERS_H
#define START_GRAPH_VOTERS_H

#include "phase_clock.h"
#include "start_run.h"

enum { GRAPH_VOTERS_COMMUNITIES = 6, GRAPH_VOTERS_SPECTRAL = 4 }; /* at most */

int32_t graph_voters_count(const start_run *r);

/* Two graphs that are wanted for more than voters. */
typedef struct start_graphs {
    weighted_graph fuzzy;  /* narrow */
    weighted_graph shared; /* wide */
} start_graphs;

/* start_graphs_clear() is right after an error too. Errors: those of start_find(). */
cludi_status start_graphs_make(const start_run *r, start_graphs *graphs, cludi_error *error);
void start_graphs_clear(start_graphs *graphs);

/* labels: (M) the consensus of both families. clock: may be NULL. Errors: those of start_find(). Memory: one more graph at a time, labels
   of 10 voters, M K numbers for eigenvectors. */
cludi_status graph_voters_run(start_run *r, const start_graphs *graphs, phase_clock *clock, int32_t *labels,
                              cludi_error *error);

#endif
