/* What of HDF5 files is refused, and with which sentence. */
#include "expect_error.h"

#include <cludi/cludi.h>

#ifdef CLUDI_WITH_HDF5
#include "blobs.h"
#include "hdf5_files.h"

static cludi_context *context;

#define REFUSED(words, path)                                                                                           \
    do {                                                                                                               \
        cludi_dataset *refused;                                                                                        \
        EXPECT(CLUDI_ERROR_FORMAT, words, cludi_dataset_read, context, path, &refused);                                \
        assert_null(refused);                                                                                          \
    } while (0)

static void links_are_not_followed(void **state)
{
    (void)state;
    hid_t file = hdf5_begin("x.h5", 0, false);
    hdf5_put_group(file, "g");
    hdf5_put_matrix(file, "g/a", H5T_IEEE_F32LE, (hdf5_storage){0});
    H5Lcreate_soft("/g/a", file, "soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/nowhere", file, "dangling", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/g", file, "folder", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("other.h5", "/a", file, "external", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    REFUSED("x.h5:soft\": \"soft\" is a soft link, which cludi does not follow.", io_path("x.h5:soft"));
    REFUSED("\"dangling\" is a soft link, which", io_path("x.h5:dangling"));
    REFUSED("\"folder\" is a soft link, which", io_path("x.h5:folder/a"));
    REFUSED("\"external\" is an external link, which", io_path("x.h5:/external"));
}

static void what_is_not_there_is_named(void **state)
{
    (void)state;
    hid_t file = hdf5_begin("x.h5", 0, false);
    H5Fclose(file);
    REFUSED("x.h5:a\": the file has no \"a\". It has no arrays of numbers that cludi reads.", io_path("x.h5:a"));
    REFUSED("x.h5\" has no array of numbers that cludi reads.", io_path("x.h5"));
    file = hdf5_begin("x.h5", 0, false);
    hdf5_put_matrix(file, "a", H5T_IEEE_F32LE, (hdf5_storage){0});
    hdf5_put_group(file, "obs");
    hdf5_put_matrix(file, "obs/b", H5T_IEEE_F32LE, (hdf5_storage){0});
    H5Fclose(file);
    REFUSED("x.h5\" holds several arrays; name one behind a ':'. It holds /a (20, 3), /obs/b (20, 3).",
            io_path("x.h5"));
    REFUSED("x.h5:/c\": the file has no \"/c\". Arrays in it: /a (20, 3), /obs/b (20, 3).", io_path("x.h5:/c"));
    REFUSED("the file has no \"a/c\".", io_path("x.h5:a/c"));
    REFUSED("x.h5:/obs\" is a group, not a dataset.", io_path("x.h5:/obs"));
    REFUSED("is a group, not a dataset.", io_path("x.h5:/"));
    file = H5Fopen(io_path("x.h5"), H5F_ACC_RDWR, H5P_DEFAULT);
    hdf5_put_group(file, "var");
    hdf5_put_group(file, "X");
    hdf5_put_integers(file, "X/indptr", H5T_STD_I32LE, (int[HDF5_ROWS]){0});
    H5Ldelete(file, "a", H5P_DEFAULT);
    H5Fclose(file);
    REFUSED("x.h5\" has no /obsm/X_pca, and its X is a sparse matrix, which cludi does not read; sc.pp.pca(adata) of "
            "scanpy writes it. Or name another array behind a ':'; it holds /obs/b (20, 3).",
            io_path("x.h5"));
    REFUSED(
        "x.h5:/X\" is a sparse matrix; cludi reads dense ones, such as /obsm/X_pca, which sc.pp.pca(adata) of scanpy "
        "writes.",
        io_path("x.h5:/X"));
    file = H5Fopen(io_path("x.h5"), H5F_ACC_RDWR, H5P_DEFAULT);
    H5Ldelete(file, "X", H5P_DEFAULT);
    hdf5_put_matrix(file, "X", H5T_IEEE_F32LE, (hdf5_storage){0});
    hdf5_put_group(file, "obsm");
    hdf5_put_group(file, "obsm/Z");
    hdf5_put_integers(file, "obsm/Z/indptr", H5T_STD_I32LE, (int[HDF5_ROWS]){0});
    H5Fclose(file);
    REFUSED(
        "x.h5\" has no /obsm/X_pca; sc.pp.pca(adata) of scanpy writes it. Or name another array behind a ':'; it holds "
        "/X (20, 3), /obs/b (20, 3).",
        io_path("x.h5"));
    REFUSED("x.h5:obsm/Z\" is a sparse matrix; cludi reads dense ones: adata.obsm[\"Z\"] = adata.obsm[\"Z\"].toarray() "
            "makes it one.",
            io_path("x.h5:obsm/Z"));
    file = H5Fopen(io_path("x.h5"), H5F_ACC_RDWR, H5P_DEFAULT);
    H5Ldelete(file, "obs", H5P_DEFAULT);
    hdf5_put_integers(file, "obs", H5T_STD_I32LE, (int[HDF5_ROWS]){0});
    H5Fclose(file);
    REFUSED("x.h5\" has a table in /obs, as AnnData wrote it before version 0.7;", io_path("x.h5"));
}

