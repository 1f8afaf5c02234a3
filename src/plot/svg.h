/* Pieces of an SVG file. Numbers are the same in every locale. */
#ifndef PLOT_SVG_H
#define PLOT_SVG_H

#include "number_text.h"
#include "strbuf.h"

/* A number as text, for the arguments of strbuf_printf: svg_at(x).text. */
typedef struct svg_number {
    char text[NUMBER_TEXT];
} svg_number;

/* A coordinate in pixels, to hundredths. */
svg_number svg_at(double pixels);

/* A value for readers, to six digits. */
svg_number svg_value(double value);

/* Appends valid UTF-8 as text of an element or an attribute. */
void svg_text(strbuf *out, const char *text);

/* A line of text at (x, y); attributes: more of them, "" for none; text as svg_text() wants it. */
void svg_label(strbuf *out, double x, double y, const char *attributes, const char *text);

void svg_line(strbuf *out, double x1, double y1, double x2, double y2);

#endif
