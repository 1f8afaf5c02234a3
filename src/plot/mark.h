/* How series are told apart: by color and by mark, so that they are on paper and for eyes without colors too. */
#ifndef PLOT_MARK_H
#define PLOT_MARK_H

#include <stdbool.h>

#include "strbuf.h"

enum { MARKS = 16 };

/* Opens a group whose lines have the color of series i, 0..MARKS - 1; mark_end_group() ends it, as the next. The
   second eight lines are dashed. */
void mark_begin_lines(strbuf *out, int i);

/* Opens a group for marks of series i. The second eight are hollow. */
void mark_begin(strbuf *out, int i);

void mark_end_group(strbuf *out);

/* One mark at (x, y), in its group, without the end of its element: "<path ...". */
void mark_put(strbuf *out, int i, double x, double y);

#endif
