/* Position embeddings for another number of patches: bicubic interpolation (Keys, IEEE Trans. ASSP 29, 1981, with a = -3/4)
   of each column over the grid, sample points at the patches' centers, borders repeated. The same as torch's
   F.interpolate(mode="bicubic", align_corners=False). */
#ifndef VISION_POSITION_GRID_H
#define VISION_POSITION_GRID_H

#include <stdint.h>

/* A square grid of rows: (side * side, width), line after line. */
typedef struct position_grid {
    float *rows;
    int64_t side, width;
} position_grid;

/* Fills `to` from `from`, of the same width. Copies where the sides are equal. */
void position_grid_resize(const position_grid *to, const position_grid *from);

#endif
