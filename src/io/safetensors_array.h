/* Tensors of a safetensors file as rows and labels. */
#ifndef IO_SAFETENSORS_ARRAY_H
#define IO_SAFETENSORS_ARRAY_H

#include "array_format.h"
#include "safetensors.h"

/* The value of "format" in the metadata of a model, and of what a training that was stopped keeps. */
#define SAFETENSORS_MODEL "cludi-model"
#define SAFETENSORS_CHECKPOINT "cludi-checkpoint"

extern const array_format SAFETENSORS_FORMAT;

/* What cludi wrote a file as, "a cludi model" or "a checkpoint of cludi"; NULL: it is nothing of cludi's. */
const char *safetensors_array_own(const safetensors_file *file);

/* The tensor that is meant: the one of this name; without a name (NULL) the only one, the only one of two dimensions, or
   where none has two the only one of one. NULL when there is none, or more than one. */
const safetensors_entry *safetensors_array_choose(const safetensors_file *file, const char *name);

#endif
