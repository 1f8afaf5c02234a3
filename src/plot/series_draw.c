#include "series_draw.h"

#include <math.h>
#include <stdbool.h>

#include "mark.h"
#include "svg.h"
#include "text_fit.h"

enum { ALL_MARKED = 40, FEW_MARKS = 10, CAP = 3 };

double panel_frame_x(const panel_frame *at, double value)
{
    return at->left + axis_place(at->x, value) * at->width;
}

double panel_frame_y(const panel_frame *at, double value)
{
    return at->top + (1 - axis_place(at->y, value)) * at->height;
}

static bool has_point(const cludi_plot_series *series, int64_t i)
{
    return i >= 0 && i < series->points && !isnan(series->y[i]);
}

/* Long lines have few marks, each series at other places; a point without neighbors has no line and needs its own. */
static bool is_marked(const cludi_plot_series *series, int s, int64_t i)
{
    if (!has_point(series, i))
        return false;
    if (!series->joined || series->points <= ALL_MARKED || (!has_point(series, i - 1) && !has_point(series, i + 1)))
        return true;
    int64_t every = series->points / FEW_MARKS;
    return i % every == (every / 2 + s * every / MARKS) % every;
}

static void put_line(strbuf *out, const cludi_plot_series *series, const panel_frame *at)
{
    strbuf_printf(out, "<path d=\"");
    for (int64_t i = 0; i < series->points; i++) {
        if (has_point(series, i))
            strbuf_printf(out, "%s%s %s", has_point(series, i - 1) ? "L" : "M",
                          svg_at(panel_frame_x(at, series->x[i])).text, svg_at(panel_frame_y(at, series->y[i])).text);
    }
    strbuf_printf(out, "\"/>\n");
}

static bool has_spread(const cludi_plot_series *series, int64_t i)
{
    return series->spread && series->spread[i] > 0;
}

static void put_error_bar(strbuf *out, const cludi_plot_series *series, int64_t i, const panel_frame *at)
{
    double x = panel_frame_x(at, series->x[i]);
    double low = panel_frame_y(at, series->y[i] - series->spread[i]);
    double high = panel_frame_y(at, series->y[i] + series->spread[i]);
    strbuf_printf(out, "<path stroke-dasharray=\"none\" d=\"M%s %sh%dM%s %sh%dM%s %sV%s\"/>\n", svg_at(x - CAP).text,
                  svg_at(low).text, 2 * CAP, svg_at(x - CAP).text, svg_at(high).text, 2 * CAP, svg_at(x).text,
                  svg_at(low).text, svg_at(high).text);
}

static void put_name(strbuf *out, const char *name)
{
    char text[TEXT_BYTES];
    text_fit(text, name, 1, INFINITY);
    svg_text(out, text);
}

/* "NAME: 3, 0.87 ± 0.01" */
static void put_tooltip(strbuf *out, const cludi_plot_panel *panel, const cludi_plot_series *series, int64_t i)
{
    strbuf_printf(out, "<title>");
    if (series->name) {
        put_name(out, series->name);
        strbuf_printf(out, ": ");
    }
    if (panel->x_names)
        put_name(out, panel->x_names[(int32_t)fmin(fmax(0, round(series->x[i])), panel->x_name_count - 1)]);
    else
        strbuf_printf(out, "%s", svg_value(series->x[i]).text);
    strbuf_printf(out, ", %s", svg_value(series->y[i]).text);
    if (has_spread(series, i))
        strbuf_printf(out, " \xC2\xB1 %s", svg_value(series->spread[i]).text);
    strbuf_printf(out, "</title>");
}

void series_draw(strbuf *out, const cludi_plot_panel *panel, int s, const panel_frame *at)
{
    const cludi_plot_series *series = &panel->series[s];
    mark_begin_lines(out, s);
    for (int64_t i = 0; i < series->points; i++)
        if (is_marked(series, s, i) && has_spread(series, i))
            put_error_bar(out, series, i, at);
    if (series->joined)
        put_line(out, series, at);
    mark_end_group(out);
    mark_begin(out, s);
    for (int64_t i = 0; i < series->points; i++) {
        if (!is_marked(series, s, i))
            continue;
        mark_put(out, s, panel_frame_x(at, series->x[i]), panel_frame_y(at, series->y[i]));
        strbuf_printf(out, ">");
        put_tooltip(out, panel, series, i);
        strbuf_printf(out, "</path>\n");
    }
    mark_end_group(out);
}
