/* The state of a training as a safetensors file.

     format "cludi-checkpoint"   format_version "3"   what the training is: cludi_version, generator, backend, precision, seed,
     n_features, n_clusters, rows, config, digest (of the rows)         where it is: the numbers of checkpoint_state
     content_digest, of all else
     tensors: the arrays of checkpoint_state, each (kind, count)
*/
#ifndef API_CHECKPOINT_FILE_H
#define API_CHECKPOINT_FILE_H

#include <cludi/config.h>

#include "backend.h"
#include "checkpoint_state.h"

/* What a checkpoint must be of to go on from it; the digest of the rows is compared by the training. */
typedef struct checkpoint_identity {
    const backend *be;
    uint64_t seed;
    int64_t features, rows;
    int32_t clusters;
    const cludi_config *config;
} checkpoint_identity;

/* CLUDI_ERROR_FILE, CLUDI_ERROR_MEMORY; the old file is then whole. */
cludi_status checkpoint_file_save(const char *path, const checkpoint_identity *identity, const checkpoint_state *state,
                                  cludi_error *error);

/* *found is false, and the state is empty, when there is no file. CLUDI_ERROR_ARGUMENT, naming what differs, for the checkpoint of
   another training, CLUDI_ERROR_FORMAT, CLUDI_ERROR_FILE, CLUDI_ERROR_MEMORY. checkpoint_state_clear is allowed after an error. */
cludi_status checkpoint_file_load(const char *path, const checkpoint_identity *identity, checkpoint_state *state,
                                  bool *found, cludi_error *error);

#endif