/* Many long names do not make a sentence without an end. */
static void long_lists_are_cut(void **state)
{
    (void)state;
    char name[100];
    hid_t file = hdf5_begin("x.h5", 0, false);
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "%02d-%0*d", i, i, 0);
        hdf5_put_matrix(file, name, H5T_IEEE_F32LE, (hdf5_storage){0});
    }
    H5Fclose(file);
    REFUSED(", ...", io_path("x.h5"));
}

static void other_types_are_refused(void **state)
{
    (void)state;
    hid_t text = hdf5_text_type(), list = H5Tvlen_create(H5T_IEEE_F32LE), bits = H5Tcopy(H5T_STD_I16LE);
    hid_t pair = H5Tcreate(H5T_COMPOUND, 8), array = H5Tarray_create2(H5T_IEEE_F32LE, 1, (hsize_t[]){2});
    hid_t opaque = H5Tcreate(H5T_OPAQUE, 4), odd = H5Tcopy(H5T_IEEE_F32LE);
    assert_true(H5Tset_precision(bits, 12) >= 0 && H5Tset_ebias(odd, 100) >= 0);
    assert_true(H5Tinsert(pair, "r", 0, H5T_IEEE_F32LE) >= 0 && H5Tinsert(pair, "i", 4, H5T_IEEE_F32LE) >= 0);
    const struct {
        hid_t type;
        const char *words;
    } cases[] = {{text, "x.h5:a\" is not a dataset that cludi reads: it holds strings, not numbers."},
                 {list, "it holds lists of varying length, not numbers."},
                 {pair, "it holds compound records, not numbers."},
                 {array, "it holds arrays within an array, not numbers."},
                 {opaque, "it holds opaque bytes, not numbers."},
                 {H5T_STD_REF_OBJ, "it holds references, not numbers."},
                 {H5T_STD_B8LE, "it holds bits or times, not numbers."},
                 {bits, "it holds numbers of a type that is not one of f2 f4 f8 i1"},
                 {odd, "it holds numbers of a type that is not one of"},
                 {H5T_NATIVE_LDOUBLE, "it holds numbers of a type that is not one of"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hid_t file = hdf5_begin("x.h5", 0, false);
        hdf5_put(file, "a", cases[i].type, 2, (hsize_t[]){2, 2}, H5P_DEFAULT, -1, NULL);
        H5Fclose(file);
        REFUSED(cases[i].words, io_path("x.h5:a"));
    }
    const hid_t made[] = {text, list, bits, pair, array, opaque, odd};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        H5Tclose(made[i]);
}

static void other_shapes_are_refused(void **state)
{
    (void)state;
    const float numbers[512] = {0};
    hid_t file = hdf5_begin("x.h5", 0, false), none = H5Screate(H5S_NULL);
    hdf5_put(file, "nine", H5T_IEEE_F32LE, 9, (hsize_t[]){1, 1, 1, 1, 1, 1, 1, 1, 2}, H5P_DEFAULT, H5T_NATIVE_FLOAT,
             numbers);
    hdf5_put(file, "three", H5T_IEEE_F32LE, 3, (hsize_t[]){2, 3, 4}, H5P_DEFAULT, H5T_NATIVE_FLOAT, numbers);
    hdf5_put(file, "one", H5T_IEEE_F32LE, 1, (hsize_t[]){7}, H5P_DEFAULT, H5T_NATIVE_FLOAT, numbers);
    hdf5_put(file, "empty", H5T_IEEE_F32LE, 2, (hsize_t[]){0, 3}, H5P_DEFAULT, -1, NULL);
    H5Dclose(H5Dcreate2(file, "null", H5T_IEEE_F32LE, none, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(none);
    H5Fclose(file);
    REFUSED("it has more than 8 dimensions.", io_path("x.h5:nine"));
    REFUSED("has the shape (2, 3, 4); feature vectors have two dimensions", io_path("x.h5:three"));
    REFUSED("has the shape (7,); feature vectors have two dimensions", io_path("x.h5:one"));
    REFUSED("has the shape (0, 3); at least one row", io_path("x.h5:empty"));
    REFUSED("it has no shape.", io_path("x.h5:null"));
}

/* A FIFO would be waited for for ever, were it opened. */
static void nothing_outside_the_file_is_opened(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(io_path("fifo"), 0600), 0);
    hid_t file = hdf5_begin("x.h5", 0, false), p = H5Pcreate(H5P_DATASET_CREATE);
    hid_t space = H5Screate_simple(2, (hsize_t[]){4, 2}, NULL);
    assert_true(H5Pset_virtual(p, space, io_path("fifo"), "a", space) >= 0);
    hdf5_put(file, "virtual", H5T_IEEE_F32LE, 2, (hsize_t[]){4, 2}, p, -1, NULL);
    H5Pclose(p);
    p = H5Pcreate(H5P_DATASET_CREATE);
    assert_true(H5Pset_external(p, io_path("fifo"), 0, 32) >= 0);
    hdf5_put(file, "elsewhere", H5T_IEEE_F32LE, 2, (hsize_t[]){4, 2}, p, -1, NULL);
    H5Lcreate_external(io_path("fifo"), "/a", file, "link", H5P_DEFAULT, H5P_DEFAULT);
    H5Pclose(p);
    H5Sclose(space);
    H5Fclose(file);
    REFUSED("it is virtual: its numbers are in other datasets.", io_path("x.h5:virtual"));
    REFUSED("it has its numbers in another file (external storage).", io_path("x.h5:elsewhere"));
    REFUSED("has no array of numbers", io_path("x.h5"));
}

static void other_filters_are_refused(void **state)
{
    (void)state;
    hid_t file = hdf5_begin("x.h5", 0, false);
    hid_t p = hdf5_properties((hdf5_storage){.chunk = {4, 2}, .deflate = true});
    hdf5_put_matrix(file, "a", H5T_IEEE_F32LE, (hdf5_storage){.chunk = {5, 2}, .nbit = true});
    assert_true(H5Pset_deflate(p, 1) >= 0);
    hdf5_put(file, "b", H5T_IEEE_F32LE, 2, (hsize_t[]){4, 2}, p, H5T_NATIVE_FLOAT, (float[8]){0});
    H5Pclose(p);
    H5Fclose(file);
    REFUSED("is packed with the filter 5 (nbit); cludi unpacks deflate (gzip), LZF, shuffle and fletcher32.",
            io_path("x.h5:a"));
    REFUSED("it has the same filter twice.", io_path("x.h5:b"));
}

static void put_unwritten(const char *name, int rank, const hsize_t *shape, hdf5_storage storage)
{
    hid_t file = hdf5_begin(name, 0, false), p = hdf5_properties(storage);
    hdf5_put(file, "a", H5T_IEEE_F32LE, rank, shape, p, -1, NULL);
    H5Pclose(p);
    H5Fclose(file);
}

/* Small files that say that they are huge cost nothing. */
static void bombs_are_refused(void **state)
{
    (void)state;
    const hsize_t huge[] = {(hsize_t)1 << 40, 1 << 20}, large[] = {1 << 20, 1 << 10};
    put_unwritten("x.h5", 2, huge, (hdf5_storage){.chunk = {64, 64}});
    REFUSED("is incomplete: 0 of its 281474976710656 chunks were written.", io_path("x.h5"));
    put_unwritten("x.h5", 2, huge, (hdf5_storage){.chunk = {64, 64}, .deflate = true});
    REFUSED("is incomplete: 0 of its", io_path("x.h5"));
    put_unwritten("x.h5", 2, large, (hdf5_storage){0});
    REFUSED("it says that it has numbers, but none were written.", io_path("x.h5"));
    put_unwritten("x.h5", 2, large, (hdf5_storage){.chunk = {1 << 20, 1 << 9}, .deflate = true});
    REFUSED("has chunks of 2147483648 bytes; cludi unpacks chunks of at most 16777216 bytes from a file of this size.",
            io_path("x.h5"));
    put_unwritten("x.h5", 2, (hsize_t[]){(hsize_t)1 << 62, 1 << 10}, (hdf5_storage){.chunk = {1, 1}});
    REFUSED("says that its shape is (4611686018427387904, 1024), which is more than a file can hold.", io_path("x.h5"));
}

/* A dataset of one packed chunk of 4 x 2 float32, whose stored bytes are given. */
static void put_chunk(hdf5_storage storage, uint32_t skipped, const void *bytes, size_t size)
{
    storage.chunk[0] = 4;
    storage.chunk[1] = 2;
    put_unwritten("x.h5", 2, (hsize_t[]){4, 2}, storage);
    hid_t file = H5Fopen(io_path("x.h5"), H5F_ACC_RDWR, H5P_DEFAULT), dataset = H5Dopen2(file, "a", H5P_DEFAULT);
    assert_true(H5Dwrite_chunk(dataset, H5P_DEFAULT, skipped, (hsize_t[]){0, 0}, size, bytes) >= 0);
    H5Dclose(dataset);
    H5Fclose(file);
}

static void damaged_chunks_are_refused(void **state)
{
    (void)state;
    const hdf5_storage deflate = {.deflate = true}, fletcher = {.fletcher = true}, lzf = {.lzf = true};
    const struct {
        const char *bytes;
        size_t size;
    } hostile[] = {{"\x1f", 1},                    /* 32 letters that are not there */
                   {"\x05zzzzzz\x20\xff", 9},      /* from before the beginning */
                   {"\x05zzzzzz\xe0\xff\x00", 10}, /* more than there is room for */
                   {"\x05zzzzzz\xe0", 8}};         /* without where from */
    char bytes[4096] = "not deflate";
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        put_chunk(lzf, 0, hostile[i].bytes, hostile[i].size);
        REFUSED(i == 2 ? "does not unpack to as many bytes as its shape says"
                       : "column 0 on cannot be unpacked as LZF.",
                io_path("x.h5:a"));
    }
    put_chunk(deflate, 0, bytes, 40);
    REFUSED("Row 0 (counted from 0) cannot be read: \"", io_path("x.h5:a"));
    REFUSED("x.h5:a\" is damaged: its chunk from row 0, column 0 on cannot be unzipped.", io_path("x.h5:a"));
    put_chunk(fletcher, 0, bytes, 36);
    REFUSED("does not have the checksum that it should have.", io_path("x.h5:a"));
    put_chunk(fletcher, 0, bytes, 2);
    REFUSED("says that it is stored in 2 bytes; its shape needs at least 32", io_path("x.h5:a"));
    put_chunk(deflate, 1, bytes, 8); /* libhdf5 would read 24 bytes behind its buffer */
    REFUSED("does not unpack to as many bytes as its shape says.", io_path("x.h5:a"));
    put_chunk(deflate, 0, bytes, 4096);
    REFUSED("takes more bytes than its numbers.", io_path("x.h5:a"));
}

/* libhdf5 1.10 would take memory for the blocks of such lists until there is none left. */
static void heaps_that_lie_are_refused(void **state)
{
    (void)state;
    enum { SIZE = 8, LIST = 16, DATA = 24, NUMBER = 8 };
    size_t size;
    uint64_t block, data;
    hid_t file = hdf5_begin("x.h5", 0, false);
    hdf5_put_matrix(file, "a", H5T_IEEE_F32LE, (hdf5_storage){0});
    H5Fclose(file);
    unsigned char *bytes = read_whole(io_path("x.h5"), &size), *heap = bytes;
    while (memcmp(heap, "HEAP", 4) != 0)
        heap++;
    memcpy(&block, heap + LIST, NUMBER);
    memcpy(&data, heap + DATA, NUMBER);
    assert_int_not_equal(block, 1); /* a list that is not empty */
    const struct {
        unsigned char *at;
        uint64_t value;
    } lies[] = {{bytes + data + block, block}, {heap + SIZE, 1ULL << 40}, {heap + LIST, 1 << 20}, {heap + DATA, size}};
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        unsigned char kept[NUMBER];
        memcpy(kept, lies[i].at, NUMBER);
        memcpy(lies[i].at, &lies[i].value, NUMBER);
        (void)io_put("y.h5", bytes, size);
        REFUSED("cannot be read as HDF5: driver read request failed.", io_path("y.h5:a"));
        memcpy(lies[i].at, kept, NUMBER);
    }
    free(bytes);
}

