/* Communities by modularity with a resolution g: the partition of the rows that makes

       sum over communities c of  in_c / w - g (S_c / w)^2

   large, with in_c the weight of the entries inside, S_c that of all entries of its rows, w that of all (Reichardt and Bornholdt 2006,
   doi:10.1103/PhysRevE.74.016110). Method: Leiden (Traag, Waltman and van Eck 2019, doi:10.1038/s41598-019-41695-z): rows move to
   the community that gains most until none gains; communities are refined, well-connected singletons joining the part that gains
   most; the parts are the nodes of the next level. The seed decides the order in which rows are looked at, and nothing else does. */
#ifndef GRAPH_LEIDEN_H
#define GRAPH_LEIDEN_H

#include "level.h"

typedef struct leiden {
    const cludi_allocator *allocator;
    stop_request *stop;
    level rows; /* level 0 */
    double all; /* w */
    double *row_strength;
    level_room rooms[2];
    level_scratch scratch;
    /* of one run */
    double scale; /* g / w */
    uint64_t seed;
    uint32_t shuffles;
    int32_t *place;                       /* (rows) the node of each row */
    int32_t *community;                   /* (nodes) of each node */
    int32_t *part;                        /* (nodes) of each node, within its community */
    int32_t *order;                       /* (nodes) shuffled; the queue */
    int32_t *count;                       /* (nodes) nodes in each community or part */
    int32_t *empty;                       /* (nodes) communities without nodes */
    double *strength;                     /* (nodes) of each community */
    double *part_strength, *part_outside; /* (nodes) of each part; its weight to the rest of its community */
    bool *waits;                          /* (nodes) is it in the queue? */
} leiden;

/* Room for runs on this graph, which must outlive it; stop may be NULL. CLUDI_ERROR_MEMORY; leiden_clear() is right after it too.
   Memory: 16 bytes times the entries, 130 times the rows. Runs allocate nothing. */
cludi_status leiden_init(leiden *l, const weighted_graph *graph, const cludi_allocator *allocator, stop_request *stop,
                         cludi_error *error);
void leiden_clear(leiden *l);

/* community: (rows) numbers from 0 in the order of the first rows; found: how many. Levels are built and undone twice, the second
   time from the first result. CLUDI_STOPPED. */
cludi_status leiden_run(leiden *l, double resolution, uint64_t seed, int32_t *community, int64_t *found,
                        cludi_error *error);

#endif
