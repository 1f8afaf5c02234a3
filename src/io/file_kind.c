#include "file_kind.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "error.h"

enum { LONG_LINE = 4000 /* as good as all that is looked at */ };

#define MAGIC(bytes) .length = sizeof(bytes) - 1, .magic = (bytes)

/* ---- tests ---- */

/* The first byte behind a byte order mark and white space; size if there is none. */
static size_t skip_space(const unsigned char *bytes, size_t size, size_t at)
{
    if (at == 0 && size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        at = 3;
    while (at < size && memchr(" \t\r\n", bytes[at], 4))
        at++;
    return at;
}

/* Is there `open`, and behind it one of the letters? */
static bool begins_with(const unsigned char *bytes, size_t size, char open, const char *letters)
{
    size_t at = skip_space(bytes, size, 0);
    if (at >= size || bytes[at] != (unsigned char)open)
        return false;
    at = skip_space(bytes, size, at + 1);
    return at < size && bytes[at] != '\0' && strchr(letters, bytes[at]) != NULL;
}

/* {...} in the first line, and another one begins in the next. */
static bool is_json_lines(const unsigned char *bytes, size_t size)
{
    const char *end = size > 0 ? memchr(bytes, '\n', size) : NULL;
    if (!end || !begins_with(bytes, size, '{', "\""))
        return false;
    size_t at = (size_t)(end - (const char *)bytes);
    size_t last = at;
    while (last > 0 && bytes[last - 1] == '\r')
        last--;
    at = skip_space(bytes, size, at);
    return last > 0 && bytes[last - 1] == '}' && (at == size || bytes[at] == '{');
}

/* With a list in the first line: a column of vectors. One that is longer than what is looked at may end in it. */
static bool is_json_lines_of_lists(const unsigned char *bytes, size_t size)
{
    const unsigned char *end = size > 0 ? memchr(bytes, '\n', size) : NULL;
    const unsigned char *list = size > 0 ? memchr(bytes, '[', end ? (size_t)(end - bytes) : size) : NULL;
    if (!list || end)
        return list && is_json_lines(bytes, size);
    const size_t inner = skip_space(bytes, size, (size_t)(list - bytes) + 1);
    return size >= LONG_LINE && begins_with(bytes, size, '{', "\"") && inner < size && !memchr("[{", bytes[inner], 2) &&
           !memchr(bytes + inner, ']', size - inner);
}

/* A list of numbers, with commas: where it ends, or size. 0: none. */
static size_t pass_list(const unsigned char *bytes, size_t size)
{
    size_t at = skip_space(bytes, size, 0);
    if (!begins_with(bytes, size, '[', "-0123456789"))
        return 0;
    at = skip_space(bytes, size, at + 1);
    while (at < size && (isdigit(bytes[at]) || memchr("+-.eE", bytes[at], 5)))
        at++;
    at = skip_space(bytes, size, at);
    if (at < size && bytes[at] != ',' && bytes[at] != ']')
        return 0;
    while (at < size && bytes[at] != ']')
        at++;
    return at;
}

/* A list of numbers in each line: the rows. */
static bool is_json_rows(const unsigned char *bytes, size_t size)
{
    const size_t end = pass_list(bytes, size);
    if (end == size)
        return end >= LONG_LINE && !memchr(bytes, '\n', size);
    const size_t next = end > 0 ? skip_space(bytes, size, end + 1) : size;
    return next < size && bytes[next] == '[';
}

static bool is_json(const unsigned char *bytes, size_t size)
{
    return begins_with(bytes, size, '{', "\"}") || begins_with(bytes, size, '[', "[{\"]") || pass_list(bytes, size) > 0;
}

static bool is_markup(const unsigned char *bytes, size_t size)
{
    static const char *const STARTS[] = {"<!doctype", "<!--", "<?xml", "<html", "<head", "<svg", "<table"};
    const size_t at = skip_space(bytes, size, 0);
    bool found = false;
    for (size_t i = 0; i < sizeof STARTS / sizeof *STARTS && !found; i++) {
        const size_t length = strlen(STARTS[i]);
        found = size - at >= length && strncasecmp((const char *)bytes + at, STARTS[i], length) == 0;
    }
    return found;
}

/* Behind comments: @relation, in any case. */
static bool is_arff(const unsigned char *bytes, size_t size)
{
    static const char start[] = "@relation";
    size_t at = skip_space(bytes, size, 0);
    while (at < size && bytes[at] == '%') {
        while (at < size && bytes[at] != '\n')
            at++;
        at = skip_space(bytes, size, at);
    }
    return size - at >= sizeof start - 1 && strncasecmp((const char *)bytes + at, start, sizeof start - 1) == 0;
}

/* A message of less than 16 MiB, and where its table begins. */
static bool is_arrow_stream(const unsigned char *bytes, size_t size)
{
    return size >= 12 && memcmp(bytes, "\xFF\xFF\xFF\xFF", 4) == 0 && bytes[7] == 0 &&
           memcmp(bytes + 8, "\x10\0\0\0", 4) == 0;
}

static bool is_pickle(const unsigned char *bytes, size_t size)
{
    return size >= 3 && bytes[0] == 0x80 && bytes[1] >= 2 && bytes[1] <= 5 && bytes[2] != 0;
}

/* The pickle of an object of joblib's names the module. */
static bool is_joblib(const unsigned char *bytes, size_t size)
{
    static const char module[] = "joblib";
    bool found = false;
    for (size_t i = 0; i + sizeof module - 1 <= size && !found; i++)
        found = memcmp(bytes + i, module, sizeof module - 1) == 0;
    return found && is_pickle(bytes, size);
}

/* Letters alone would be text. */
static bool is_bmp(const unsigned char *bytes, size_t size)
{
    return size >= 18 && memcmp(bytes, "BM", 2) == 0 && memcmp(bytes + 6, "\0\0\0\0", 4) == 0;
}

static bool is_webp(const unsigned char *bytes, size_t size)
{
    return size >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0;
}

static bool is_bzip2(const unsigned char *bytes, size_t size)
{
    return size >= 10 && memcmp(bytes, "BZh", 3) == 0 &&
           (memcmp(bytes + 4, "1AY&SY", 6) == 0 || memcmp(bytes + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

static bool is_text(const unsigned char *bytes, size_t size)
{
    bool text = size > 0;
    for (size_t i = 0; i < size && text; i++)
        text = bytes[i] >= ' ' ? bytes[i] != 0x7F && bytes[i] < 0xF5 : memchr("\t\r\n", bytes[i], 3) != NULL;
    return text;
}

/* "1 3:0.5 7:2": a label, and pairs of a column and a number, in the first line. */
static bool is_svmlight(const unsigned char *bytes, size_t size)
{
    size_t at = 0;
    int pairs = 0;
    while (at < size && (isdigit(bytes[at]) || memchr("+-.", bytes[at], 3)))
        at++;
    for (bool more = at > 0; more; pairs += more) {
        size_t digits = 0;
        more = at < size && bytes[at] == ' ';
        for (at++; more && at < size && isdigit(bytes[at]); at++)
            digits++;
        more = more && digits > 0 && at < size && bytes[at] == ':';
        for (at++; more && at < size && (isdigit(bytes[at]) || memchr("+-.eE", bytes[at], 5)); at++)
            ;
    }
    return pairs > 0;
}

/* ---- the table ---- */

#define PYTHON(modules, code) "convert it: python3 -c \"import numpy as np" modules "; np.save('rows.npy', " code ")\""
#define PANDAS(call) PYTHON(", pandas as pd", "pd." call ".select_dtypes('number')")
#define VECTORS " (['NAME'].tolist() instead, for a column of vectors)"
#define IMAGE "cludi embed makes rows from images: cludi embed WEIGHTS \"%s\" -o features.npy"
#define UNPACK(command, pipe) "unpack it: " command " %s; or read it from a pipe: " pipe " %s | cludi info -"
#define TRUSTED(name) " (if you trust it; ['NAME'] behind " name "(...) takes an array out of a dict)"
#define TORCH                                                                                                          \
    PYTHON(", torch", "torch.as_tensor(torch.load('%s', 'cpu')).detach().float().numpy()")                             \
    " (['NAME'] behind torch.load(...) takes a tensor out of a dict)"
#define PICKLE PYTHON(", pickle", "pickle.load(open('%s', 'rb'))") TRUSTED("pickle.load")
#define JOBLIB PYTHON(", joblib", "joblib.load('%s')") TRUSTED("joblib.load")
#define MATLAB PYTHON(", scipy.io", "scipy.io.loadmat('%s')['NAME']")

/* In the order in which they are tried. */
static const file_kind KINDS[] = {
    {"a .npy array", NULL, 0, MAGIC("\x93NUMPY")},
    {"a Parquet table", PANDAS("read_parquet('%s')") VECTORS, 0, MAGIC("PAR1")},
    {"an Arrow or Feather table", PANDAS("read_feather('%s')") VECTORS, 0, MAGIC("ARROW1")},
    {"a Feather table", PANDAS("read_feather('%s')") VECTORS, 0, MAGIC("FEA1")},
    {"an Arrow stream",
     PYTHON(", pyarrow as pa", "pa.ipc.open_stream(open('%s', 'rb')).read_pandas().select_dtypes('number')"),
     .test = is_arrow_stream},
    {"an ORC table", PANDAS("read_orc('%s')") VECTORS, 0, MAGIC("ORC")},
    {"an Avro file", "convert it to CSV or .npy", 0, MAGIC("Obj\1")},
    {"a PyTorch file", TORCH, 0, MAGIC("\x80\2\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19")},
    {"a joblib file", JOBLIB, .test = is_joblib},
    {"a Python pickle", PICKLE, .test = is_pickle},
    {"a MATLAB 7.3 file", PYTHON(", h5py", "h5py.File('%s')['NAME'][()].T"), 0, MAGIC("MATLAB 7.3 MAT-file")},
    {"a MATLAB file", MATLAB, 0, MAGIC("MATLAB 5.0 MAT-file")},
    {"an R object (.rds)", "convert it: Rscript -e \"write.csv(readRDS('%s'), 'rows.csv', row.names = FALSE)\"", 0,
     MAGIC("X\n\0\0\0")},
    {"an R workspace (.RData)", "convert it: Rscript -e \"write.csv(get(load('%s')), 'rows.csv', row.names = FALSE)\"",
     0, MAGIC("RDX")},
    {"a SQLite database", "convert it: sqlite3 -header -csv %s 'select * from TABLE' >rows.csv", 0,
     MAGIC("SQLite format 3")},
    {"a DuckDB database", "convert it: duckdb -csv %s 'from TABLE' >rows.csv", 8, MAGIC("DUCK")},
    {"a NetCDF file", PYTHON(", xarray", "xarray.open_dataset('%s')['NAME']"), 0, MAGIC("CDF\1")},
    {"a NetCDF file", PYTHON(", xarray", "xarray.open_dataset('%s')['NAME']"), 0, MAGIC("CDF\2")},
    {"a FITS file", PYTHON(", astropy.io.fits as f", "f.getdata('%s')"), 0, MAGIC("SIMPLE  =")},
    {"a faiss index", PYTHON(", faiss", "faiss.read_index('%s').reconstruct_n()"), 0, MAGIC("IxF")},
    {"a GGUF model", "embeddings are wanted, not a model", 0, MAGIC("GGUF")},
    {"a JPEG image", IMAGE, 0, MAGIC("\xFF\xD8\xFF")},
    {"a PNG image", IMAGE, 0, MAGIC("\x89PNG\r\n\x1A\n")},
    {"a GIF image", IMAGE, 0, MAGIC("GIF8")},
    {"a TIFF image", IMAGE, 0, MAGIC("II*\0")},
    {"a TIFF image", IMAGE, 0, MAGIC("MM\0*")},
    {"a WebP image", IMAGE, .test = is_webp},
    {"a BMP image", IMAGE, .test = is_bmp},
    {"a HEIC or AVIF image, or a video", IMAGE, 4, MAGIC("ftyp")},
    {"gzip data", "unpack it: gunzip %s", 0, MAGIC("\x1F\x8B")},
    {"packed with zstd", UNPACK("zstd -d", "zstd -dc"), 0, MAGIC("\x28\xB5\x2F\xFD")},
    {"packed with xz", UNPACK("xz -dk", "xz -dc"), 0,
     MAGIC("\xFD"
           "7zXZ\0")},
    {"packed with lz4", UNPACK("lz4 -d", "lz4 -dc"), 0, MAGIC("\4\x22\x4D\x18")},
    {"packed with bzip2", UNPACK("bzip2 -dk", "bzip2 -dc"), .test = is_bzip2},
    {"packed with compress", UNPACK("uncompress", "uncompress -c"), 0, MAGIC("\x1F\x9D")},
    {"a 7z archive", "unpack it: 7z x %s", 0, MAGIC("7z\xBC\xAF\x27\x1C")},
    {"a RAR archive", "unpack it: unrar x %s", 0, MAGIC("Rar!\x1A\7")},
    {"a tar archive", "unpack it: tar -xf %s", 257, MAGIC("ustar")},
    {"an old Office file (.xls)", PANDAS("read_excel('%s')"), 0, MAGIC("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")},
    {"a PDF document", "rows of numbers are wanted", 0, MAGIC("%PDF-1.")},
    {"a PDF document", "rows of numbers are wanted", 0, MAGIC("%PDF-2.")},
    {"a program", "rows of numbers are wanted", 0,
     MAGIC("\x7F"
           "ELF")},
    {"a pointer of Git LFS, not the file itself", "fetch it: git lfs pull", 0,
     MAGIC("version https://git-lfs.github.com/spec/")},
    {"a Stata file", PANDAS("read_stata('%s')"), 0, MAGIC("<stata_dta>")},
    {"a MatrixMarket file", PYTHON(", scipy.io", "scipy.io.mmread('%s')"), 0, MAGIC("%%MatrixMarket matrix array")},
    {"a MatrixMarket file", PYTHON(", scipy.io", "scipy.io.mmread('%s').toarray()"), 0, MAGIC("%%MatrixMarket")},
    {"an ARFF file",
     PYTHON(", pandas as pd, scipy.io.arff as a", "pd.DataFrame(a.loadarff('%s')[0]).select_dtypes('number')"),
     .test = is_arff},
    {"a JSON Lines file", PYTHON(", json", "[json.loads(line) for line in open('%s')]"), .test = is_json_rows},
    {"a JSON Lines file", PYTHON(", pandas as pd", "pd.read_json('%s', lines=True)['NAME'].tolist()"),
     .test = is_json_lines_of_lists},
    {"a JSON Lines file", PANDAS("read_json('%s', lines=True)") VECTORS, .test = is_json_lines},
    {"a JSON file", PANDAS("read_json('%s')") VECTORS, .test = is_json},
    {"an HTML or XML file", "perhaps a web page was saved instead of the data; rows of numbers are wanted",
     .test = is_markup},
    {"an svmlight (libsvm) file", PYTHON(", sklearn.datasets as d", "d.load_svmlight_file('%s')[0].toarray()"),
     .test = is_svmlight},

    {"an HDF5 file", NULL, 0, MAGIC("\x89HDF\r\n\x1A\n")},
    {"a zip, such as .npz or PyTorch's", NULL, 0, MAGIC("PK\3\4")},
    {"text, such as CSV", NULL, .test = is_text},

    {"a PyTorch file", TORCH, .member = "/data.pkl"},
    {"an Excel workbook", PANDAS("read_excel('%s')"), .member = "xl/workbook.xml"},
    {"an OpenDocument file", PANDAS("read_excel('%s')"), .member = "content.xml"},
    {"a Keras model", "embeddings are wanted, not a model", .member = "model.weights.h5"},
    {"a zipped zarr array", PYTHON(", zarr", "zarr.open('%s')['NAME'][:]"), .member = ".zarray"},
    {"a zipped zarr array", PYTHON(", zarr", "zarr.open('%s')['NAME'][:]"), .member = "zarr.json"},
    {"a zip with a CSV file", UNPACK("unzip", "unzip -p"), .member = ".csv"},
    {"a zip with a CSV file", UNPACK("unzip", "unzip -p"), .member = ".tsv"},

    {"a file of float vectors (.fvecs)",
     "convert it: python3 -c \"import numpy as np; a = np.fromfile('%s', 'i4'); "
     "np.save('rows.npy', a.reshape(-1, a[0] + 1)[:, 1:].view('f4'))\"",
     .ending = ".fvecs"},
    {"a file of whole number vectors (.ivecs)",
     "convert it: python3 -c \"import numpy as np; a = np.fromfile('%s', 'i4'); "
     "np.save('rows.npy', a.reshape(-1, a[0] + 1)[:, 1:])\"",
     .ending = ".ivecs"},
    {"a TFRecord file", "convert it to .npy with TensorFlow, where its features are known", .ending = ".tfrecord"},
    {"a TFRecord file", "convert it to .npy with TensorFlow, where its features are known", .ending = ".tfrecords"},
    {"an ONNX model", "embeddings are wanted, not a model", .ending = ".onnx"},
    {"numbers without a header, for all that can be seen", PYTHON("", "np.fromfile('%s', 'f4').reshape(-1, COLUMNS)"),
     .ending = ".bin"},
    {"numbers without a header, for all that can be seen", PYTHON("", "np.fromfile('%s', 'f4').reshape(-1, COLUMNS)"),
     .ending = ".dat"},
    {"numbers without a header, for all that can be seen", PYTHON("", "np.fromfile('%s', 'f4').reshape(-1, COLUMNS)"),
     .ending = ".raw"},
    {"a joblib file, for all that can be seen", JOBLIB, .ending = ".joblib"},
    {"a Python pickle, for all that can be seen", PICKLE, .ending = ".pkl"},
    {"a Python pickle, for all that can be seen", PICKLE, .ending = ".pickle"},
    {"a MATLAB file, for all that can be seen", MATLAB, .ending = ".mat"},
    {"a Stata file", PANDAS("read_stata('%s')"), .ending = ".dta"},
};

enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS, NAME_LENGTH = 6 };

static bool ends_in(const char *text, const char *ending)
{
    const size_t length = strlen(text), tail = strlen(ending);
    return length > tail && strcasecmp(text + length - tail, ending) == 0;
}

/* A few letters at the start of a text may be the name of a column: PAR1 and RDX are genes. */
const file_kind *file_kind_find(const unsigned char *bytes, size_t size)
{
    const bool text = is_text(bytes, size);
    for (size_t i = 0; i < KIND_COUNT; i++) {
        const file_kind *kind = &KINDS[i];
        if (kind->length > 0 && kind->offset + kind->length <= size &&
            memcmp(bytes + kind->offset, kind->magic, kind->length) == 0 && (kind->length > NAME_LENGTH || !text))
            return kind;
        if (kind->test && kind->test(bytes, size))
            return kind;
    }
    return NULL;
}

const file_kind *file_kind_of_member(const char *member)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (KINDS[i].member && (strcmp(member, KINDS[i].member) == 0 || ends_in(member, KINDS[i].member)))
            return &KINDS[i];
    }
    return NULL;
}

const file_kind *file_kind_of_ending(const char *path)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (KINDS[i].ending && ends_in(path, KINDS[i].ending))
            return &KINDS[i];
    }
    return NULL;
}

