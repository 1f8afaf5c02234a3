/* file_kind.c: what is no array is known by its first bytes, by a member of a zip, or by its name. */
#include "cmocka_all.h"

#include "file_kind.h"
#include "io_support.h"

static cludi_error error;

#define BYTES(text) (text), sizeof(text) - 1

static const struct {
    const char *bytes;
    size_t size;
    const char *name;
} KNOWN[] = {
    {BYTES("\x93NUMPY\1\0"), "a .npy array"},
    {BYTES("PAR1\x15\4"), "a Parquet table"},
    {BYTES("ARROW1\0\0"), "an Arrow or Feather table"},
    {BYTES("FEA1\0\0\0\0"), "a Feather table"},
    {BYTES("\xFF\xFF\xFF\xFF\x10\1\0\0\x10\0\0\0"), "an Arrow stream"},
    {BYTES("\xFF\xFF\xFF\xFF\x98\4\1\0\x10\0\0\0"), "an Arrow stream"},
    {BYTES("\x80\2\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19.\x80"), "a PyTorch file"},
    {BYTES("\x80\4\x95\x8D\0\0\0\0\0\0\0\x8C\x15numpy.core"), "a Python pickle"},
    {BYTES("\x80\2]q\0(K\1K\2e."), "a Python pickle"},
    {BYTES("\x80\4\x95\xA0\0\0\0\0\0\0\0\x8C\x13joblib.numpy_pickle"), "a joblib file"},
    {BYTES("MATLAB 7.3 MAT-file, Platform: GLNXA64"), "a MATLAB 7.3 file"},
    {BYTES("MATLAB 5.0 MAT-file Platform: posix"), "a MATLAB file"},
    {BYTES("X\n\0\0\0\3\0\4"), "an R object (.rds)"},
    {BYTES("RDX3\nX\n\0\0\0\3"), "an R workspace (.RData)"},
    {BYTES("SQLite format 3\0"), "a SQLite database"},
    {BYTES("\xFF\xD8\xFF\xE0\0\x10JFIF"), "a JPEG image"},
    {BYTES("\x89PNG\r\n\x1A\n"), "a PNG image"},
    {BYTES("RIFF\1\2\3\4WEBPVP8 "), "a WebP image"},
    {BYTES("BM\x76\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"), "a BMP image"},
    {BYTES("\0\0\0\x18"
           "ftypheic"),
     "a HEIC or AVIF image, or a video"},
    {BYTES("\x1F\x8B\x08\0"), "gzip data"},
    {BYTES("\x28\xB5\x2F\xFD\4"), "packed with zstd"},
    {BYTES("\xFD"
           "7zXZ\0\0\4"),
     "packed with xz"},
    {BYTES("BZh91AY&SY\1\2"), "packed with bzip2"},
    {BYTES("BZh9\x17\x72\x45\x38\x50\x90\0\0"), "packed with bzip2"},
    {BYTES("%PDF-1.7\n"), "a PDF document"},
    {BYTES("version https://git-lfs.github.com/spec/v1\n"), "a pointer of Git LFS, not the file itself"},
    {BYTES("%%MatrixMarket matrix"), "a MatrixMarket file"},
    {BYTES("{\"id\": 1, \"v\": 2}\n{\"id\": 2, \"v\": 3}\n"), "a JSON Lines file"},
    {BYTES("{\"id\": 1, \"v\": [1, 2]}\r\n{\"id\": 2, \"v\": [3, 4]}\r\n"), "JSON with vectors"},
    {BYTES("{\"data\": [{\"object\": \"embedding\", \"embedding\": [-0.5, 1]}]}"), "JSON with vectors"},
    {BYTES("{\"a\": \"[1, 2]\", \"b\": \"\\\"[3,\"}"), "a JSON file"},
    {BYTES("{\"columns\":[\"a\"],\"index\":[0],\"data\":[[1.5]]}"), "JSON that pandas wrote (orient='split')"},
    {BYTES("{\"index\": [0], \"columns\": [\"a\"]}"), "JSON that pandas wrote (orient='split')"},
    {BYTES("{\"schema\":{\"fields\":[]},\"data\":[]}"), "JSON that pandas wrote (orient='table')"},
    {BYTES("{\"0\":{\"a\":1.5}}"), "JSON that pandas wrote (orient='index')"},
    {BYTES("{\"0\":{\"0\":1.5}}"), "a JSON file"},
    {BYTES("{\"a\":{\"0\":1.5}}"), "a JSON file"},
    {BYTES("{\"id\": 1}\n"), "a JSON Lines file"},
    {BYTES("{\n  \"a\": [1, 2]\n}\n"), "JSON with vectors"},
    {BYTES("\xEF\xBB\xBF[[1.0, 2.0],\n [3, 4]]"), "JSON with vectors"},
    {BYTES("[{\"a\": 1}]"), "a JSON file"},
    {BYTES("[1.5, 2]\n"), "JSON with vectors"},
    {BYTES("[\n 1,\n 2\n]\n"), "JSON with vectors"},
    {BYTES("[1.5, -2]\n[3, 4]\n"), "JSON with vectors"},
    {BYTES("3 2\nthe 0.5 -1\n, 1 2e-5\n"), "a word2vec file in text (.vec)"},
    {BYTES("3 2\r\n\" 0.5 -1 \r\n"), "a word2vec file in text (.vec)"},
    {BYTES("3 300\nthe 0.5 -1"), "a word2vec file in text (.vec)"},
    {BYTES("3 2\nthe \0\0\x80\x3F\1\2\3\4\n"), "a word2vec file"},
    {BYTES("the 1 2 3 4 5 6 7 8 9 0 -.1 2 3 4 5 6 7 8 9 0\n"),
     "text with a word and a vector in each line, as GloVe has"},
    {BYTES("\xBA\x16\x4F\x2F\x0C\0\0\0"), "a fastText model"},
    {BYTES("% comment\n\n@Relation iris\n"), "an ARFF file"},
    {BYTES("@RELATION iris\n"), "an ARFF file"},
    {BYTES("<stata_dta><header>"), "a Stata file"},
    {BYTES("<table border=\"1\">\n"), "an HTML or XML file"},
    {BYTES("<!DOCTYPE html>\n<html>"), "an HTML or XML file"},
    {BYTES("\n<?xml version=\"1.0\"?>"), "an HTML or XML file"},
    {BYTES("1 3:0.5 17:-2e-3\n-1 1:1\n"), "an svmlight (libsvm) file"},
    {BYTES("+1 1:0.5 # first\n"), "an svmlight (libsvm) file"},
    {BYTES("\x89HDF\r\n\x1A\n"), "an HDF5 file"},
    {BYTES("PK\3\4\x14"), "a zip, such as .npz or PyTorch's"},
    {BYTES("a,b\n1,2\n"), "text, such as CSV"},
};

