#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alloc.h"
#include "csv_reader.h"
#include "dataset_file.h"
#include "io_support.h"

static cludi_error error;
static cludi_allocator allocator;

static const char *put(const char *text)
{
    return io_put("x", text, strlen(text));
}

/* The path of a column of the file. */
static const char *name_column(const char *column)
{
    static char path[1200];
    snprintf(path, sizeof path, "%s:%s", io_path("x"), column);
    return path;
}

static dataset_request ask(const char *path, const char *id_column)
{
    return (dataset_request){.path = path, .id_column = id_column, .allocator = &allocator};
}

static void expect_numbers(const char *path, const char *id_column, int64_t rows, int64_t cols, const float *wanted)
{
    dataset_rows found;
    const dataset_request request = ask(path, id_column);
    if (dataset_file_read_rows(&request, &found, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    assert_int_equal(found.rows, rows);
    assert_int_equal(found.cols, cols);
    assert_memory_equal(found.data, wanted, (size_t)(rows * cols) * sizeof *wanted);
    alloc_free(&allocator, found.data);
}

static const float SIX[] = {1.0F, -2.5F, 3e7F, 4.0F, 0.125F, 6.0F};

static void numbers_are_read_however_they_are_written(void **state)
{
    static const char *const TEXTS[] = {
        "1,-2.5,3e7\n4,.125,6\n",
        "1,-2.5,3e7\n4,.125,6",
        "1,-2.5,3e7\r\n4,.125,6\r\n\r\n\n",
        "1,-2.5,3e7\r4,.125,6\r",
        "1\t-2.5\t3e7\n4\t.125\t6\n",
        "1;-2.5;3e7\n4;.125;6\n",
        "\xEF\xBB\xBF"
        "1,-2.5,3e7\n4,.125,6\n",
        "\xEF\xBB\xBF"
        "a,b,c\n1,-2.5,3e7\n4,.125,6\n",
        "a,b,c\n\"1\",\"-2.5\",3E+07\n4.000000,+0.125e0, 6 \n",
        "\"a,1\",\"b\n\"\"2\"\"\",\"c;d\"\n1,-2.5,30000000\n4,12.5e-2, \"6\" \n",
        ",0,1\n1,-2.5,3e7\n4,.125,6\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        expect_numbers(put(TEXTS[i]), NULL, 2, 3, SIX);
    put(TEXTS[9]);
    expect_numbers(name_column("b\n\"2\""), NULL, 2, 1, (float[]){-2.5F, 0.125F});
}

static void columns_are_named(void **state)
{
    (void)state;
    dataset_file opened;
    char id[512];
    put("w,name,h\n1,\"a,\"\"b\"\"\",2\n3,\xC3\xA9,4\n5,,6\n");
    expect_numbers(io_path("x"), "name", 3, 2, (float[]){1, 2, 3, 4, 5, 6});
    expect_numbers(name_column("h"), NULL, 3, 1, (float[]){2, 4, 6});
    const dataset_request request = ask(io_path("x"), "name");
    assert_int_equal(dataset_file_open(&opened, &request, &error), CLUDI_OK);
    assert_int_equal(dataset_file_read_id(&opened, 1, id, sizeof id, &error), CLUDI_OK);
    assert_string_equal(id, "\xC3\xA9");
    assert_int_equal(dataset_file_read_id(&opened, 0, id, sizeof id, &error), CLUDI_OK);
    assert_string_equal(id, "a,\"b\"");
    assert_int_equal(dataset_file_read_id(&opened, 2, id, sizeof id, &error), CLUDI_OK);
    assert_string_equal(id, "");
    io_expect_error(&error, dataset_file_read_id(&opened, 0, id, 3, &error), CLUDI_ERROR_FORMAT,
                    "line 2, column 2 (\"name\") has \"a,\"b\"\"; an id of at most");
    dataset_file_close(&opened);
    const dataset_request plain = ask(put("7,8\n9,10\n"), NULL);
    assert_int_equal(dataset_file_open(&opened, &plain, &error), CLUDI_OK);
    assert_int_equal(dataset_file_read_id(&opened, 1, id, sizeof id, &error), CLUDI_OK);
    assert_string_equal(id, "1");
    dataset_file_close(&opened);
}

static void expect_refused_with(const char *path, const char *id_column, const char *words)
{
    dataset_rows rows;
    const dataset_request request = ask(path, id_column);
    io_expect_error(&error, dataset_file_read_rows(&request, &rows, &error), CLUDI_ERROR_FORMAT, words);
    assert_null(rows.data);
}

static void what_is_wrong_is_named_by_its_place(void **state)
{
    static const struct {
        const char *text, *words;
    } CASES[] = {
        {"1,2\n3,4x\n", "x\": line 2, column 2 has \"4x\"; a number is wanted."},
        {"w,h\n1,2\n3,\n", "x\": line 3, column 2 (\"h\") is empty; a number is wanted."},
        {"w,h\n1,2\n3,0x10\n", "has \"0x10\"; a number"},
        {"w,h\n1,2\n3,1 2\n", "has \"1 2\"; a number"},
        {"w;h\n1;2,5\n", "line 2, column 2 (\"h\") has \"2,5\"; a number"},
        {"w,h\n\"a\nb\",2\n", "line 2, column 1 (\"w\") has \"a\\x0ab\"; a number"},
        {"\"w\n\",h\n1,2\nNA,2\n", "line 4, column 1 (\"w\\x0a\") has \"NA\"; a number"},
        {"1,2\n3,4,5\n", "x\": line 2 has 3 cells; line 1 has 2."},
        {"1,2\n3\n", "x\": line 2 has 1 cells; line 1 has 2."},
        {"1,2\n\n3,4\n", "x\": line 2 is empty, but more lines follow."},
        {"\n1,2\n", "x\": line 1 is empty, but more lines follow."},
        {"1,2\n3,\"4\n5,6\n", "x\": line 2 opens a quote that is never closed."},
        {"1,2\n3,\"4\"5\n", "x\": line 2 has text after a closing quote."},
        {"a,b\n", "x\" is text with a header alone; rows of numbers (CSV) are wanted."},
        {"\n\n", "x\" is text without a line; rows"},
        {"img1,0.5,2\n", "x\": line 1 has both text and a number with a fraction (column 2)"},
        {"img1,inf,2\n", "line 1 has both text and a number"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        expect_refused_with(put(CASES[i].text), NULL, CASES[i].words);
    expect_refused_with(put("a,b,a\n1,2,3\n"), "a", "x\" has more than one column \"a\" in its header.");
    expect_refused_with(put("a,b\n1,2\n"), "c", "x\" has no column \"c\" in its header.");
    expect_refused_with(put("1,2\n"), "c", "x\" has no column \"c\": its first line has numbers alone");
    expect_refused_with(name_column("1"), NULL, "has no column \"1\": its first line has numbers alone");
    expect_refused_with(put("a\n1\n"), "a", "has no column left for the features.");
    expect_refused_with(io_put("x", "\0\0\x08\2\0\0\0\1\0\0\0\1x", 13), "a",
                        "x\" is IDX, which has no id column; \"a\"");
    /* NUL bytes behind what was looked at to find the format */
    char late[6000];
    memset(late, '1', sizeof late);
    late[5] = '\n';
    late[5990] = '\0';
    expect_refused_with(io_put("x", late, sizeof late), NULL, "line 2 has a NUL byte, so this is no text.");
}

static void long_cells_are_no_numbers(void **state)
{
    (void)state;
    char text[3 * CSV_CELL];
    memset(text, '0', sizeof text);
    memcpy(text, "1\n", 2);
    memcpy(text + CSV_CELL, "1\n", 3);
    expect_numbers(put(text), NULL, 2, 1, (float[]){1, 1}); /* 511 letters */
    memcpy(text + CSV_CELL, "01\n", 4);
    expect_refused_with(put(text), NULL, "line 2, column 1 has \"0000000");
}

/* ---- labels ---- */

static void expect_labels(const char *path, int64_t rows, const int32_t *wanted)
{
    cludi_labels labels;
    if (dataset_file_read_labels(&(dataset_request){.path = path, .allocator = &allocator}, &labels, &error) !=
        CLUDI_OK)
        fail_msg("%s", error.message);
    assert_int_equal(labels.rows, rows);
    assert_memory_equal(labels.data, wanted, (size_t)rows * sizeof *wanted);
    alloc_free(&allocator, labels.data);
}

static void expect_no_labels(const char *path, const char *words)
{
    cludi_labels labels;
    io_expect_error(
        &error, dataset_file_read_labels(&(dataset_request){.path = path, .allocator = &allocator}, &labels, &error),
        CLUDI_ERROR_FORMAT, words);
    assert_null(labels.data);
}

static void labels_are_numbers_or_texts(void **state)
{
    (void)state;
    expect_labels(put("3\n-2147483648\n2147483647\n4.0\n"), 4, (int32_t[]){3, INT32_MIN, INT32_MAX, 4});
    put("y,class\n1,cat\n2,dog\n1,\"cat\"\n3,7\n");
    expect_labels(name_column("class"), 4, (int32_t[]){0, 1, 0, 2});
    expect_labels(name_column("y"), 4, (int32_t[]){1, 2, 1, 3});
    expect_no_labels(io_path("x"),
                     "has the shape (4, 2); labels have one dimension; FILE:NAME names one column or array.");
    expect_no_labels(put("1\n1.5\n"), "line 2, column 1 has \"1.5\"; labels are texts, or whole numbers");
    expect_no_labels(put("1\n2147483648\n"), "has \"2147483648\"; labels are");
    expect_no_labels(put("y,z\n1,1\nnan,1\n"), "(2, 2)");
    expect_no_labels(name_column("y"), "line 3, column 1 (\"y\") has \"nan\"; labels are");
    put("y,z\na,1\n,1\n");
    expect_no_labels(name_column("y"), "line 3, column 1 (\"y\") is empty; a label");
}

/* More names than the table of codes begins with. */
static void many_names_become_numbers(void **state)
{
    enum { NAMES = 5000 };
    static char text[2 * NAMES * 12];
    static int32_t wanted[2 * NAMES];
    size_t used = (size_t)snprintf(text, sizeof text, "name\n");
    (void)state;
    for (int i = 0; i < 2 * NAMES; i++) {
        wanted[i] = i < NAMES ? i : (i * 7) % NAMES;
        used += (size_t)snprintf(text + used, sizeof text - used, "n%d\n", wanted[i]);
    }
    expect_labels(put(text), 2 * NAMES, wanted);
}

/* ---- rows by their places ---- */

enum { ROWS = 70001 };

static void rows_are_found_again(void **state)
{
    (void)state;
    dataset_file opened;
    float found[8];
    FILE *file = fopen(io_path("x"), "w");
    assert_non_null(file);
    fputs("row,\"text\n\",half\n", file);
    for (int i = 0; i < ROWS; i++)
        fprintf(file, "%d,\"%s%d\",%d.5\r\n", i, i % 3 ? "" : "\n", i, i);
    assert_int_equal(fclose(file), 0);
    const dataset_request request = ask(io_path("x"), "text\n");
    assert_int_equal(dataset_file_open(&opened, &request, &error), CLUDI_OK);
    assert_int_equal(opened.rows, ROWS);
    assert_false(dataset_file_is_sequential(&opened));
    for (int64_t i = 0; i < 3000; i++) {
        int64_t row = i < 1000 ? ROWS - 4 - i : i < 2000 ? i * 34 : i * 7919 % (ROWS - 4);
        assert_int_equal(dataset_file_read(&opened, row, 4, found, &error), CLUDI_OK);
        for (int j = 0; j < 4; j++)
            assert_true(found[2 * j] == (float)(row + j) && found[2 * j + 1] == (float)(row + j) + 0.5F);
    }
    assert_int_equal(truncate(io_path("x"), 700000), 0);
    io_expect_error(&error, dataset_file_read(&opened, ROWS - 1, 1, found, &error), CLUDI_ERROR_FORMAT, "x\"");
    assert_int_equal(dataset_file_read(&opened, 77, 1, found, &error), CLUDI_OK);
    assert_true(found[0] == 77.0F);
    dataset_file_close(&opened);
}

/* Cells across the border of the reader's buffer. */
static void buffers_end_anywhere(void **state)
{
    (void)state;
    static char text[CSV_BUFFER + 64];
    for (int shift = 0; shift < 24; shift++) {
        size_t header = (size_t)(CSV_BUFFER - shift);
        memset(text, 'h', header);
        snprintf(text + header - 3, 64, ",b\n1,\"-2.5\"\r\n3,\"4\"\r\n");
        expect_numbers(put(text), NULL, 2, 2, (float[]){1.0F, -2.5F, 3.0F, 4.0F});
    }
}

static void files_are_described(void **state)
{
    (void)state;
    cludi_file_info info;
    assert_int_equal(dataset_file_describe(put("a\tb\n1\t2\n"), &allocator, &info, &error), CLUDI_OK);
    assert_string_equal(info.format, "tsv");
    assert_string_equal(info.dtype, "<f4");
    assert_true(info.dimensions == 2 && info.shape[0] == 1 && info.shape[1] == 2);
    assert_int_equal(dataset_file_describe(put("1,2\n"), &allocator, &info, &error), CLUDI_OK);
    assert_string_equal(info.format, "csv");
}

static int setup(void **state)
{
    allocator = alloc_system();
    return io_setup(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_however_they_are_written),
        cmocka_unit_test(columns_are_named),
        cmocka_unit_test(what_is_wrong_is_named_by_its_place),
        cmocka_unit_test(long_cells_are_no_numbers),
        cmocka_unit_test(labels_are_numbers_or_texts),
        cmocka_unit_test(many_names_become_numbers),
        cmocka_unit_test(rows_are_found_again),
        cmocka_unit_test(buffers_end_anywhere),
        cmocka_unit_test(files_are_described),
    };
    return cmocka_run_group_tests(tests, setup, io_teardown);
}
