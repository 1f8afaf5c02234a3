#include "folder_kind.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "advice.h"

/* How rows of several files become rows of one. `f` is a file, `rows` its rows; a vector is a row. */
#define FILES(ending) " for f in sorted(glob.glob('%s/*" ending "'))"
#define JOIN "give one of them, or join them: "
#define STACK(modules, rows)                                                                                           \
    JOIN "python3 -c \"import numpy as np, glob" modules "; np.save('rows.npy', np.vstack([" rows "]))\""
#define STACK_ONE(ending, modules, rows) STACK(modules, rows FILES(ending))
#define STACK_ALL(ending, modules, row, rows) STACK(modules, row FILES(ending) " for a in " rows)
#define TABLES(ending, read)                                                                                           \
    JOIN "python3 -c \"import pandas as pd, glob; pd.concat([pd." read                                                 \
         "(f)" FILES(ending) "]).to_csv('rows.csv', index=False)\" (without headers: cat %s/*" ending " >rows.csv)"

/* What a folder is known by. */
static const struct {
    const char *name;   /* of an entry; its ending where it has a '.' in front and is_ending */
    const char *what;   /* as in "... is a folder of images" */
    const char *advice; /* advice.h */
    bool is_ending;
    bool is_deep; /* folders in the folder are looked into as well */
} KINDS[] = {
    {"obsm", "an AnnData store (zarr)",
     "convert it: python3 -c \"import anndata; anndata.read_zarr('%s').write('data.h5ad')\"", false, false},
    {".zarray", "a zarr array", ADVICE_SAVE(", zarr", "zarr.open('%s')[:]"), false, false},
    {".zgroup", "a zarr group", ADVICE_SAVE(", zarr", "zarr.open('%s')['NAME'][:]") ADVICE_NAMED, false, false},
    {"zarr.json", "a zarr array or group",
     ADVICE_SAVE(", zarr", "zarr.open('%s')[:]") " (of a group: zarr.open('%s')['NAME'][:])", false, false},
    {"dataset_info.json", "a dataset of Hugging Face",
     ADVICE_SAVE(", datasets", "datasets.load_from_disk('%s').with_format('numpy')['NAME']") ADVICE_NAMED, false,
     false},
    {"dataset_dict.json", "a dataset of Hugging Face",
     ADVICE_SAVE(", datasets", "datasets.load_from_disk('%s')['train'].with_format('numpy')['NAME']") ADVICE_NAMED,
     false, false},
    {"saved_model.pb", "a TensorFlow model", ADVICE_NO_MODEL, false, false},
    {"model.safetensors", "a folder with a model",
     ADVICE_NO_MODEL "; cludi info %s/model.safetensors says whether cludi embed makes rows from images with it", false,
     false},
    {"pytorch_model.bin", "a folder with a model", ADVICE_NO_MODEL, false, false},
    {".jpg", "a folder of images", ADVICE_IMAGES, true, true},
    {".jpeg", "a folder of images", ADVICE_IMAGES, true, true},
    {".png", "a folder of images", ADVICE_IMAGES, true, true},
    {".webp", "a folder of images", ADVICE_IMAGES, true, true},
    {".tif", "a folder of images", ADVICE_IMAGES, true, true},
    {".tiff", "a folder of images", ADVICE_IMAGES, true, true},
    {".gif", "a folder of images", ADVICE_IMAGES, true, true},
    {".heic", "a folder of images", ADVICE_IMAGES, true, true},
    {".bmp", "a folder of images", ADVICE_IMAGES, true, true},
    {".npy", "a folder of .npy files", STACK_ONE(".npy", "", "np.load(f)"), true, false},
    {".npy.gz", "a folder of .npy.gz files", STACK_ONE(".npy.gz", ", gzip", "np.load(gzip.open(f))"), true, false},
    {".npz", "a folder of .npz files",
     STACK_ALL(".npz", "", "a", "np.load(f).values()") " (np.load(f)['NAME'] takes one array of several)", true, false},
    {".safetensors", "a folder of safetensors files",
     STACK_ALL(".safetensors", ", safetensors.torch as s", "a.float().numpy()", "s.load_file(f).values()"), true,
     false},
    {".h5", "a folder of HDF5 files", STACK_ONE(".h5", ", h5py", "h5py.File(f)['NAME'][()]") ADVICE_NAMED, true, false},
    {".hdf5", "a folder of HDF5 files", STACK_ONE(".hdf5", ", h5py", "h5py.File(f)['NAME'][()]") ADVICE_NAMED, true,
     false},
    {".h5ad", "a folder of AnnData files",
     JOIN
     "python3 -c \"import anndata, glob; anndata.concat([anndata.read_h5ad(f)" FILES(".h5ad") "]).write('data.h5ad')\"",
     true, false},
    {".parquet", "a folder of Parquet tables",
     ADVICE_TABLE(", glob", "pd.concat([pd.read_parquet(f)" FILES(".parquet") "])"), true, false},
    {".feather", "a folder of Feather tables",
     ADVICE_TABLE(", glob", "pd.concat([pd.read_feather(f)" FILES(".feather") "])"), true, false},
    {".csv", "a folder of CSV files", TABLES(".csv", "read_csv"), true, false},
    {".csv.gz", "a folder of CSV files", TABLES(".csv.gz", "read_csv"), true, false},
    {".tsv", "a folder of TSV files", TABLES(".tsv", "read_table"), true, false},
    {".jsonl", "a folder of JSON Lines files", JOIN "cat %s/*.jsonl >rows.jsonl", true, false},
    {".pt", "a folder of PyTorch files",
     STACK_ONE(".pt", ", torch", "torch.as_tensor(torch.load(f, 'cpu')).detach().float().numpy()") ADVICE_TRUSTED, true,
     false},
    {".pkl", "a folder of Python pickles", STACK_ONE(".pkl", ", pickle", "pickle.load(open(f, 'rb'))") ADVICE_TRUSTED,
     true, false},
};

enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS, MOST_NAMES = 2000 };

/* What was seen so far. */
typedef struct folder_look {
    int counts[KIND_COUNT];
    int names; /* how many may still be looked at */
} folder_look;

/* A hidden file is no shard; glob, which the lines use, takes no other case. */
static bool is_of_kind(size_t kind, const char *name)
{
    const size_t length = strlen(name), tail = strlen(KINDS[kind].name);
    if (!KINDS[kind].is_ending)
        return strcmp(name, KINDS[kind].name) == 0;
    if (name[0] == '.' || !advice_ends_in(name, KINDS[kind].name))
        return false;
    return KINDS[kind].is_deep || strcmp(name + length - tail, KINDS[kind].name) == 0;
}

static void count_name(folder_look *look, const char *name, bool is_folder, bool is_inner)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if ((KINDS[i].is_deep || !is_inner) && !(KINDS[i].is_ending && is_folder))
            look->counts[i] += is_of_kind(i, name);
}

static int open_folder(int parent, const char *name, int flags)
{
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | flags);
}

/* Counts what is in a folder, and the images in the folders in it. */
static void look_into(folder_look *look, int folder, bool is_inner)
{
    DIR *listing = fdopendir(folder);
    if (!listing) {
        close(folder);
        return;
    }
    for (const struct dirent *entry = readdir(listing); entry && --look->names > 0; entry = readdir(listing)) {
        const int inner =
            is_inner || entry->d_name[0] == '.' ? -1 : open_folder(dirfd(listing), entry->d_name, O_NOFOLLOW);
        count_name(look, entry->d_name, inner >= 0, is_inner);
        if (inner >= 0)
            look_into(look, inner, true);
    }
    closedir(listing);
}

/* The first name that is there, else the ending that most files have; KIND_COUNT: none. */
static size_t choose(const folder_look *look)
{
    size_t best = KIND_COUNT;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (look->counts[i] > 0 && !KINDS[i].is_ending)
            return i;
        if (look->counts[i] > (best < KIND_COUNT ? look->counts[best] : 0))
            best = i;
    }
    return best;
}

cludi_status folder_kind_refuse(const char *path, cludi_error *error)
{
    folder_look look = {.names = MOST_NAMES};
    const int folder = open_folder(AT_FDCWD, path, 0);
    if (folder >= 0)
        look_into(&look, folder, false);
    const size_t kind = choose(&look);
    const bool is_known = kind < KIND_COUNT;
    return advice_refuse(CLUDI_ERROR_FILE, path, is_known ? KINDS[kind].what : "a folder",
                         is_known ? KINDS[kind].advice : "a file with one row per item is wanted; " ADVICE_IMAGES,
                         error);
}
