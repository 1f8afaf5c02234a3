/* folder_kind.c: what is in a folder where a file is wanted. The lines are tried by tests/cli/test_conversions.sh. */
#include "cmocka_all.h"

#include "folder_kind.h"
#include "io_support.h"

static cludi_error error;

static void expect_folder(const char *words)
{
    io_expect_error(&error, folder_kind_refuse(io_folder, &error), CLUDI_ERROR_FILE, words);
}

/* Each is told before the ones that are there. */
static void what_is_in_it_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *name, *words;
    } CASES[] = {
        {"notes.txt", "\" is a folder; a file with one row per item is wanted; cludi embed"},
        {"a.jsonl", "\" is a folder of JSON Lines files; give one of them, or join them: cat "},
        {"a.csv", "\" is a folder of CSV files; give one of them, or join them: python3 "},
        {"a.parquet", "\" is a folder of Parquet tables; "},
        {"a.h5ad", "\" is a folder of AnnData files; give one of them, or join them: python3 "},
        {"a.h5", "\" is a folder of HDF5 files; give one of them, or join them: python3 "},
        {"a.safetensors", "\" is a folder of safetensors files; give one of them, or join them: python3 "},
        {"a.npz", "\" is a folder of .npz files; give one of them, or join them: python3 "},
        {"a.npy", "\" is a folder of .npy files; give one of them, or join them: python3 "},
        {"Photo.JPG", "\" is a folder of images; cludi embed makes rows from images"},
        {"model.safetensors", "\" is a folder with a model; embeddings are wanted, not a model; cludi info "},
        {"dataset_info.json", "\" is a dataset of Hugging Face; "},
        {".zarray", "\" is a zarr array; "},
        {"obsm", "\" is an AnnData store (zarr); convert it: python3 -c \"import anndata; anndata.read_zarr('"}};
    io_empty();
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        io_put(CASES[i].name, "x", 1);
        expect_folder(CASES[i].words);
    }
}

/* Names of an inner folder, and what the outer one is then. */
static void inner_folders_count_for_images_alone(void **state)
{
    (void)state;
    static const struct {
        const char *name, *words;
    } CASES[] = {{"a.png", "\" is a folder of images; "},      {"a.npy", "\" is a folder; a file "},
                 {"a.csv", "\" is a folder; a file "},         {"a.parquet", "\" is a folder; a file "},
                 {".zarray", "\" is a folder; a file "},       {"dataset_info.json", "\" is a folder; a file "},
                 {"saved_model.pb", "\" is a folder; a file "}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char path[64];
        io_empty();
        assert_int_equal(mkdir(io_path("inner"), 0700), 0);
        snprintf(path, sizeof path, "inner/%s", CASES[i].name);
        io_put(path, "x", 1);
        expect_folder(CASES[i].words);
        assert_int_equal(remove(io_path(path)), 0);
    }
}

static void the_most_files_count(void **state)
{
    (void)state;
    io_empty();
    io_put("plot.png", "x", 1);
    io_put("a.npy", "x", 1);
    expect_folder("of images; ");
    io_put("b.npy", "x", 1);
    expect_folder("of .npy files; ");
    io_put("a.CSV", "x", 1); /* glob would not find these three */
    io_put(".b.csv", "x", 1);
    assert_int_equal(mkdir(io_path("c.csv"), 0700), 0);
    expect_folder("of .npy files; ");
    assert_int_equal(remove(io_path("a.npy")), 0);
    assert_int_equal(remove(io_path("b.npy")), 0);
    assert_int_equal(remove(io_path("plot.png")), 0);
    expect_folder("\" is a folder; ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_in_it_is_told),
        cmocka_unit_test(inner_folders_count_for_images_alone),
        cmocka_unit_test(the_most_files_count),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
