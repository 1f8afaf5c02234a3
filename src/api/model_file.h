/* A model as a safetensors file: its tensors under their names, everything else as metadata strings.

     format "cludi-model"   format_version "2"   cludi_version   generator "philox4x32-10"
     n, K, seed, rows, steps, loss, clusters_in_use, largest_share   numbers as text
     config   JSON object: every parameter of the table
     spaces   columns of each space of features, "384,768"; only where there are several
     feature_names, dropped_columns   JSON arrays of strings; only where the columns have names
     rows_digest, labels_digest, weights_digest (16 hexadecimal digits), labels_checked: what `cludi verify` compares */
#ifndef API_MODEL_FILE_H
#define API_MODEL_FILE_H

#include "model.h"

cludi_status model_file_save(const cludi_model *model, const char *path, cludi_error *error);
cludi_status model_file_load(cludi_model **model, const cludi_allocator *allocator, const char *path,
                             cludi_error *error);

#endif
