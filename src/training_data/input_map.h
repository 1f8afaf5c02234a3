/* From the rows that a caller gives to the rows that are clustered, and on to what the denoiser sees.

   Rows of any offset and scale become unit rows y, so that a cosine tells how alike two rows are:
     unit         y = unit(x)                                        as published
     directions   y = unit((x - c) f)                                c: mean of the columns
     coordinates  y = [2 q ; |q|^2 - 1] / (|q|^2 + 1), q = (x - c) f the inverse stereographic projection: few columns
                  have too few directions, and on the sphere of one more dimension near rows stay near
   f scales all columns alike, so that the mean of |(x - c) f|^2 is 1 (1/4 for coordinates); columns are scaled to equal
   variance first where one of them holds nearly all of it, because then they have different units.

   A network cannot tell small differences of few numbers apart, so coordinates are lifted for it to random Fourier
   features [cos(W y) ; sin(W y)] / sqrt(F) (Rahimi and Recht 2007): scalar products of those are exp(-|y - y'|^2 / 2 s^2), with s
   the distance of a row from the middle of its cluster. All other kinds hand on y. */
#ifndef TRAINING_DATA_INPUT_MAP_H
#define TRAINING_DATA_INPUT_MAP_H

#include <cludi/config.h>
#include <cludi/matrix.h>

#include "param_set.h"

enum {
    INPUT_FREQUENCIES = 128,
    INPUT_MOST_SPECS = 3,
    INPUT_MOST_SPACES = 4,
    INPUT_FEW_COLUMNS = 20 /* fewer that vary are coordinates */
};

/* Columns that are several spaces of features side by side: those of several encoders. */
typedef struct feature_spaces {
    int32_t count;                    /* 0: one, of all columns */
    int64_t width[INPUT_MOST_SPACES]; /* (count) */
} feature_spaces;

typedef struct input_map {
    cludi_preprocessing kind; /* not auto */
    int64_t n;                /* columns as given */
    int64_t cols;             /* columns of y */
    int64_t width;            /* columns that the denoiser sees */
    const float *offset;      /* (n) c */
    const float *factor;      /* (n) f */
    const float *frequency;   /* (INPUT_FREQUENCIES, cols) W */
    feature_spaces spaces;    /* filled in by who knows them; several are no coordinates */
} input_map;

/* Tensors of the model file that belong to the map of n columns; specs: INPUT_MOST_SPECS. lifted: the method wants the lift too.
   Returns how many. */
int input_map_specs(param_spec *specs, cludi_preprocessing kind, int64_t n, bool lifted);

/* The map of n columns whose numbers are at values, tensor after tensor; values may be NULL where only sizes matter. */
input_map input_map_bind(cludi_preprocessing kind, int64_t n, const float *values);

/* How many spaces there are, and the columns of one, lifted. */
int32_t input_map_spaces(const input_map *map);
int64_t input_map_space_width(const input_map *map, int32_t index);

/* What is known about the columns. */
typedef struct column_facts {
    double *mean, *variance; /* (n) */
    double *zeros;           /* (n) share of the numbers that are exactly zero */
    bool negative;           /* there is a number below zero */
} column_facts;

void input_map_survey(const cludi_matrix *X, column_facts *facts);

/* What auto means for such columns: coordinates where few vary; unit where zero is a natural origin (counts, intensities,
   rectified features: nothing negative, and much that is exactly zero); directions otherwise. */
cludi_preprocessing input_map_choose(const column_facts *facts, int64_t n);

/* Fills in offset and factor: values as in input_map_bind(). */
void input_map_learn(cludi_preprocessing kind, const column_facts *facts, int64_t n, float *values);

/* Fills in the frequencies of coordinates for the length s; nothing for other kinds. */
void input_map_tune(cludi_preprocessing kind, int64_t n, double s, uint64_t seed, float *values);

/* x (n) -> y (cols), norm 1 or zero. */
void input_map_row(const input_map *map, const float *x, float *y);

/* y (cols) -> what the denoiser sees (width), of norm 1 or zero. */
void input_map_lift(const input_map *map, const float *y, float *out);

#endif
