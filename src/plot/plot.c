#include "plot.h"

#include <math.h>
#include <stdio.h>

#include "legend.h"
#include "panel.h"
#include "svg.h"
#include "text_fit.h"

/* For readers of screens; the visible title may be cut. */
static void put_title(strbuf *out, const cludi_plot *plot)
{
    const cludi_plot_panel *first = plot->panels;
    const char *title = plot->title ? plot->title : first->title ? first->title : first->y_label;
    char text[TEXT_BYTES];
    text_fit(text, title, TITLE_SIZE, INFINITY);
    strbuf_printf(out, "<title>");
    svg_text(out, text);
    strbuf_printf(out, "</title>\n");
}

static void put_head(strbuf *out, const cludi_plot *plot, const plot_layout *layout)
{
    char text[TEXT_BYTES], attributes[64];
    double y = 8;
    if (plot->title) {
        snprintf(attributes, sizeof attributes, " font-size=\"%d\" font-weight=\"bold\"", TITLE_SIZE);
        text_fit(text, plot->title, TITLE_SIZE * 1.1, layout->width - 2 * layout->right);
        svg_label(out, layout->right, y + 22, attributes, text);
        y += 36;
    }
    if (layout->shares_legend)
        legend_put(out, plot->panels, layout->right, y, layout->width - 2 * layout->right);
}

void plot_draw(strbuf *out, const cludi_plot *plot)
{
    plot_layout layout;
    plot_layout_init(&layout, plot);
    strbuf_printf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\" "
                  "font-family=\"system-ui, 'DejaVu Sans', Arial, sans-serif\" font-size=\"%d\" fill=\"#222\">\n",
                  svg_at(layout.width).text, svg_at(layout.height).text, svg_at(layout.width).text,
                  svg_at(layout.height).text, LABEL_SIZE);
    put_title(out, plot);
    strbuf_printf(out, "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n");
    put_head(out, plot, &layout);
    for (int32_t i = 0; i < plot->panel_count; i++)
        panel_draw(out, &plot->panels[i], &layout, i);
    strbuf_printf(out, "</svg>\n");
}
