#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alloc.h"
#include "dataset_file.h"
#include "io_support.h"
#include "strbuf.h"

static cludi_error error;
static cludi_allocator allocator;
static strbuf notes;

/* Up to four names; count of those that are not NULL. */
enum { MOST = 4 };
typedef const char *name_list[MOST + 1];

static int64_t count_names(const name_list names)
{
    int64_t count = 0;
    while (count < MOST && names[count])
        count++;
    return count;
}

/* One file, how it is opened, and what comes of it. */
typedef struct table_case {
    const char *text;
    const char *id, *member;
    name_list drop, wanted, known; /* known: names of columns that were no features at the fit */
    cludi_header header;
    int find_ids, decimal_comma;
    int64_t rows, cols;
    float numbers[8];
    name_list names, dropped;
    const char *note; /* words of the notes; NULL: there are none */
} table_case;

static cludi_dataset_options make_options(const table_case *table, cludi_columns *columns)
{
    *columns = (cludi_columns){table->wanted, count_names(table->wanted), table->known, count_names(table->known)};
    return (cludi_dataset_options){.struct_size = sizeof(cludi_dataset_options),
                                   .drop = table->drop,
                                   .drop_count = count_names(table->drop),
                                   .header = table->header,
                                   .decimal_comma = table->decimal_comma,
                                   .find_ids = table->find_ids,
                                   .columns = columns};
}

static cludi_status open_table(dataset_file *opened, const table_case *table)
{
    static char path[1200];
    cludi_columns columns;
    const cludi_dataset_options options = make_options(table, &columns);
    snprintf(path, sizeof path, "%s%s%s", io_put("x", table->text, strlen(table->text)), table->member ? ":" : "",
             table->member ? table->member : "");
    strbuf_clear(&notes);
    strbuf_init(&notes, &allocator);
    const dataset_request request = {
        .path = path, .id_column = table->id, .allocator = &allocator, .options = &options, .notes = &notes};
    return dataset_file_open(opened, &request, &error);
}

static void expect_names(const char *text, const char *const *found, int64_t count, const name_list wanted)
{
    if (count != count_names(wanted))
        fail_msg("%s: %d names", text, (int)count);
    for (int64_t i = 0; i < count; i++)
        assert_string_equal(found[i], wanted[i]);
}

static void expect_table(const table_case *table)
{
    dataset_file opened;
    float found[8];
    if (open_table(&opened, table) != CLUDI_OK)
        fail_msg("%s: %s", table->text, error.message);
    if (opened.rows != table->rows || opened.cols != table->cols)
        fail_msg("%s: %d x %d", table->text, (int)opened.rows, (int)opened.cols);
    const int64_t count = opened.rows < 2 ? 1 : 2;
    assert_int_equal(dataset_file_read(&opened, 0, count, found, &error), CLUDI_OK);
    for (int64_t i = 0; i < count * opened.cols; i++)
        if (found[i] != table->numbers[i])
            fail_msg("%s: number %d is %g", table->text, (int)i, (double)found[i]);
    expect_names(table->text, opened.array.columns.names, opened.array.columns.count, table->names);
    expect_names(table->text, opened.array.columns.dropped, opened.array.columns.dropped_count, table->dropped);
    if (!notes.length != !table->note || (table->note && !strstr(notes.text, table->note)))
        fail_msg("%s: notes: %s", table->text, notes.length ? notes.text : "none");
    dataset_file_close(&opened);
}

static void expect_tables(const table_case *tables, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expect_table(&tables[i]);
}
#define EXPECT_TABLES(tables) expect_tables(tables, sizeof(tables) / sizeof *(tables))