/* ---- sentences ---- */

enum { ADVICE_TEXT = 400, LONGEST_NAME = 60 };

/* The advice with the path in it, or FILE where that would not fit between quotes or is a pipe. */
static void fill_advice(const char *advice, const char *path, char text[ADVICE_TEXT])
{
    const bool fits = strlen(path) <= LONGEST_NAME && !strpbrk(path, "'\"\\$`&;|<>()*? \t\n");
    const char *name = fits && strncmp(path, "/dev/", strlen("/dev/")) != 0 ? path : "FILE";
    size_t used = 0;
    while (*advice && used + 1 < ADVICE_TEXT) {
        if (strncmp(advice, "%s", 2) == 0) {
            used += (size_t)snprintf(text + used, ADVICE_TEXT - used, "%s", name);
            advice += 2;
        } else {
            text[used++] = *advice++;
        }
        used = used < ADVICE_TEXT ? used : ADVICE_TEXT - 1;
    }
    text[used] = '\0';
}

cludi_status file_kind_refuse(const file_kind *kind, const char *path, bool is_gzipped, cludi_error *error)
{
    char advice[ADVICE_TEXT], unpack[ADVICE_TEXT] = "", unpacked[LONGEST_NAME + 1];
    const char *clause = kind->advice ? kind->advice : "another file is wanted";
    if (is_gzipped && ends_in(path, ".gz") && strstr(clause, "%s")) {
        fill_advice("unpack it first: gunzip %s; then ", path, unpack);
        snprintf(unpacked, sizeof unpacked, "%.*s", (int)(strlen(path) - strlen(".gz")), path);
        fill_advice(clause, strlen(path) <= LONGEST_NAME ? unpacked : "FILE", advice);
    } else {
        fill_advice(clause, path, advice);
    }
    return error_set(error, CLUDI_ERROR_FORMAT, "\"%s\" is %s%s; %s%s.", path, is_gzipped ? "gzipped; inside is " : "",
                     kind->name, unpack, advice);
}

