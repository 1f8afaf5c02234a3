/* svg.c, text_fit.c: numbers, names of all kinds as XML, and texts cut to their room. */
#include <math.h>
#include <string.h>

#include "cmocka_all.h"
#include "counting_allocator.h"
#include "svg.h"
#include "text_fit.h"

static void test_numbers(void **state)
{
    (void)state;
    assert_string_equal(svg_at(30).text, "30");
    assert_string_equal(svg_at(1234.5678).text, "1234.57");
    assert_string_equal(svg_at(-0.001).text, "0");
    assert_string_equal(svg_at(-12.3).text, "-12.3");
    assert_string_equal(svg_value(2.0 / 3).text, "0.666667");
    assert_string_equal(svg_value(94.2).text, "94.2");
}

static void expect_xml(const char *text, const char *wanted)
{
    counting_allocator counter = {0};
    const cludi_allocator allocator = counting_allocator_table(&counter);
    strbuf out;
    strbuf_init(&out, &allocator);
    strbuf_printf(&out, "%s", "");
    svg_text(&out, text);
    assert_string_equal(out.text, wanted);
    strbuf_clear(&out);
}

static void test_xml(void **state)
{
    (void)state;
    expect_xml("", "");
    expect_xml("plain", "plain");
    expect_xml("<a href=\"x\">&amp;</a>", "&lt;a href=&quot;x&quot;&gt;&amp;amp;&lt;/a&gt;");
    expect_xml("%s%n 100 %", "%s%n 100 %");
    expect_xml("\xEF\xBF\xBE|\xEF\xBF\xBF|\xEF\xBF\xBD|\xEF\xBE\xBF",
               "\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBE\xBF");
}

static void test_fit(void **state)
{
    char out[TEXT_BYTES], longest[4 * TEXT_BYTES];
    (void)state;
    assert_float_equal(text_fit(out, "abcdef", 10, 36), 36, 1e-9);
    assert_string_equal(out, "abcdef");
    assert_true(text_fit(out, "abcdef", 10, 35.9) <= 35.9);
    assert_string_equal(out, "abcd\xE2\x80\xA6");
    text_fit(out, "abcdef", 10, 1);
    assert_string_equal(out, "\xE2\x80\xA6");
    text_fit(out, "", 10, 0);
    assert_string_equal(out, "");
    text_fit(out, "a\xFF\n", 10, INFINITY);
    assert_string_equal(out, "a\\xff\\x0a");
    text_fit(out, "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E", 10, 25);
    assert_string_equal(out, "\xE6\x97\xA5\xE2\x80\xA6");
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    text_fit(out, longest, 10, INFINITY);
    assert_true(strlen(out) < TEXT_BYTES && strlen(out) > TEXT_BYTES - 8);
    text_fit(out, longest, 10, 1000);
    assert_true(strlen(out) < TEXT_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_xml),
        cmocka_unit_test(test_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