static void columns_are_found_by_name(void **state)
{
    static const table_case TABLES[] = {
        {"a,b\n1,2\n", .rows = 1, .cols = 2, .numbers = {1, 2}, .names = {"a", "b"}},
        {"a,b\n1,2\n", .wanted = {"b", "a"}, .rows = 1, .cols = 2, .numbers = {2, 1}, .names = {"b", "a"}},
        {"c;a;b\n1;2;3\n4;5;6\n", .wanted = {"a", "b", "c"}, .rows = 2, .cols = 3, .numbers = {2, 3, 1, 5, 6, 4},
         .names = {"a", "b", "c"}},
        {"\" a \",\"b,\"\"\"\n1,2\n", .wanted = {"b,\"", " a "}, .rows = 1, .cols = 2, .numbers = {2, 1},
         .names = {"b,\"", " a "}},
        {"\xEF\xBB\xBF a ,b\n1,2\n", .wanted = {"b", "a"}, .rows = 1, .cols = 2, .numbers = {2, 1},
         .names = {"b", "a"}},
        /* what was no feature at the fit is none now; where it is not there it is not missed */
        {"id,b,a\n7,1,2\n", .wanted = {"a", "b"}, .known = {"id", "gone"}, .rows = 1, .cols = 2, .numbers = {2, 1},
         .names = {"a", "b"}, .dropped = {"id"}},
        {"id,b,a\nx,1,2\n", .id = "id", .wanted = {"a", "b"}, .rows = 1, .cols = 2, .numbers = {2, 1},
         .names = {"a", "b"}, .dropped = {"id"}},
        {"b,new,a\n1,9,2\n", .drop = {"new"}, .wanted = {"a", "b"}, .rows = 1, .cols = 2, .numbers = {2, 1},
         .names = {"a", "b"}, .dropped = {"new"}},
        /* the same name twice, but in the same order */
        {"x,x\n1,2\n", .wanted = {"x", "x"}, .rows = 1, .cols = 2, .numbers = {1, 2}, .names = {"x", "x"}},
        /* a header of numbers, because they are what is wanted */
        {"2020,2019\n1,2\n", .wanted = {"2019", "2020"}, .rows = 1, .cols = 2, .numbers = {2, 1},
         .names = {"2019", "2020"}},
        /* no names to go by */
        {"1,2\n", .wanted = {"a", "b"}, .rows = 1, .cols = 2, .numbers = {1, 2},
         .note = "has no names of columns, but the model has"},
        /* Latin-1 and UTF-8 are the same name */
        {"b,gr\xF6\xDF"
         "e\n1,2\n",
         .wanted = {"gr\xC3\xB6\xC3\x9F"
                    "e",
                    "b"},
         .rows = 1, .cols = 2, .numbers = {2, 1},
         .names = {"gr\xC3\xB6\xC3\x9F"
                   "e",
                   "b"}},
        {"a,b\n1,2\n", .member = "b", .rows = 1, .cols = 1, .numbers = {2}, .names = {"b"}, .dropped = {"a"}},
    };
    (void)state;
    EXPECT_TABLES(TABLES);
}

static void columns_are_left_out(void **state)
{
    static const table_case TABLES[] = {
        {"a,b,c\nx,2,y\n", .drop = {"a", "3"}, .rows = 1, .cols = 1, .numbers = {2}, .names = {"b"},
         .dropped = {"a", "c"}},
        {"a,b,c\nx,2,y\n", .id = "1", .drop = {"c"}, .rows = 1, .cols = 1, .numbers = {2}, .names = {"b"},
         .dropped = {"a", "c"}},
        {"1,3,2\n4,5,6\n", .drop = {"2"}, .rows = 2, .cols = 2, .numbers = {1, 2, 4, 6}},
        /* a name goes before a number */
        {"2,x\n1,2\n", .drop = {"2"}, .rows = 1, .cols = 1, .numbers = {2}, .names = {"x"}, .dropped = {"2"}},
        {"x,x\n1,2\n", .drop = {"2"}, .rows = 1, .cols = 1, .numbers = {1}, .names = {"x"}, .dropped = {"x"}},
        {"a,b,\n1,2,\n", .drop = {"3"}, .rows = 1, .cols = 2, .numbers = {1, 2}, .names = {"a", "b"}, .dropped = {""}},
    };
    (void)state;
    EXPECT_TABLES(TABLES);
}

static const char INDEX[] = "column 1 has no name and is left out";