/* ---- folders ---- */

/* What a folder is known by, the first that is there. */
static const struct {
    const char *ending; /* of a name in it, or in a folder of it; all of the name where it has no '.' in front */
    const char *name;   /* as in "... is a folder of images" */
    const char *advice;
} FOLDERS[] = {
    {"obsm", "an AnnData store (zarr)",
     "convert it: python3 -c \"import anndata; anndata.read_zarr('%s').write('data.h5ad')\""},
    {".zarray", "a zarr array", PYTHON(", zarr", "zarr.open('%s')[:]")},
    {".zgroup", "a zarr group", PYTHON(", zarr", "zarr.open('%s')['NAME'][:]")},
    {"zarr.json", "a zarr array or group", PYTHON(", zarr", "zarr.open('%s')[:]")},
    {"dataset_info.json", "a dataset of Hugging Face",
     PYTHON(", datasets", "datasets.load_from_disk('%s').with_format('numpy')['COLUMN']")},
    {"dataset_dict.json", "a dataset of Hugging Face",
     PYTHON(", datasets", "datasets.load_from_disk('%s')['train'].with_format('numpy')['COLUMN']")},
    {"saved_model.pb", "a TensorFlow model", "embeddings are wanted, not a model"},
    {".jpg", "a folder of images", IMAGE},
    {".jpeg", "a folder of images", IMAGE},
    {".png", "a folder of images", IMAGE},
    {".webp", "a folder of images", IMAGE},
    {".tif", "a folder of images", IMAGE},
    {".tiff", "a folder of images", IMAGE},
    {".gif", "a folder of images", IMAGE},
    {".heic", "a folder of images", IMAGE},
    {".bmp", "a folder of images", IMAGE},
    {".npy", "a folder of .npy files",
     "join them: python3 -c \"import numpy as np, glob; np.save('rows.npy', np.concatenate([np.load(f) for f in "
     "sorted(glob.glob('%s/*.npy'))]))\""},
    {".parquet", "a folder of Parquet tables", PANDAS("read_parquet('%s')")},
    {".csv", "a folder of CSV files",
     "join them: python3 -c \"import pandas as pd, glob; pd.concat([pd.read_csv(f) for f in "
     "sorted(glob.glob('%s/*.csv'))]).to_csv('rows.csv', index=False)\""},
    {".pt", "a folder of PyTorch files",
     "join them: python3 -c \"import numpy as np, torch, glob; np.save('rows.npy', torch.cat([torch.load(f, 'cpu') for "
     "f in sorted(glob.glob('%s/*.pt'))]).float().numpy())\""},
};

