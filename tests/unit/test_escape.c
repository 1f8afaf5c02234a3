/* escape.c: control characters and what is not UTF-8 are shown as \xNN, everything else stays. */
#include <string.h>

#include "cmocka_all.h"
#include "error.h"
#include "escape.h"

static void expect(const char *text, const char *wanted)
{
    char out[128];
    assert_int_equal(escape_text(out, sizeof out, text), strlen(wanted));
    assert_string_equal(out, wanted);
}

static void test_plain_text_stays(void **state)
{
    (void)state;
    expect("", "");
    expect("a\\x1b ~", "a\\x1b ~");
    expect("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
    expect("\xC2\xA0\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF", "\xC2\xA0\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF");
}

static void test_control_characters(void **state)
{
    (void)state;
    expect("\x1B[31m\n\r\t\x01\x7F", "\\x1b[31m\\x0a\\x0d\\x09\\x01\\x7f");
    expect("\xC2\x80\xC2\x9B\xC2\x9F", "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f");
    for (int c = 1; c < 128; c++) {
        char out[8], text[2] = {(char)c, '\0'};
        assert_int_equal(escape_text(out, sizeof out, text), c < 32 || c == 127 ? 4 : 1);
    }
}

static void test_what_is_not_utf8(void **state)
{
    (void)state;
    expect("\x9B", "\\x9b");
    expect("\x80\xBF", "\\x80\\xbf");
    expect("\xC0\x80", "\\xc0\\x80");
    expect("\xC1\xBF", "\\xc1\\xbf");
    expect("\xE0\x9F\xBF", "\\xe0\\x9f\\xbf");
    expect("\xED\xA0\x80", "\\xed\\xa0\\x80");
    expect("\xF0\x8F\xBF\xBF", "\\xf0\\x8f\\xbf\\xbf");
    expect("\xF4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
    expect("\xF8\x88\x80\x80\x80\xFE\xFF", "\\xf8\\x88\\x80\\x80\\x80\\xfe\\xff");
    expect("\xC3", "\\xc3");
    expect("\xE2\x82", "\\xe2\\x82");
    expect("\xE2\x82z", "\\xe2\\x82z");
    expect("\xF0\x9F\x98", "\\xf0\\x9f\\x98");
}

static void test_cut_between_characters(void **state)
{
    (void)state;
    char out[8];
    assert_int_equal(escape_text(out, 3, "a\xE2\x82\xAC"), 1);
    assert_string_equal(out, "a");
    assert_int_equal(escape_text(out, 5, "a\x1B"), 1);
    assert_int_equal(escape_text(out, 6, "a\x1B"), 5);
    assert_string_equal(out, "a\\x1b");
    assert_int_equal(escape_text(out, 1, "a"), 0);
    assert_string_equal(out, "");
    out[0] = 'x';
    assert_int_equal(escape_text(out, 0, "a"), 0);
    assert_int_equal(out[0], 'x');
}

/* The one place where the library's messages are made. */
static void test_errors_are_escaped(void **state)
{
    (void)state;
    cludi_error error;
    char path[600];
    assert_int_equal(error_set(&error, CLUDI_ERROR_FILE, "Cannot read \"%s\".", "a\x1B[2J\nb\xFF"), CLUDI_ERROR_FILE);
    assert_string_equal(error.message, "Cannot read \"a\\x1b[2J\\x0ab\\xff\".");
    assert_int_equal(error_set(&error, CLUDI_ERROR_FILE, "Row 1: %s", error.message), CLUDI_ERROR_FILE);
    assert_string_equal(error.message, "Row 1: Cannot read \"a\\x1b[2J\\x0ab\\xff\".");
    memset(path, 0xC3, sizeof path);
    for (size_t i = 1; i < sizeof path; i += 2)
        path[i] = (char)0xA4;
    path[sizeof path - 1] = '\0';
    assert_int_equal(error_set(&error, CLUDI_ERROR_FILE, "%s", path), CLUDI_ERROR_FILE);
    assert_int_equal(strlen(error.message), sizeof error.message - 2); /* whole characters of two bytes */
    assert_null(strchr(error.message, '\\'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_text_stays),   cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_what_is_not_utf8),   cmocka_unit_test(test_cut_between_characters),
        cmocka_unit_test(test_errors_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
