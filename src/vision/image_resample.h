/* Resizing with the antialiased bicubic filter of Pillow, to the bit.

   Output o of an axis is a weighted sum of the inputs around its center: c = (o + 1/2) s with s = inputs / outputs,
   weights f((i + 1/2 - c) / max(s, 1)) normalized to 1, where f is Keys' cubic with a = -1/2 (R. Keys, 1981,
   doi:10.1109/TASSP.1981.1163711). Rows first, then columns; both passes round to 8 bits. Weights are integers with 22 bits
   behind the point, so sums are exact and their order does not matter: rows may come one by one, and no image is held but
   the outputs. */
#ifndef VISION_IMAGE_RESAMPLE_H
#define VISION_IMAGE_RESAMPLE_H

#include <stdbool.h>
#include <stdint.h>

/* One axis: which part of the outputs is wanted, and from what. */
typedef struct resample_axis {
    int32_t inputs; /* there are */
    double extent; /* of the inputs that all outputs cover, <= inputs; less where the last input is a part of a pixel */
    int32_t size;  /* outputs in all */
    int32_t first; /* output wanted */
    int32_t count; /* outputs wanted: first .. first + count */
} resample_axis;

/* The weights of one axis; memory is the caller's. */
typedef struct resample_weights {
    int32_t count;    /* outputs */
    int32_t taps;     /* places of an output in weights */
    int32_t *begin;   /* (count): first input of each output; never decreasing */
    int32_t *length;  /* (count): inputs of each output */
    int32_t *weights; /* (count, taps) */
} resample_weights;

/* Numbers of type int32 that the weights of an axis take. */
int64_t resample_weights_size(const resample_axis *axis);

/* Fills in weights; numbers: resample_weights_size of them. */
void resample_weights_fill(resample_weights *weights, const resample_axis *axis, int32_t *numbers);

/* Resizes a row. planes: (3, stride) pixels of one row, red green and blue apart; out: (3, columns->count). */
void resample_row(const resample_weights *columns, const uint8_t *planes, int64_t stride, uint8_t *out);

/* The second pass, fed with rows from the top down. */
typedef struct resample_rows {
    const resample_weights *weights; /* borrowed */
    int32_t width;                   /* numbers of a row */
    int32_t done;                    /* outputs that are complete */
    int32_t *sums;                   /* (weights->count, width): borrowed */
} resample_rows;

/* Begins: sums has weights->count x width places. */
void resample_rows_begin(resample_rows *rows, const resample_weights *weights, int32_t width, int32_t *sums);

/* Adds input row number at; out (weights->count, width) gets the outputs that are complete with it. */
void resample_rows_add(resample_rows *rows, int32_t at, const uint8_t *row, uint8_t *out);

#endif
