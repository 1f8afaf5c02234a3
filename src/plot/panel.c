#include "panel.h"

#include <math.h>
#include <stdio.h>

#include "legend.h"
#include "mark.h"
#include "series_draw.h"
#include "svg.h"
#include "text_fit.h"

enum { TICK_LENGTH = 4 };

/* Text cut to room, as svg_label() draws it. */
static void put_text(strbuf *out, double x, double y, const char *attributes, const char *text, double size,
                     double room)
{
    char fitting[TEXT_BYTES];
    text_fit(fitting, text, size, room);
    if (*fitting)
        svg_label(out, x, y, attributes, fitting);
}

static void put_grid(strbuf *out, const panel_frame *at)
{
    strbuf_printf(out, "<g stroke=\"#e4e4e4\">\n");
    for (int i = 0; i < at->x->tick_count; i++) {
        double x = panel_frame_x(at, at->x->ticks[i]);
        svg_line(out, x, at->top, x, at->top + at->height);
    }
    for (int i = 0; i < at->y->tick_count; i++) {
        double y = panel_frame_y(at, at->y->ticks[i]);
        svg_line(out, at->left, y, at->left + at->width, y);
    }
    strbuf_printf(out, "</g>\n");
}

static void put_ticks(strbuf *out, const panel_frame *at)
{
    double bottom = at->top + at->height;
    strbuf_printf(out, "<g font-size=\"%d\" text-anchor=\"middle\">\n", TICK_SIZE);
    for (int i = 0; i < at->x->tick_count; i++)
        svg_label(out, panel_frame_x(at, at->x->ticks[i]), bottom + TICK_LENGTH + TICK_SIZE, "", at->x->labels[i]);
    strbuf_printf(out, "</g>\n<g font-size=\"%d\" text-anchor=\"end\">\n", TICK_SIZE);
    for (int i = 0; i < at->y->tick_count; i++)
        svg_label(out, at->left - TICK_LENGTH - 2, panel_frame_y(at, at->y->ticks[i]) + 4, "", at->y->labels[i]);
    strbuf_printf(out, "</g>\n");
}

static void put_names(strbuf *out, const panel_frame *at, const cludi_plot_panel *panel)
{
    name_ticks ticks = name_ticks_fit(panel, at->width);
    double y = at->top + at->height + TICK_LENGTH + TICK_SIZE;
    strbuf_printf(out, "<g font-size=\"%d\" text-anchor=\"%s\">\n", TICK_SIZE, ticks.slanted ? "end" : "middle");
    for (int64_t i = 0; i < panel->x_name_count; i += ticks.stride) {
        char slant[96] = "";
        double x = panel_frame_x(at, (double)i) + (ticks.slanted ? TICK_LENGTH : 0);
        if (ticks.slanted)
            snprintf(slant, sizeof slant, " transform=\"rotate(-40 %s %s)\"", svg_at(x).text, svg_at(y).text);
        put_text(out, x, y, slant, panel->x_names[i], TICK_SIZE, ticks.room);
    }
    strbuf_printf(out, "</g>\n");
}

static void put_frame(strbuf *out, const panel_frame *at)
{
    double bottom = at->top + at->height;
    strbuf_printf(out, "<g stroke=\"#333\">\n");
    svg_line(out, at->left, at->top, at->left, bottom);
    svg_line(out, at->left, bottom, at->left + at->width, bottom);
    strbuf_printf(out, "</g>\n");
}

static void put_title(strbuf *out, const panel_frame *at, const char *title)
{
    char attributes[128];
    snprintf(attributes, sizeof attributes, " font-size=\"%d\" font-weight=\"bold\" text-anchor=\"middle\"",
             PANEL_TITLE_SIZE);
    put_text(out, at->left + at->width / 2, at->top - 12, attributes, title, PANEL_TITLE_SIZE * 1.1, at->width);
}

/* x_ticks, y_ticks: what the ticks' labels take. */
static void put_labels(strbuf *out, const panel_frame *at, const cludi_plot_panel *panel, double x_ticks,
                       double y_ticks)
{
    char attributes[128];
    double x = at->left - y_ticks - 8, y = at->top + at->height / 2;
    put_text(out, at->left + at->width / 2, at->top + at->height + x_ticks + 14, " text-anchor=\"middle\"",
             panel->x_label, LABEL_SIZE, at->width);
    snprintf(attributes, sizeof attributes, " text-anchor=\"middle\" transform=\"rotate(-90 %s %s)\"", svg_at(x).text,
             svg_at(y).text);
    put_text(out, x, y, attributes, panel->y_label, LABEL_SIZE, at->height);
}

/* For readers of screens. */
static void put_hidden_title(strbuf *out, const cludi_plot_panel *panel)
{
    char text[TEXT_BYTES];
    text_fit(text, panel->title ? panel->title : panel->y_label, LABEL_SIZE, INFINITY);
    strbuf_printf(out, "<title>");
    svg_text(out, text);
    strbuf_printf(out, "</title>\n");
}

void panel_draw(strbuf *out, const cludi_plot_panel *panel, const plot_layout *layout, int i)
{
    panel_frame at = {
        .width = layout->area_width, .height = layout->area_height, .x = &layout->x[i], .y = &layout->y[i]};
    plot_layout_place(layout, i, &at.left, &at.top);
    strbuf_printf(out, "<g>\n");
    put_hidden_title(out, panel);
    put_grid(out, &at);
    if (panel->x_names)
        put_names(out, &at, panel);
    put_ticks(out, &at);
    put_frame(out, &at);
    put_labels(out, &at, panel, layout->x_ticks[i], layout->y_ticks[i]);
    if (panel->title)
        put_title(out, &at, panel->title);
    if (layout->is_empty[i])
        svg_label(out, at.left + at.width / 2, at.top + at.height / 2, " text-anchor=\"middle\"", "no values");
    for (int32_t s = 0; s < panel->series_count; s++)
        series_draw(out, panel, s, &at);
    if (!layout->shares_legend)
        legend_put(out, panel, at.left - layout->left + 12, at.top + at.height + layout->ticks + layout->label + 6,
                   layout->left + layout->area_width);
    strbuf_printf(out, "</g>\n");
}
