/* What is known before the first training step: the order of the rows, how they are mapped, their neighbors, and the first
   partition.

   All of it counts rows by their place in the canonical order (row_order.h), so nothing depends on the order in which the
   caller stored them. The first rows of that order are a random sample: they are kept in memory as mapped rows, and the
   map and the start are learned from them. Rows beyond are fetched and mapped when they are needed. */
#ifndef TRAINING_DATA_TRAINING_DATA_H
#define TRAINING_DATA_TRAINING_DATA_H

#include "checkpoint_state.h"
#include "input_map.h"
#include "message.h"
#include "neighbors.h"
#include "row_order.h"
#include "start_checkpoint.h"
#include "start_choice.h"

/* What of all this a method wants. */
typedef enum training_needs {
    TRAINING_NEEDS_ALL,    /* the lift, the start as the config has it, neighbors of all rows */
    TRAINING_NEEDS_SAMPLE, /* start and neighbors of the sample's rows alone */
    TRAINING_NEEDS_ROWS    /* mapped rows, and nothing else */
} training_needs;

typedef struct training_data_args {
    const backend *be;          /* of the training: the training_data opens one like it with products in float32 */
    const callbacks *messages;  /* progress may stop it */
    const cludi_source *X;      /* (M, n) the caller's rows */
    const cludi_config *config; /* checked */
    int32_t clusters;           /* K */
    uint64_t seed;
    const checkpoint_writer *writer; /* its `from` has the start, and whether neighbors are used; may be NULL */
    training_needs needs;
    feature_spaces spaces; /* of the columns */
    bool takes_mean;       /* auto means directions where it would mean unit */
} training_data_args;

typedef struct training_data {
    training_data_args args;
    const checkpoint_state *from; /* of the writer; NULL: from the beginning, or from within the search for the start */
    backend f32;                  /* products in float32 */
    row_order order;
    cludi_preprocessing kind; /* not auto */
    float *map_values;        /* (map_numbers) tensors of the map; owned */
    int64_t map_numbers;
    input_map map;
    float *sample;         /* (sample_rows, cols) unit rows; owned */
    int64_t sample_rows;   /* S, at most M */
    uint64_t *fingerprint; /* (S) of the sample's rows as given, ascending; owned */
    neighbor_graph
        graph; /* of all rows, or those of the sample; at least `neighbors` of each; rows = 0 without neighbors */
    int32_t neighbors; /* in use: as configured, or fewer where there are few rows, or none that tell clusters */
    int32_t *start;    /* (S) first partition, NULL without; owned */
    start_checkpoint votes;
    start_facts facts;    /* of the start, where it was found here; else zeros */
    bool init_is_teacher; /* the start stays the teacher to the end: neighbors are not used (R7) */
    float *raw;           /* (256, n) rows on their way; NULL where the sample has all; owned */
    int64_t *wanted;      /* (256) their numbers; as raw */
} training_data;

/* Rows of the sample, and neighbors of each row, of a training on so many rows. */
int64_t training_data_sample(int64_t rows, int32_t clusters);
int32_t training_data_neighbors(const cludi_config *config, int64_t rows);

/* What the first partition is made of: voters in their order, and the k-means starts of the first. */
typedef struct training_voters {
    int32_t all, kmeans, spectral; /* kmeans: the first of all, spectral: the last */
    int32_t starts;
} training_voters;

/* All 0 without a first partition. */
training_voters training_data_voters(const cludi_config *config, int64_t rows, int32_t clusters);

/* Neighbors and start are left out where the config has none.
   CLUDI_ERROR_DATA, CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND, CLUDI_STOPPED, what X->read returned. training_data_clear is needed
   after an error too. */
cludi_status training_data_init(training_data *p, const training_data_args *args, cludi_error *error);
void training_data_clear(training_data *p);

/* Leaves what was found of the start with the writer, if it is not there. What the writer returned. */
cludi_status training_data_keep_start(training_data *p, cludi_error *error);

/* Mapped rows of the canonical order, for `count` places: rows[i] is in the sample, or is row i of room (count, cols), filled from
   the source. room may be NULL where all rows are in the sample. Allocates nothing. */
cludi_status training_data_rows(training_data *p, const int64_t *places, int64_t count, float *room, const float **rows,
                                cludi_error *error);

/* All mapped rows in the canonical order; p must outlive the source. */
cludi_source training_data_source(training_data *p);

#endif
