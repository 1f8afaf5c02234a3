#include "cmocka_all.h"

#include "csv_dialect.h"
#include "io_support.h"

static cludi_error error;

/* How a text is read: where its first record begins, what lies between its cells, and how many the first record has. */
static void expect_dialect(const char *text, char decimal, char delimiter, int64_t offset, int64_t line, int64_t cells)
{
    static csv_reader reader;
    in_file file;
    bool more;
    int64_t count = 0;
    assert_int_equal(in_file_open(&file, io_put("x", text, strlen(text)), &error), CLUDI_OK);
    if (csv_dialect_begin(&reader, &file, decimal, &error) != CLUDI_OK)
        fail_msg("%s: %s", text, error.message);
    if (reader.delimiter != delimiter || reader.start.offset != offset || reader.start.line != line)
        fail_msg("%s: '%c' from %d, line %d", text, reader.delimiter, (int)reader.start.offset, (int)reader.start.line);
    assert_int_equal(csv_reader_begin(&reader, &more, &error), CLUDI_OK);
    do {
        assert_int_equal(csv_reader_cell(&reader, &error), CLUDI_OK);
        count++;
    } while (!reader.ends_record);
    if (count != cells)
        fail_msg("%s: %d cells", text, (int)count);
    in_file_close(&file);
}

static void delimiters_are_found(void **state)
{
    static const struct {
        const char *text;
        char delimiter;
        int64_t cells;
    } CASES[] = {
        {"1,2\n3,4\n", ',', 2},
        {"1", ',', 1},
        {"1;2", ';', 2},
        {"1|2|3\n4|5|6", '|', 3},
        {"1\t2\n", '\t', 2},
        {"a,b\tc\n1\t2\n", '\t', 2},
        {"1 2 3\n4 5 6\n", ' ', 3},
        {"  1   2  3 \n 4 5    6\n", ' ', 3},
        {" 1.0e+00 -2\n", ' ', 2},
        {"x y\n1 2\n", ' ', 2},
        {"\"x y\" z\n1 2\n", ' ', 2},
        {"\"a\" \"b\"\n\"r1\" 1 2\n", ' ', 2},
        /* blanks within texts */
        {"a class\nclass 0\nclass 1\n", ',', 1},
        {"name\nclass 0\n", ',', 1},
        {"a, b\n1, 2\n", ',', 2},
        {"a b,c d\n1,2\n", ',', 2},
        /* the other delimiters are part of names */
        {"a;b,c\n1,2\n", ',', 2},
        {"a|b,c|d\n1,2\n", ',', 2},
        {"\"a;b\",c\n1,2\n", ',', 2},
        {"x,y|z,w\n1|2\n", '|', 2},
        /* rows that are not as long as the first */
        {"1,2\n3\n", ',', 2},
        {"1 2\n3\n", ' ', 2},
        {"1;2\n3\n", ';', 2},
        {"1,2\r3,4", ',', 2},
        {"a\tb\n\"1\t2\n3\"\t4\n", '\t', 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        expect_dialect(CASES[i].text, '.', CASES[i].delimiter, 0, 1, CASES[i].cells);
}

static void decimal_commas_are_no_delimiters(void **state)
{
    (void)state;
    expect_dialect("1,5;2,5\n", ',', ';', 0, 1, 2);
    expect_dialect("1,5 2,5\n", ',', ' ', 0, 1, 2);
    expect_dialect("1,5\t2,5\n", ',', '\t', 0, 1, 2);
    expect_dialect("1,5|2,5\n3|4", ',', '|', 0, 1, 2);
    expect_dialect("a,b\n\"1,5\",\"2,5\"\n", ',', ',', 0, 1, 2);
    expect_dialect("\"1,5\",\"2,5\"\n", ',', ',', 0, 1, 2);
    expect_dialect("a;b,c,d\n1,2,\"2,5\"\n", ',', ',', 0, 1, 3);
    expect_dialect("1,5|2,5\n", '.', '|', 0, 1, 2);
}

static void what_comes_before_the_rows_is_passed(void **state)
{
    (void)state;
    expect_dialect("\xEF\xBB\xBF"
                   "1,2\n",
                   '.', ',', 3, 1, 2);
    expect_dialect("sep=;\na;b\n1;2\n", '.', ';', 6, 2, 2);
    expect_dialect("\xEF\xBB\xBFsep=\t\r\n1\t2\n", '.', '\t', 10, 2, 2);
    expect_dialect("\"sep=:\"\n1:2\n", '.', ':', 8, 2, 2);
    expect_dialect("SEP=|\n1|2\n", '.', '|', 6, 2, 2);
    expect_dialect("sep=;", '.', ';', 0, 1, 2); /* no line behind it: text like any other */
    expect_dialect("sep=x\n1\n", '.', ',', 0, 1, 1);
    expect_dialect("# a b\n1 2\n", '.', ' ', 1, 1, 2);
    expect_dialect("# by hand\n# a,b\n1,2\n", '.', ',', 11, 2, 2);
    expect_dialect("#a,b\n1,2\n", '.', ',', 0, 1, 2);
    expect_dialect("# one\n#\na,b\n1,2\n", '.', ',', 8, 3, 2);
    expect_dialect("# a comment, really\nx,y\n1,2\n", '.', ',', 20, 2, 2);
    expect_dialect("# one, two, three\n1,2\n", '.', ',', 18, 2, 2);
    expect_dialect("# nothing else\n", '.', ',', 0, 1, 1);
    expect_dialect("sep=;\n# a;b\n1;2\n", '.', ';', 7, 2, 2);
}

static void other_encodings_are_known(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *encoding;
    } CASES[] = {
        {"\xFF\xFE"
         "1\0",
         4, "UTF-16LE"},
        {"\xFE\xFF\0"
         "1",
         4, "UTF-16BE"},
        {"\xFF\xFE\0\0"
         "1\0\0\0",
         8, "UTF-32LE"},
        {"\0\0\xFE\xFF\0\0\0"
         "1",
         8, "UTF-32BE"},
        {"1\0,\0"
         "2\0\n\0",
         8, "UTF-16LE"},
        {"\0"
         "1\0,\0"
         "2\0\n",
         8, "UTF-16BE"},
        {"1,2\n", 4, NULL},
        {"1,2\n3,\0\n", 8, NULL},
        {"\0\0\0\0\0\0\0\0", 8, NULL},
        {"1", 1, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *found = csv_dialect_encoding((const unsigned char *)CASES[i].bytes, CASES[i].size);
        if (!found != !CASES[i].encoding || (found && strcmp(found, CASES[i].encoding) != 0))
            fail_msg("case %d: %s", (int)i, found ? found : "none");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delimiters_are_found),
        cmocka_unit_test(decimal_commas_are_no_delimiters),
        cmocka_unit_test(what_comes_before_the_rows_is_passed),
        cmocka_unit_test(other_encodings_are_known),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
