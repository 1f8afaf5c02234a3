#include "svg.h"

#include <math.h>
#include <string.h>

svg_number svg_at(double pixels)
{
    svg_number number;
    number_text_round(number.text, round(pixels * 100) / 100 + 0.0, 9);
    return number;
}

svg_number svg_value(double value)
{
    svg_number number;
    number_text_round(number.text, value, 6);
    return number;
}

/* U+FFFE and U+FFFF are UTF-8 and no characters of XML; U+FFFD stands for them. */
static bool is_forbidden(const char *at)
{
    return !strncmp(at, "\xEF\xBF\xBE", 3) || !strncmp(at, "\xEF\xBF\xBF", 3);
}

static size_t text_run(const char *text)
{
    size_t length = 0;
    while (text[length] && !strchr("&<>\"", text[length]) && !is_forbidden(text + length))
        length++;
    return length;
}

void svg_text(strbuf *out, const char *text)
{
    while (*text) {
        size_t plain = text_run(text);
        strbuf_printf(out, "%.*s", (int)plain, text);
        text += plain;
        if (!*text)
            break;
        const char *instead = *text == '&'   ? "&amp;"
                              : *text == '<' ? "&lt;"
                              : *text == '>' ? "&gt;"
                              : *text == '"' ? "&quot;"
                                             : "\xEF\xBF\xBD";
        strbuf_printf(out, "%s", instead);
        text += is_forbidden(text) ? 3 : 1;
    }
}

void svg_label(strbuf *out, double x, double y, const char *attributes, const char *text)
{
    strbuf_printf(out, "<text x=\"%s\" y=\"%s\"%s>", svg_at(x).text, svg_at(y).text, attributes);
    svg_text(out, text);
    strbuf_printf(out, "</text>\n");
}

void svg_line(strbuf *out, double x1, double y1, double x2, double y2)
{
    strbuf_printf(out, "<path d=\"M%s %sL%s %s\"/>\n", svg_at(x1).text, svg_at(y1).text, svg_at(x2).text,
                  svg_at(y2).text);
}