static void an_index_is_left_out(void **state)
{
    static const table_case TABLES[] = {
        {",x\n0,5\n1,6\n", .rows = 2, .cols = 1, .numbers = {5, 6}, .names = {"x"}, .dropped = {""}, .note = INDEX},
        {"\"\",\"x\"\n\"1\",5\n\"2\",6\n", .rows = 2, .cols = 1, .numbers = {5, 6}, .names = {"x"}, .dropped = {""},
         .note = INDEX},
        {",x\n7,5\n3,6\n", .rows = 2, .cols = 1, .numbers = {5, 6}, .names = {"x"}, .dropped = {""}, .note = INDEX},
        {",x\nMazda RX4,5\nDatsun 710,6\n", .rows = 2, .cols = 1, .numbers = {5, 6}, .names = {"x"}, .dropped = {""},
         .note = INDEX},
        {",0,1\n0,5,6\n", .rows = 1, .cols = 2, .numbers = {5, 6}, .names = {"0", "1"}, .dropped = {""}, .note = INDEX},
        /* R's write.table: the rows have a name, its column has none */
        {"\"x\" \"y\"\n\"1\" 5 6\n\"2\" 7 8\n", .rows = 2, .cols = 2, .numbers = {5, 6, 7, 8}, .names = {"x", "y"},
         .dropped = {""}, .note = INDEX},
        /* no index: fractions, a number twice, no other name, a column that was asked for or named */
        {",x\n0.5,5\n1,6\n", .rows = 2, .cols = 2, .numbers = {0.5F, 5, 1, 6}, .names = {"", "x"}},
        {",x\n1,5\n1,6\n", .rows = 2, .cols = 2, .numbers = {1, 5, 1, 6}, .names = {"", "x"}},
        {",\n0,5\n1,6\n", .rows = 2, .cols = 2, .numbers = {0, 5, 1, 6}, .names = {"", ""}},
        {",x\n0,5\n1,6\n", .wanted = {"x", ""}, .rows = 2, .cols = 2, .numbers = {5, 0, 6, 1}, .names = {"x", ""}},
        {"i,x\n0,5\n1,6\n", .rows = 2, .cols = 2, .numbers = {0, 5, 1, 6}, .names = {"i", "x"}},
        /* for a model that knows its columns any column without a name is an index */
        {",y,x\n0.5,5,6\n", .wanted = {"x", "y"}, .rows = 1, .cols = 2, .numbers = {6, 5}, .names = {"x", "y"},
         .dropped = {""}, .note = INDEX},
        {",x\n0.5,5\n", .wanted = {"x"}, .known = {""}, .rows = 1, .cols = 1, .numbers = {5}, .names = {"x"},
         .dropped = {""}},
    };
    (void)state;
    EXPECT_TABLES(TABLES);
}

static void headers_of_numbers_are_noticed(void **state)
{
    static const table_case TABLES[] = {
        {"0,1\n5,6\n", .rows = 1, .cols = 2, .numbers = {5, 6}, .names = {"0", "1"},
         .note = "line 1, 0 to 1, is taken for a header"},
        {"0 1 2\n5 6 7\n", .rows = 1, .cols = 3, .numbers = {5, 6, 7}, .names = {"0", "1", "2"},
         .note = "(--no-header makes it a row)"},
        {"0,1\n5,6\n", .header = CLUDI_HEADER_ABSENT, .rows = 2, .cols = 2, .numbers = {0, 1, 5, 6}},
        {"7,9\n5,6\n", .header = CLUDI_HEADER_PRESENT, .rows = 1, .cols = 2, .numbers = {5, 6}, .names = {"7", "9"}},
        {"a,0.5\n5,6\n", .header = CLUDI_HEADER_PRESENT, .rows = 1, .cols = 2, .numbers = {5, 6},
         .names = {"a", "0.5"}},
        {"0\n5\n", .rows = 2, .cols = 1, .numbers = {0, 5}},
        {"0,1.0\n5,6\n", .rows = 2, .cols = 2, .numbers = {0, 1, 5, 6}},
        {"0,01\n5,6\n", .rows = 2, .cols = 2, .numbers = {0, 1, 5, 6}},
        {"1,2\n5,6\n", .rows = 2, .cols = 2, .numbers = {1, 2, 5, 6}},
        {"2019,2020,2021\n5,6,8\n", .rows = 2, .cols = 3, .numbers = {2019, 2020, 2021, 5, 6, 8},
         .note = "is taken for a row (--header makes it a header)"},
        {"400,400.5,401,401.5\n5,6,8,1\n", .rows = 2, .cols = 4, .numbers = {400, 400.5F, 401, 401.5F, 5, 6, 8, 1},
         .note = "(--header makes it a header)"},
        {"3,1,2\n5,6,8\n", .rows = 2, .cols = 3, .numbers = {3, 1, 2, 5, 6, 8}},
    };
    (void)state;
    EXPECT_TABLES(TABLES);
}

static void decimal_commas_are_read(void **state)
{
    static const table_case TABLES[] = {
        {"a;b\n1,5;-,25\n2;3e1\n", .decimal_comma = 1, .rows = 2, .cols = 2, .numbers = {1.5F, -0.25F, 2, 30},
         .names = {"a", "b"}},
        {"1,5;2,5\n", .decimal_comma = 1, .rows = 1, .cols = 2, .numbers = {1.5F, 2.5F}},
        {"1,5  2,5\n", .decimal_comma = 1, .rows = 1, .cols = 2, .numbers = {1.5F, 2.5F}},
        {"a,b\n\"1,5\",\"2,5\"\n", .decimal_comma = 1, .rows = 1, .cols = 2, .numbers = {1.5F, 2.5F},
         .names = {"a", "b"}},
    };
    (void)state;
    EXPECT_TABLES(TABLES);
}

