/* Every row against every other. */
#ifndef NEIGHBORS_EXACT_NEIGHBORS_H
#define NEIGHBORS_EXACT_NEIGHBORS_H

#include "neighbor_args.h"
#include "top_lists.h"

/* Fills the lists of all rows of args->X, which are empty. As neighbors_find. */
cludi_status exact_neighbors(const neighbor_args *args, const top_lists *lists, cludi_error *error);

#endif
