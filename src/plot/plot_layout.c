#include "plot_layout.h"

#include <math.h>
#include <string.h>

#include "legend.h"
#include "text_fit.h"

enum { COLUMNS = 3 };
static const double AREA[COLUMNS][2] = {{600, 360}, {420, 290}, {330, 240}};  /* by columns */
static const double SLANTED_ROOM = 150, SLANT_COS = 0.766, SLANT_SIN = 0.643; /* names at 40 degrees */
static const double LEAST_SLOT = 17;                                          /* pixels between slanted names */
static const double Y_TICK_EVERY = 36, BESIDE_TICKS = 8, BETWEEN_TICKS = 14, Y_LABEL = 24, RIGHT = 26, BOTTOM = 16;

name_ticks name_ticks_fit(const cludi_plot_panel *panel, double area_width)
{
    char name[TEXT_BYTES];
    double slot = area_width / panel->x_name_count, widest = 0;
    for (int32_t i = 0; i < panel->x_name_count; i++)
        widest = fmax(widest, text_fit(name, panel->x_names[i], TICK_SIZE, SLANTED_ROOM));
    if (widest + BESIDE_TICKS <= slot)
        return (name_ticks){false, slot, 1};
    return (name_ticks){true, SLANTED_ROOM, (int)ceil(LEAST_SLOT / slot)};
}

/* *height: what the names take below the area; *overhang: what they take left of it. */
static void measure_names(const cludi_plot_panel *panel, double area_width, double *height, double *overhang)
{
    char name[TEXT_BYTES];
    name_ticks ticks = name_ticks_fit(panel, area_width);
    double slot = area_width / panel->x_name_count;
    for (int64_t i = 0; ticks.slanted && i < panel->x_name_count; i += ticks.stride) {
        double width = text_fit(name, panel->x_names[i], TICK_SIZE, ticks.room);
        *height = fmax(*height, BESIDE_TICKS + TICK_SIZE + width * SLANT_SIN);
        *overhang = fmax(*overhang, width * SLANT_COS - ((double)i + 0.5) * slot);
    }
}

static void include_series(const cludi_plot_series *series, axis_range *x, axis_range *y)
{
    for (int64_t i = 0; i < series->points; i++) {
        if (isnan(series->y[i]))
            continue;
        axis_include(x, series->x[i]);
        axis_include(y, series->y[i]);
        if (series->spread && !isnan(series->spread[i])) {
            axis_include(y, series->y[i] - series->spread[i]);
            axis_include(y, series->y[i] + series->spread[i]);
        }
    }
}

static bool labels_meet(const axis *a, double pixels)
{
    for (int i = 1; i < a->tick_count; i++) {
        double gap = (axis_place(a, a->ticks[i]) - axis_place(a, a->ticks[i - 1])) * pixels;
        double widths = text_width(a->labels[i], TICK_SIZE) + text_width(a->labels[i - 1], TICK_SIZE);
        if (widths / 2 + BETWEEN_TICKS > gap)
            return true;
    }
    return false;
}

static void init_x(axis *x, const cludi_plot_panel *panel, axis_range range, double area_width)
{
    if (panel->x_names) {
        axis_init_names(x, panel->x_name_count);
        return;
    }
    for (int most = AXIS_TICKS; most >= 2; most--) {
        (panel->log_x ? axis_init_log : axis_init)(x, range, most);
        if (!labels_meet(x, area_width))
            return;
    }
}

static void init_axes(plot_layout *layout, int i, const cludi_plot_panel *panel)
{
    axis_range x = {INFINITY, -INFINITY, true}, y = x;
    for (int32_t s = 0; s < panel->series_count; s++)
        include_series(&panel->series[s], &x, &y);
    layout->is_empty[i] = y.low > y.high;
    init_x(&layout->x[i], panel, x, layout->area_width);
    axis_init(&layout->y[i], y, (int)(layout->area_height / Y_TICK_EVERY));
}

static bool is_same_name(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* A joined series has a line in its legend, so `joined` counts too. */
static bool has_same_series(const cludi_plot_panel *a, const cludi_plot_panel *b)
{
    bool same = a->series_count == b->series_count;
    for (int32_t i = 0; same && i < a->series_count; i++)
        same = is_same_name(a->series[i].name, b->series[i].name) && a->series[i].joined == b->series[i].joined;
    return same;
}

static void measure_panel(plot_layout *layout, int i, const cludi_plot_panel *panel)
{
    double overhang = 0, widest = 0;
    init_axes(layout, i, panel);
    layout->x_ticks[i] = BESIDE_TICKS + TICK_SIZE;
    if (panel->x_names)
        measure_names(panel, layout->area_width, &layout->x_ticks[i], &overhang);
    for (int t = 0; t < layout->y[i].tick_count; t++)
        widest = fmax(widest, text_width(layout->y[i].labels[t], TICK_SIZE));
    layout->y_ticks[i] = BESIDE_TICKS + widest;
    layout->ticks = fmax(layout->ticks, layout->x_ticks[i]);
    layout->left = fmax(layout->left, fmax(overhang, layout->y_ticks[i] + Y_LABEL));
    layout->top = fmax(layout->top, panel->title ? 34 : 0);
    layout->label = fmax(layout->label, *panel->x_label ? 20 : 0);
}

/* Once the widths are known. */
static void measure_legends(plot_layout *layout, const cludi_plot *plot)
{
    double room = layout->left + layout->area_width;
    for (int32_t i = 0; i < plot->panel_count; i++)
        layout->shares_legend = layout->shares_legend && has_same_series(plot->panels, plot->panels + i);
    if (layout->shares_legend)
        layout->head += legend_put(NULL, plot->panels, 0, 0, layout->width - 2 * RIGHT);
    for (int32_t i = 0; i < plot->panel_count && !layout->shares_legend; i++)
        layout->legend = fmax(layout->legend, legend_put(NULL, plot->panels + i, 0, 0, room));
}

void plot_layout_init(plot_layout *layout, const cludi_plot *plot)
{
    int columns = plot->panel_count < COLUMNS ? plot->panel_count : COLUMNS;
    *layout = (plot_layout){.columns = columns,
                            .rows = (plot->panel_count + columns - 1) / columns,
                            .area_width = AREA[columns - 1][0],
                            .area_height = AREA[columns - 1][1],
                            .right = RIGHT,
                            .top = 16,
                            .head = plot->title ? 44 : 8,
                            .shares_legend = true};
    for (int32_t i = 0; i < plot->panel_count; i++)
        measure_panel(layout, i, &plot->panels[i]);
    layout->width = columns * (layout->left + layout->area_width + layout->right);
    measure_legends(layout, plot);
    layout->height = layout->head + layout->rows * (layout->top + layout->area_height + layout->ticks + layout->label +
                                                    layout->legend + BOTTOM);
}

void plot_layout_place(const plot_layout *layout, int i, double *x, double *y)
{
    double across = layout->width / layout->columns, down = (layout->height - layout->head) / layout->rows;
    *x = i % layout->columns * across + layout->left;
    *y = layout->head + i / layout->columns * down + layout->top;
}
