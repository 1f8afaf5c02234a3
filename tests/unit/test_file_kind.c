/* file_kind.c: what is no array is known by its first bytes, by a member of a zip, by its name, or by what is in a folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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
    {BYTES("{\"id\": 1, \"v\": [1, 2]}\r\n{\"id\": 2, \"v\": [3, 4]}\r\n"), "a JSON Lines file"},
    {BYTES("{\"id\": 1}\n"), "a JSON Lines file"},
    {BYTES("{\n  \"a\": [1, 2]\n}\n"), "a JSON file"},
    {BYTES("\xEF\xBB\xBF[[1.0, 2.0],\n [3, 4]]"), "a JSON file"},
    {BYTES("[{\"a\": 1}]"), "a JSON file"},
    {BYTES("[1.5, 2]\n"), "a JSON file"},
    {BYTES("[\n 1,\n 2\n]\n"), "a JSON file"},
    {BYTES("[1.5, -2]\n[3, 4]\n"), "a JSON Lines file"},
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

/* A vector of the usual width is longer than what is looked at. */
static void long_vectors_are_json_lines(void **state)
{
    (void)state;
    static const struct {
        const char *start, *name;
        const char *advice;
    } cases[] = {{"{\"id\": 1, \"emb\": [0.5", "a JSON Lines file", "lines=True)['NAME'].tolist()"},
                 {"[0.5", "a JSON Lines file", "[json.loads(line) for line in open('%s')]"},
                 {"{\"emb\": [[0.5", "a JSON file", "pd.read_json('%s')"},
                 {"{\"data\": [{\"emb\": [0.5", "a JSON file", "pd.read_json('%s')"},
                 {"{\"r0\": [1], \"r1\": [0.5", "a JSON file", "pd.read_json('%s')"},
                 {"[[0.5", "a JSON file", "pd.read_json('%s')"}};
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
    assert_null(file_kind_of_ending("fvecs"));
    assert_null(file_kind_of_ending("rows"));
}

static void the_line_has_the_path(void **state)
{
    (void)state;
    const file_kind *parquet = file_kind_find((const unsigned char *)"PAR1\x15", 5);
    io_expect_error(&error, file_kind_refuse(parquet, "emb.parquet", false, &error), CLUDI_ERROR_FORMAT,
                    "\"emb.parquet\" is a Parquet table; convert it: python3 -c \"import numpy as np, pandas as pd; "
                    "np.save('rows.npy', pd.read_parquet('emb.parquet').select_dtypes('number'))\"");
    io_expect_error(&error, file_kind_refuse(parquet, "it's $(here).parquet", false, &error), CLUDI_ERROR_FORMAT,
                    "pd.read_parquet('FILE')");
    io_expect_error(&error, file_kind_refuse(parquet, "/dev/stdin", false, &error), CLUDI_ERROR_FORMAT,
                    "pd.read_parquet('FILE')");
    io_expect_error(&error, file_kind_refuse(parquet, "x.gz", true, &error), CLUDI_ERROR_FORMAT,
                    "\"x.gz\" is gzipped; inside is a Parquet table; unpack it first: gunzip x.gz; then convert it: "
                    "python3 -c \"import numpy as np, pandas as pd; np.save('rows.npy', pd.read_parquet('x')");
    const file_kind *dense = file_kind_find((const unsigned char *)"%%MatrixMarket matrix array real", 32);
    io_expect_error(&error, file_kind_refuse(dense, "x.mtx", false, &error), CLUDI_ERROR_FORMAT,
                    "scipy.io.mmread('x.mtx'))\"");
    const file_kind *zstd = file_kind_find((const unsigned char *)"\x28\xB5\x2F\xFD", 4);
    io_expect_error(&error, file_kind_refuse(zstd, "x.npy.zst", false, &error), CLUDI_ERROR_FORMAT,
                    "unpack it: zstd -d x.npy.zst; or read it from a pipe: zstd -dc x.npy.zst | cludi info -.");
}

static void folders_are_looked_into(void **state)
{
    (void)state;
    static const struct {
        const char *name, *words;
    } cases[] = {
        {"notes.txt", "\" is a folder; a file with one row per item is wanted; cludi embed"},
        {"part.parquet", "\" is a folder of Parquet tables; "},
        {"part-0.npy", "\" is a folder of .npy files; join them: python3"},
        {"Photo.JPG", "\" is a folder of images; cludi embed makes rows from images"},
        {"dataset_info.json", "\" is a dataset of Hugging Face; "},
        {".zarray", "\" is a zarr array; "},
        {"obsm", "\" is an AnnData store (zarr); convert it: python3 -c \"import anndata; anndata.read_zarr('"}};
    io_empty();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) { /* each goes before the ones that are there */
        io_put(cases[i].name, "x", 1);
        io_expect_error(&error, file_kind_refuse_folder(io_folder, &error), CLUDI_ERROR_FILE, cases[i].words);
    }
    io_empty();
    assert_int_equal(mkdir(io_path("class"), 0700), 0);
    io_put("class/a.png", "x", 1);
    io_expect_error(&error, file_kind_refuse_folder(io_folder, &error), CLUDI_ERROR_FILE, "\" is a folder of images; ");
    assert_int_equal(remove(io_path("class/a.png")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_known),          cmocka_unit_test(short_files_are_looked_at),
        cmocka_unit_test(rows_are_nothing_else),        cmocka_unit_test(tar_is_known_behind_its_first_name),
        cmocka_unit_test(members_and_endings_say_more), cmocka_unit_test(the_line_has_the_path),
        cmocka_unit_test(folders_are_looked_into),      cmocka_unit_test(long_vectors_are_json_lines),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