/* Whatever byte a file ends at, it is refused; and whatever byte is wrong, nothing breaks. */
static void damaged_files_do_no_harm(void **state)
{
    (void)state;
    size_t size;
    hid_t file = hdf5_begin("x.h5", 0, false);
    hdf5_put_group(file, "g");
    hdf5_put_matrix(file, "g/a", H5T_IEEE_F32LE, (hdf5_storage){.chunk = {7, 2}, .deflate = true, .shuffle = true});
    H5Fclose(file);
    unsigned char *bytes = read_whole(io_path("x.h5"), &size);
    cludi_dataset *dataset;
    for (size_t cut = 0; cut < size; cut += cut < 16 ? 1 : 61)
        assert_int_equal(cludi_dataset_read(context, io_put("y.h5", bytes, cut), &dataset, NULL), CLUDI_ERROR_FORMAT);
    REFUSED("y.h5\" cannot be read as HDF5: truncated file: eof = ", io_put("y.h5", bytes, size - 1));
    for (size_t i = 0; i < size; i += 17) {
        unsigned char kept = bytes[i];
        bytes[i] = (unsigned char)(i % 2 ? 0xFF : kept ^ 0x10);
        if (cludi_dataset_read(context, io_put("y.h5", bytes, size), &dataset, NULL) == CLUDI_OK)
            cludi_dataset_free(dataset);
        bytes[i] = kept;
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_are_not_followed),     cmocka_unit_test(what_is_not_there_is_named),
        cmocka_unit_test(long_lists_are_cut),         cmocka_unit_test(other_types_are_refused),
        cmocka_unit_test(other_shapes_are_refused),   cmocka_unit_test(nothing_outside_the_file_is_opened),
        cmocka_unit_test(other_filters_are_refused),  cmocka_unit_test(bombs_are_refused),
        cmocka_unit_test(damaged_chunks_are_refused), cmocka_unit_test(heaps_that_lie_are_refused),
        cmocka_unit_test(damaged_files_do_no_harm),
    };
    return hdf5_run_tests(tests, sizeof tests / sizeof *tests, &context);
}

#else

int main(void)
{
    return 77;
}

#endif
