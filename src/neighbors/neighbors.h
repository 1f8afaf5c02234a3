/* The rows that are most alike: for each row the `degree` others of the largest cosine.

   Rows come as unit rows, so a cosine is a scalar product, and all of them are one matrix product X X^T of which half is
   computed (panel_search.h). M rows of n columns take M^2 n FLOP that way. Above `exact_rows` rows that is too many: the
   rows are cut into about sqrt(M) cells by a spherical k-means on a sample (cells.h), and a row is compared with the rows
   of its own cell and of those around it: about 24 sqrt(M) M n FLOP, and some neighbors are missed
   (cell_neighbors.h). Source of the method: inverted lists, Jegou, Douze and Schmid 2011, doi:10.1109/TPAMI.2010.57,
   without their codes. */
#ifndef NEIGHBORS_NEIGHBORS_H
#define NEIGHBORS_NEIGHBORS_H

#include "neighbor_args.h"

/* Finds the graph. A row of zeros has similarity 0 with all and the lowest numbers as neighbors where the graph is
   exact. Memory: the graph, 12 bytes a row above exact_rows, and 70 MB of blocks (8 KB a column where rows are longer
   than 10,000 columns). X is read M n / 8,000,000 times (once at least), above exact_rows about 10 times row by row.
   CLUDI_ERROR_ARGUMENT for M or k out of bounds, CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND, CLUDI_STOPPED, what X->read
   returned; the graph is then empty.
   Threads: X->read is called from the calling thread. The number of threads changes no bit. */
cludi_status neighbors_find(const neighbor_args *args, neighbor_graph *graph, cludi_error *error);

#endif