/* Rows of numbers, and text that looks a little like something else. */
static const char *const ROWS[] = {
    "PAR1,b\n1,2\n",
    "RDX,ACTB\n1,2\n",
    "<species>,<!x>\n1,2\n",
    "GIF8,x\n1,2\n",
    "ORC,b\n",
    "ustar\n1\n",
    "1,2\n3,4\n",
    "a,b\n1,2\n",
    "BMI,age\n1,2\n",
    "{a},b\n1,2\n",
    "[a],[b]\n1,2\n",
    "[0.5 1.5]\n[2.5 3.5]\n",
    "%a,b\n1,2\n",
    "<x>,y\n1,2\n",
    "1 2 3\n4 5 6\n",
    "2 3\n1 2 3\n4 5 6\n",
    "2 3\n4 5\n",
    "the 1 2 3 4 5\n",
    "a 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0,x\n",
    "0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1\n",
    "time,x\n12:30,1\n",
    "X\n1\n2\n",
    "ORC,b\n",
    "12:30:11 4 5\n",
    "\"[1]\",2\n",
    "Rar,b\n1,2\n",
    "",
    "\n",
    " ",
    "{",
    "[",
    "1",
};

static void every_kind_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        const file_kind *kind = file_kind_find((const unsigned char *)KNOWN[i].bytes, KNOWN[i].size);
        assert_non_null(kind);
        assert_string_equal(kind->name, KNOWN[i].name);
    }
}

/* A vector of the usual width, and many a text, is longer than what is looked at. */
static void long_vectors_are_json(void **state)
{
    (void)state;
    static const struct {
        const char *start, *name;
        const char *advice;
    } cases[] = {{"{\"id\": 1, \"emb\": [0.5", "JSON with vectors", "json.loads"},
                 {"[0.5", "JSON with vectors", "json.loads"},
                 {"{\"data\": [{\"emb\": [0.5", "JSON with vectors", "json.loads"},
                 {"{\"text\": \"long", "a JSON Lines file", "pd.read_json('%s', lines=True)"},
                 {"[{\"text\": \"long", "a JSON file", "pd.read_json('%s')"},
                 {"{\"a\": {\"0\": \"long", "a JSON file", "pd.read_json('%s')"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char head[4096];
        const size_t length = strlen(cases[i].start);
        memcpy(head, cases[i].start, length);
        for (size_t at = length; at < sizeof head; at++)
            head[at] = ", 0.25"[(at - length) % 6];
        const file_kind *kind = file_kind_find((const unsigned char *)head, sizeof head);
        assert_string_equal(kind->name, cases[i].name);
        assert_non_null(strstr(kind->advice, cases[i].advice));
    }
}

/* Cut anywhere, nothing is read behind the end (sanitizers look). */
static void short_files_are_looked_at(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        for (size_t size = 0; size < KNOWN[i].size; size++) {
            unsigned char *bytes = malloc(size + 1);
            memcpy(bytes, KNOWN[i].bytes, size);
            (void)file_kind_find(size > 0 ? bytes : NULL, size);
            free(bytes);
        }
}

static void rows_are_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const file_kind *kind = file_kind_find((const unsigned char *)ROWS[i], strlen(ROWS[i]));
        assert_true(!kind || !kind->advice);
    }
}