/* ROWS rows of a number that decides, and another one. */
static const char *write_rows(const char *header, int rows, int (*number)(int))
{
    static char text[200000];
    size_t used = (size_t)snprintf(text, sizeof text, "%s", header);
    for (int i = 0; i < rows; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%d.5,%d\n", i % 3, number(i));
    return text;
}

static int shuffle(int i)
{
    return (i * 7919 + 11) % 9973;
}

static int repeat(int i)
{
    return i % 999;
}

static void likely_ids_are_told(void **state)
{
    const table_case tables[] = {
        {write_rows("x,my id\n", 1000, shuffle), .find_ids = 1, .rows = 1000, .cols = 2,
         .numbers = {0.5F, 11, 1.5F, 7930}, .names = {"x", "my id"},
         .note = "column 2 (\"my id\") has whole numbers that are all different, as an id has; --drop \"my id\""},
    };
    (void)state;
    EXPECT_TABLES(tables);
    expect_table(&(table_case){write_rows("", 10, shuffle), .find_ids = 1, .rows = 10, .cols = 2,
                               .numbers = {0.5F, 11, 1.5F, 7930},
                               .note = "column 2 has whole numbers that are all different, as an id has; --drop 2 "});
    expect_table(&(table_case){write_rows("", 9, shuffle), .find_ids = 1, .rows = 9, .cols = 2,
                               .numbers = {0.5F, 11, 1.5F, 7930}});
    expect_table(&(table_case){write_rows("", 1000, repeat), .find_ids = 1, .rows = 1000, .cols = 2,
                               .numbers = {0.5F, 0, 1.5F, 1}});
    expect_table(
        &(table_case){write_rows("", 1000, shuffle), .rows = 1000, .cols = 2, .numbers = {0.5F, 11, 1.5F, 7930}});
    /* a sentence is a line, whatever the name */
    expect_table(&(table_case){write_rows("x,\"my\nid\"\n", 1000, shuffle), .find_ids = 1, .rows = 1000, .cols = 2,
                               .numbers = {0.5F, 11, 1.5F, 7930}, .names = {"x", "my\nid"},
                               .note = "column 2 (\"my\\x0aid\") has whole"});
    assert_ptr_equal(strchr(notes.text, '\n'), notes.text + notes.length - 1);
    /* it is dropped, it is all there is */
    expect_table(&(table_case){write_rows("", 1000, shuffle), .find_ids = 1, .drop = {"2"}, .rows = 1000, .cols = 1,
                               .numbers = {0.5F, 1.5F}});
    expect_table(&(table_case){write_rows("", 1000, shuffle), .find_ids = 1, .drop = {"1"}, .rows = 1000, .cols = 1,
                               .numbers = {11, 7930}});
}

/* Numbers that float32 does not tell apart, and one that comes again far behind. */
static void ids_are_told_apart_to_the_last_digit(void **state)
{
    static char text[2000000];
    size_t used = 0;
    (void)state;
    for (int i = 0; i < 70000; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%d.5,%lld\n", i % 3, 9007199254740000LL - i);
    expect_table(&(table_case){text, .find_ids = 1, .rows = 70000, .cols = 2,
                               .numbers = {0.5F, 9007199254740000.0F, 1.5F, 9007199254740000.0F},
                               .note = "column 2 has whole numbers"});
    used = 0;
    for (int i = 0; i < 60000; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%d.5,%d\n", i % 3, i == 59999 ? 30000 : i + 5);
    expect_table(&(table_case){text, .find_ids = 1, .rows = 60000, .cols = 2, .numbers = {0.5F, 5, 1.5F, 6}});
}

static void what_does_not_fit_is_refused(void **state)
{
    static const struct {
        table_case table;
        const char *words;
    } CASES[] = {
        {{"a,b\n1,2\n", .wanted = {"a", "c"}},
         "x\" lacks columns that the model needs: \"c\"; it has columns that the model does not know: \"b\" (--drop "
         "NAME "
         "leaves one out)."},
        {{"a,b\n1,2\n", .wanted = {"a"}}, "x\" has columns that the model does not know: \"b\" (--drop"},
        {{"a\n1\n", .wanted = {"b", "a", "c", "d"}}, "x\" lacks columns that the model needs: \"b\", \"c\", \"d\"."},
        {{"A\n1\n", .wanted = {"a"}}, "needs: \"a\"; it has"},
        {{"a,b,c,d,e\n1,2,3,4,5\n", .wanted = {"a"}}, "know: \"b\", \"c\", \"d\" and 1 more (--drop"},
        {{"a,b\n1,2\n", .drop = {"a"}, .wanted = {"a", "b"}}, "lacks columns that the model needs: \"a\"."},
        {{"x,y,x\n1,2,3\n", .wanted = {"y", "x", "x"}}, "as \"x\" is there more than once."},
        {{"x,y,x\n1,2,3\n", .wanted = {"x", "y"}}, "as \"x\" is there more than once."},
        {{"a,b\n1,2\n", .drop = {"c"}}, "x\" has no column \"c\" in its header."},
        {{"a,b\n1,2\n", .drop = {"3"}}, "x\" has no column \"3\" in its header."},
        {{"a,b\n1,2\n", .drop = {"0"}}, "x\" has no column \"0\" in its header."},
        {{"1,2\n", .drop = {"3"}},
         "x\" has no column \"3\": its first line has numbers alone, so that it is no header; "
         "columns are numbered from 1."},
        {{"a,b\n1,2\n", .drop = {"a", "1"}}, "x\": column 1 (\"a\") is dropped twice."},
        {{"a,b\n1,2\n", .id = "a", .drop = {"a"}}, "x\": column 1 (\"a\") is the id column"},
        {{"a,b\n1,2\n", .drop = {"a", "b"}}, "x\" has no column left for the features."},
        {{"a,b\n1,2\n", .drop = {"b"}, .id = "a"}, "x\" has no column left for the features."},
        {{"a,b,a\n1,2,3\n", .drop = {"a"}}, "x\" has more than one column \"a\" in its header."},
        {{.text = "x;y\n1;2;3;4\n"}, "line 2 has 4 cells; line 1 has 2."},
        {{.text = "\xFF\xFE"
                  "1"},
         "x\" is text in UTF-16LE; UTF-8 is wanted: iconv -f UTF-16LE -t UTF-8 FILE >NEW converts it."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        dataset_file opened;
        io_expect_error(&error, open_table(&opened, &CASES[i].table), CLUDI_ERROR_FORMAT, CASES[i].words);
        dataset_file_close(&opened);
    }
}

static void a_comma_in_a_number_is_told(void **state)
{
    dataset_file opened;
    float found[2];
    (void)state;
    assert_int_equal(open_table(&opened, &(table_case){.text = "a;b\n1,5;2\n"}), CLUDI_OK);
    io_expect_error(&error, dataset_file_read(&opened, 0, 1, found, &error), CLUDI_ERROR_FORMAT,
                    "has \"1,5\"; a number is wanted (--decimal , reads commas as decimal points).");
    dataset_file_close(&opened);
    assert_int_equal(open_table(&opened, &(table_case){"a;b\n1,5;2.5\n", .decimal_comma = 1}), CLUDI_OK);
    io_expect_error(&error, dataset_file_read(&opened, 0, 1, found, &error), CLUDI_ERROR_FORMAT,
                    "column 2 (\"b\") has \"2.5\"; a number is wanted");
    dataset_file_close(&opened);
    assert_int_equal(open_table(&opened, &(table_case){.text = "a,b\nNew York,2.5\n"}), CLUDI_OK);
    io_expect_error(&error, dataset_file_read(&opened, 0, 1, found, &error), CLUDI_ERROR_FORMAT,
                    "(\"a\") has \"New York\"; a number is wanted (--drop NAME leaves out a column).");
    dataset_file_close(&opened);
}

static int setup(void **state)
{
    allocator = alloc_system();
    strbuf_init(&notes, &allocator);
    return io_setup(state);
}

static int teardown(void **state)
{
    strbuf_clear(&notes);
    return io_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_found_by_name),
        cmocka_unit_test(columns_are_left_out),
        cmocka_unit_test(an_index_is_left_out),
        cmocka_unit_test(headers_of_numbers_are_noticed),
        cmocka_unit_test(decimal_commas_are_read),
        cmocka_unit_test(likely_ids_are_told),
        cmocka_unit_test(ids_are_told_apart_to_the_last_digit),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(a_comma_in_a_number_is_told),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
