/* Each row against those of its own cell and of the cells around it. */
#ifndef NEIGHBORS_CELL_NEIGHBORS_H
#define NEIGHBORS_CELL_NEIGHBORS_H

#include "neighbor_args.h"
#include "top_lists.h"

/* Fills the lists of all rows of args->X, which are empty. A cell meets the 12 cells whose centers are nearest to its own
   (more if they would have fewer than four times `degree` rows), and those that it is near to. Rows that find too few
   neighbors there are held against all. As neighbors_find. */
cludi_status cell_neighbors(const neighbor_args *args, const top_lists *lists, cludi_error *error);

#endif