static void tar_is_known_behind_its_first_name(void **state)
{
    (void)state;
    unsigned char head[512] = "folder/rows.npy";
    memcpy(head + 257, "ustar", 5);
    assert_string_equal(file_kind_find(head, sizeof head)->name, "a tar archive");
    assert_null(file_kind_find(head, 261));
    memset(head, ',', 257);
    memset(head + 262, ',', sizeof head - 262);
    assert_null(file_kind_find(head, sizeof head)->advice);
}

static void members_and_endings_say_more(void **state)
{
    (void)state;
    assert_string_equal(file_kind_of_member("archive/data.pkl")->name, "a PyTorch file");
    assert_string_equal(file_kind_of_member("xl/workbook.xml")->name, "an Excel workbook");
    assert_string_equal(file_kind_of_member("data/rows.csv")->name, "a zip with a CSV file");
    assert_null(file_kind_of_member("arr_0.npy"));
    assert_string_equal(file_kind_of_ending("text.pkl")->name, "a Python pickle, for all that can be seen");
    assert_string_equal(file_kind_of_ending("v4.mat")->name, "a MATLAB file, for all that can be seen");
    assert_string_equal(file_kind_of_ending("sift/base.FVECS")->name, "a file of float vectors (.fvecs)");
    assert_string_equal(file_kind_of_ending("base.1M.u8bin.gz")->name, "a file of byte vectors (.u8bin)");
    assert_null(file_kind_of_ending("fvecs"));
    assert_null(file_kind_of_ending("rows"));
}

static void expect_line(const char *start, size_t size, const char *path, bool is_gzipped, const char *words)
{
    const file_kind *kind = file_kind_find((const unsigned char *)start, size);
    io_expect_error(&error, file_kind_refuse(kind, path, is_gzipped, &error), CLUDI_ERROR_FORMAT, words);
}

static void the_line_has_the_path(void **state)
{
    (void)state;
    expect_line("PAR1\x15", 5, "emb.parquet", false,
                "\"emb.parquet\" is a Parquet table; convert it: python3 -c \"import numpy as np, pandas as pd; "
                "d = pd.read_parquet('emb.parquet'); ");
    expect_line("PAR1\x15", 5, "/dev/stdin", false, "pd.read_parquet('FILE')");
    expect_line("PAR1\x15", 5, "x.gz", true,
                "\"x.gz\" is gzipped; inside is a Parquet table; unpack it first: gunzip x.gz.");
    expect_line("PAR1\x15", 5, "x", true, "unpack it first: gunzip <x >unpacked.");
    expect_line("\x1F\x8B", 2, "x.npy", true,
                "\"x.npy\" is gzipped; inside is gzip data; unpack it first: gunzip <x.npy >unpacked.");
    expect_line("%PDF-1.7", 8, "x.gz", true, "inside is a PDF document; rows of numbers are wanted.");
    expect_line("%%MatrixMarket matrix array real", 32, "x.mtx", false, "scipy.io.mmread('x.mtx'))\"");
    expect_line("\x28\xB5\x2F\xFD", 4, "x.npy.zst", false,
                "unpack it: zstd -d x.npy.zst; or read it from a pipe: zstd -dc x.npy.zst | cludi info -.");
    /* what the shell, Python, glob or an option parser would take for something else */
    static const char *const ODD[] = {"it's", "$(x)", "a b",  "a[1]", "a!",   "~a",
                                      "#a",   "-a",   "a{1}", "a\nb", "a\\b", "a`b`"};
    for (size_t i = 0; i < sizeof ODD / sizeof *ODD; i++)
        expect_line("PAR1\x15", 5, ODD[i], false, "pd.read_parquet('FILE')");
}

/* Every line is whole, however long the path is. */
static void long_paths_leave_the_line_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        for (size_t length = 1; length < 600; length += 7) {
            char path[601 + sizeof error.message], words[160];
            const file_kind *kind = file_kind_find((const unsigned char *)KNOWN[i].bytes, KNOWN[i].size);
            memset(path, 'p', length);
            path[length] = '\0';
            snprintf(words, sizeof words, "pp\" is %s; ", KNOWN[i].name);
            io_expect_error(&error, file_kind_refuse(kind, path, false, &error), CLUDI_ERROR_FORMAT,
                            length > 1 ? words : KNOWN[i].name);
            const char *advice = kind->advice ? kind->advice : "another file is wanted";
            const char *mark = strstr(advice, "%s"), *last = mark;
            for (; mark; mark = strstr(mark + 2, "%s"))
                last = mark;
            last = last ? last + 2 : advice;
            assert_string_equal(error.message + strlen(error.message) - strlen(last) - 1,
                                strcat(strcpy(path, last), "."));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_known),
        cmocka_unit_test(short_files_are_looked_at),
        cmocka_unit_test(rows_are_nothing_else),
        cmocka_unit_test(tar_is_known_behind_its_first_name),
        cmocka_unit_test(members_and_endings_say_more),
        cmocka_unit_test(the_line_has_the_path),
        cmocka_unit_test(long_paths_leave_the_line_whole),
        cmocka_unit_test(long_vectors_are_json),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
