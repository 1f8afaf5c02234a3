/* Small HDF5 files made with libhdf5, for the tests of src/io/hdf5_*.c. Include behind io_support.h. */
#ifndef TESTS_HDF5_FILES_H
#define TESTS_HDF5_FILES_H

#define H5_USE_110_API
#include <hdf5.h>
#include <lzf.h>

#include <cludi/context.h>

enum { HDF5_ROWS = 20, HDF5_COLS = 3 };

/* The number at (i, j) of every matrix that these functions write. */
static inline double hdf5_number(int i, int j)
{
    return 6 * i - j * i + 5;
}

/* Begins a file of the folder; userblock: 0, or a power of two from 512 on. */
static inline hid_t hdf5_begin(const char *name, hsize_t userblock, bool latest)
{
    hid_t create = H5Pcreate(H5P_FILE_CREATE), access = H5Pcreate(H5P_FILE_ACCESS);
    assert_true(H5Pset_userblock(create, userblock) >= 0);
    if (latest)
        assert_true(H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST) >= 0);
    hid_t file = H5Fcreate(io_path(name), H5F_ACC_TRUNC, create, access);
    assert_true(file >= 0);
    H5Pclose(create);
    H5Pclose(access);
    return file;
}

/* How a dataset is stored. All zero: in one piece. */
typedef struct hdf5_storage {
    hsize_t chunk[2]; /* {0}: none */
    bool compact, deflate, shuffle, fletcher, nbit, lzf;
} hdf5_storage;

/* LZF as h5py has it: where a chunk would not get shorter, it is stored as it is. */
static inline size_t hdf5_pack_lzf(unsigned flags, size_t count, const unsigned *values, size_t bytes, size_t *size,
                                   void **buffer)
{
    (void)count;
    (void)values;
    assert_true(!(flags & H5Z_FLAG_REVERSE)); /* cludi unpacks without libhdf5 */
    void *packed = H5allocate_memory(bytes, false);
    const unsigned length = lzf_compress(*buffer, (unsigned)bytes, packed, (unsigned)bytes);
    if (length == 0) {
        H5free_memory(packed);
        return 0;
    }
    H5free_memory(*buffer);
    *buffer = packed;
    *size = bytes;
    return length;
}

static inline void hdf5_set_lzf(hid_t properties)
{
    static const H5Z_class2_t LZF = {H5Z_CLASS_T_VERS, 32000, 1, 1, "lzf", NULL, NULL, hdf5_pack_lzf};
    assert_true(H5Zregister(&LZF) >= 0);
    assert_true(H5Pset_filter(properties, LZF.id, H5Z_FLAG_OPTIONAL, 0, NULL) >= 0);
}

static inline hid_t hdf5_properties(hdf5_storage s)
{
    hid_t p = H5Pcreate(H5P_DATASET_CREATE);
    if (s.compact)
        assert_true(H5Pset_layout(p, H5D_COMPACT) >= 0);
    if (s.chunk[0] > 0)
        assert_true(H5Pset_chunk(p, s.chunk[1] > 0 ? 2 : 1, s.chunk) >= 0);
    if (s.shuffle)
        assert_true(H5Pset_shuffle(p) >= 0);
    if (s.deflate)
        assert_true(H5Pset_deflate(p, 6) >= 0);
    if (s.lzf)
        hdf5_set_lzf(p);
    if (s.fletcher)
        assert_true(H5Pset_fletcher32(p) >= 0);
    if (s.nbit)
        assert_true(H5Pset_nbit(p) >= 0);
    return p;
}

