/* Texts of a picture, cut to the room they have. Without the font widths are estimates, on the wide side. */
#ifndef PLOT_TEXT_FIT_H
#define PLOT_TEXT_FIT_H

enum { TEXT_BYTES = 512 };

/* Pixels that UTF-8 text takes in a sans-serif font of that size. */
double text_width(const char *text, double size);

/* out = text with control characters and what is not UTF-8 escaped (escape.h), cut behind a character and ended with an
   ellipsis where it is wider than room. Returns the width of out. */
double text_fit(char out[TEXT_BYTES], const char *text, double size, double room);

#endif
