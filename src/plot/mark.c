#include "mark.h"

#include "svg.h"

enum { COLORS = 8 };

/* Okabe and Ito, "Color Universal Design" (2008); gray stands for their yellow, which is too pale on white. */
static const char *const COLOR[COLORS] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                          "#e69f00", "#56b4e9", "#000000", "#8c8c8c"};

/* Circle, square, triangle, diamond, triangle on its tip, cross, plus, star: around the point a path moved to. */
static const char *const SHAPE[COLORS] = {
    "m-3.7 0a3.7 3.7 0 1 0 7.4 0a3.7 3.7 0 1 0-7.4 0z",
    "m-3.4-3.4h6.8v6.8h-6.8z",
    "m0-4.8l4.4 7.8h-8.8z",
    "m0-5l4.5 5l-4.5 5l-4.5-5z",
    "m0 4.8l4.4-7.8h-8.8z",
    "m0-2l2.5-2.5l2 2l-2.5 2.5l2.5 2.5l-2 2l-2.5-2.5l-2.5 2.5l-2-2l2.5-2.5l-2.5-2.5l2-2z",
    "m-1.5-4.7h3v3.2h3.2v3h-3.2v3.2h-3v-3.2h-3.2v-3h3.2z",
    "m0-5.5l1.4 3.6l3.8.2l-3 2.4l1 3.7l-3.2-2.1l-3.2 2.1l1-3.7l-3-2.4l3.8-.2z",
};

void mark_begin_lines(strbuf *out, int i)
{
    strbuf_printf(out, "<g fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\" stroke-linejoin=\"round\"%s>\n",
                  COLOR[i % COLORS], i < COLORS ? "" : " stroke-dasharray=\"5 3\"");
}

void mark_begin(strbuf *out, int i)
{
    const char *color = COLOR[i % COLORS];
    strbuf_printf(out, "<g fill=\"%s\" stroke=\"%s\" stroke-width=\"%s\">\n", i < COLORS ? color : "#fff",
                  i < COLORS ? "#fff" : color, i < COLORS ? "0.7" : "1.4");
}

void mark_end_group(strbuf *out)
{
    strbuf_printf(out, "</g>\n");
}

void mark_put(strbuf *out, int i, double x, double y)
{
    strbuf_printf(out, "<path d=\"M%s %s%s\"", svg_at(x).text, svg_at(y).text, SHAPE[i % COLORS]);
}
