/* Every row against every other. */
#ifndef GRAPH_EXACT_NEIGHBOURS_H
#define GRAPH_EXACT_NEIGHBOURS_H

#include "neighbours.h"
#include "top_lists.h"

/* Fills the lists of all rows of args->X, which are empty. As neighbours_find. */
cludi_status exact_neighbours(const neighbour_args *args, const top_lists *lists, cludi_error *error);

#endif
