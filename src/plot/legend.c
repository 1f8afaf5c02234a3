#include "legend.h"

#include "mark.h"
#include "svg.h"
#include "text_fit.h"

static const double SIZE = 12, LINE = 20, SAMPLE = 30, GAP = 18, WIDEST_NAME = 260; /* pixels */

static void put_entry(strbuf *out, int i, const cludi_plot_series *series, double x, double middle, const char *name)
{
    if (series->joined) {
        mark_begin_lines(out, i);
        svg_line(out, x, middle, x + SAMPLE - 6, middle);
        mark_end_group(out);
    }
    mark_begin(out, i);
    mark_put(out, i, x + SAMPLE / 2 - 3, middle);
    strbuf_printf(out, "/>\n");
    mark_end_group(out);
    svg_label(out, x + SAMPLE, middle + 4, "", name);
}

double legend_put(strbuf *out, const cludi_plot_panel *panel, double x, double y, double room)
{
    char name[TEXT_BYTES];
    double at = 0, height = 0;
    for (int32_t i = 0; i < panel->series_count; i++) {
        const cludi_plot_series *series = &panel->series[i];
        if (!series->name)
            continue;
        double most = room - SAMPLE < WIDEST_NAME ? room - SAMPLE : WIDEST_NAME;
        double width = SAMPLE + text_fit(name, series->name, SIZE, most);
        if (height == 0 || at + width > room) {
            height += LINE;
            at = 0;
        }
        if (out)
            put_entry(out, i, series, x + at, y + height - LINE / 2, name);
        at += width + GAP;
    }
    return height;
}