/* Writes a dataset of any shape; data is of the type memory, NULL: nothing is written. */
static inline void hdf5_put(hid_t file, const char *name, hid_t type, int rank, const hsize_t *shape, hid_t properties,
                            hid_t memory, const void *data)
{
    hid_t space = H5Screate_simple(rank, shape, NULL);
    hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    assert_true(dataset >= 0);
    if (data)
        assert_true(H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
}

/* Writes the matrix of hdf5_number. */
static inline void hdf5_put_matrix(hid_t file, const char *name, hid_t type, hdf5_storage storage)
{
    double numbers[HDF5_ROWS][HDF5_COLS];
    for (int i = 0; i < HDF5_ROWS; i++)
        for (int j = 0; j < HDF5_COLS; j++)
            numbers[i][j] = hdf5_number(i, j);
    hid_t properties = hdf5_properties(storage);
    hdf5_put(file, name, type, 2, (hsize_t[]){HDF5_ROWS, HDF5_COLS}, properties, H5T_NATIVE_DOUBLE, numbers);
    H5Pclose(properties);
}

/* Writes HDF5_ROWS integers. */
static inline void hdf5_put_integers(hid_t file, const char *name, hid_t type, const int *numbers)
{
    hdf5_put(file, name, type, 1, (hsize_t[]){HDF5_ROWS}, H5P_DEFAULT, H5T_NATIVE_INT, numbers);
}

static inline void hdf5_put_group(hid_t file, const char *name)
{
    hid_t group = H5Gcreate2(file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(group >= 0);
    H5Gclose(group);
}

static inline hid_t hdf5_text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    assert_true(H5Tset_size(type, H5T_VARIABLE) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0);
    return type;
}

/* Writes an attribute of strings; count 0: one alone, without dimensions. */
static inline void hdf5_put_texts(hid_t object, const char *name, hid_t type, hsize_t count, const void *texts)
{
    hid_t space = count > 0 ? H5Screate_simple(1, &count, NULL) : H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(attribute >= 0 && H5Awrite(attribute, type, texts) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
}

/* An .h5ad of the matrix of hdf5_number with two columns in obs; fixed: names of a fixed length, as R writes them. */
static inline void hdf5_put_h5ad(const char *name, bool fixed)
{
    const char *const order[] = {"size", "cludi"}, *const index[] = {"_index"};
    hid_t file = hdf5_begin(name, 0, false), text = hdf5_text_type(), bf16 = H5Tcopy(H5T_C_S1);
    assert_true(H5Tset_size(bf16, 5) >= 0 && H5Tset_strpad(bf16, H5T_STR_NULLPAD) >= 0);
    hdf5_put_group(file, "obs");
    hdf5_put_group(file, "obsm");
    hdf5_put_matrix(file, "obsm/X_pca", H5T_IEEE_F32LE, (hdf5_storage){.chunk = {7, 2}, .deflate = true});
    hdf5_put(file, "obs/_index", text, 1, (hsize_t[]){HDF5_ROWS}, H5P_DEFAULT, -1, NULL);
    hdf5_put_integers(file, "obs/size", H5T_STD_I64LE, (int[HDF5_ROWS]){5, 6, 7});
    H5Lcreate_soft("/nowhere", file, "obs/cludi", H5P_DEFAULT, H5P_DEFAULT); /* replaced, not followed */
    hid_t obs = H5Gopen2(file, "obs", H5P_DEFAULT);
    hdf5_put_texts(obs, "_index", text, 0, index);
    hdf5_put_texts(obs, "column-order", fixed ? bf16 : text, 2, fixed ? (const void *)"size\0cludi" : order);
    H5Gclose(obs);
    H5Tclose(bf16);
    H5Tclose(text);
    H5Fclose(file);
}

/* What main returns of a program with these tests; *context: of the plain backend, while they run. libhdf5 keeps parts of damaged
   files and would complain at the end, so that it is told, as in the program, to do nothing there. */
static inline int hdf5_run_tests(const struct CMUnitTest *tests, size_t count, cludi_context **context)
{
    cludi_context_options options;
    (void)H5dont_atexit();
    cludi_context_options_init(&options);
    options.backend = "ref";
    if (cludi_context_new(&options, context, NULL) != CLUDI_OK)
        return 1;
    const int failed = _cmocka_run_group_tests("HDF5", tests, count, io_setup, io_teardown);
    cludi_context_free(*context);
    return failed;
}

#endif