enum { FOLDER_COUNT = sizeof FOLDERS / sizeof *FOLDERS, MOST_NAMES = 2000, DEEPEST = 2 };

/* Where the name stands in FOLDERS; FOLDER_COUNT if nowhere. */
static size_t find_folder_kind(const char *name)
{
    size_t i = 0;
    while (i < FOLDER_COUNT && strcmp(name, FOLDERS[i].ending) != 0 &&
           (FOLDERS[i].ending[0] != '.' || !ends_in(name, FOLDERS[i].ending)))
        i++;
    return i;
}

/* The first kind of FOLDERS that is in a folder, or in the folders in it; names: how many may still be looked at. */
static size_t look_into(int folder, int depth, int *names)
{
    size_t best = FOLDER_COUNT;
    DIR *listing = fdopendir(folder);
    if (!listing) {
        close(folder);
        return best;
    }
    for (const struct dirent *entry = readdir(listing); entry && --*names > 0; entry = readdir(listing)) {
        size_t found = find_folder_kind(entry->d_name);
        int inner = depth + 1 < DEEPEST && entry->d_name[0] != '.'
                        ? openat(folder, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
                        : -1;
        if (inner >= 0) {
            size_t within = look_into(inner, depth + 1, names);
            found = within < found ? within : found;
        }
        best = found < best ? found : best;
    }
    closedir(listing);
    return best;
}

cludi_status file_kind_refuse_folder(const char *path, cludi_error *error)
{
    char advice[ADVICE_TEXT];
    int names = MOST_NAMES, folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
    size_t kind = folder >= 0 ? look_into(folder, 0, &names) : FOLDER_COUNT;
    fill_advice(kind < FOLDER_COUNT ? FOLDERS[kind].advice : "a file with one row per item is wanted; " IMAGE, path,
                advice);
    return error_set(error, CLUDI_ERROR_FILE, "\"%s\" is %s; %s.", path,
                     kind < FOLDER_COUNT ? FOLDERS[kind].name : "a folder", advice);
}
