#include "file_kind.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "advice.h"
#include "sniff.h"

#define MAGIC(bytes) .length = sizeof(bytes) - 1, .magic = (bytes)

#define PANDAS(call) ADVICE_TABLE("", "pd." call)
#define UNPACK(command, pipe) "unpack it: " command " %s; or read it from a pipe: " pipe " %s | cludi info -"

/* v: what is a row or rows, anywhere in lists and dicts. */
#define WALK(leaf, is_leaf)                                                                                            \
    "v = lambda x: [" leaf "] if " is_leaf " else [] if isinstance(x, str) or not hasattr(x, '__iter__') else "        \
    "[r for y in getattr(x, 'values', lambda: x)() for r in v(y)]; "

/* Arrays of rows, or a row each. The name is that of the function that loads them. */
#define ARRAYS(modules, array, load, argument)                                                                         \
    ADVICE_PYTHON(                                                                                                     \
        modules,                                                                                                       \
        WALK(array, "hasattr(x, 'shape')") "a = v(" load "(" argument "));"                                            \
                                           " np.save('rows.npy', (np.stack, np.concatenate)[a[0].ndim > 1](a))")       \
    " (" load "(...)['NAME'] takes one of several)"
#define TORCH                                                                                                          \
    ARRAYS(", torch", "torch.as_tensor(x).detach().float().numpy()", "torch.load", "'%s', 'cpu'") ADVICE_TRUSTED
#define PICKLE ARRAYS(", pickle", "np.asarray(x, 'f4')", "pickle.load", "open('%s', 'rb')") ADVICE_TRUSTED
#define JOBLIB ARRAYS(", joblib", "np.asarray(x, 'f4')", "joblib.load", "'%s'") ADVICE_TRUSTED
#define MATLAB ARRAYS(", scipy.io as s", "np.asarray(x, 'f4')", "s.loadmat", "'%s'")

/* One value, or one in each line: made a list of them. */
#define JSON                                                                                                           \
    ADVICE_PYTHON(                                                                                                     \
        ", json",                                                                                                      \
        WALK("x",                                                                                                      \
             "isinstance(x, list) and x and isinstance(x[0], (int, float))") "s = ''.join(map(str.strip, open('%s', "  \
                                                                             "encoding='utf-8-sig'))).replace('}{', "  \
                                                                             "'},{'); "                                \
                                                                             "np.save('rows.npy', "                    \
                                                                             "np.array(v(json.loads('[' + "            \
                                                                             "s.replace('][', '],[') + ']')), 'f4'))")

/* The numbers at the end of each line, behind a word. */
#define LAST_NUMBERS "np.save('rows.npy', np.stack([np.array(l.split()[-d:], 'f4') for l in f]))"

/* Each vector behind its length. */
#define VECS(type, length, view)                                                                                       \
    ADVICE_PYTHON("", "a = np.fromfile('%s', '" type "'); d = a[:" length "].view('i4')[0]; "                          \
                      "np.save('rows.npy', a.reshape(-1, d + " length ")[:, " length ":]" view ")")

/* All behind their number and their length. */
#define COUNTED(type)                                                                                                  \
    ADVICE_PYTHON("", "a = np.fromfile('%s', 'u1'); d = a[4:8].view('i4')[0]; "                                        \
                      "np.save('rows.npy', a[8:].view('" type "').reshape(-1, d))")

#define RAW                                                                                                            \
    ADVICE_SAVE("", "np.fromfile('%s', 'f4').reshape(-1, COLUMNS)")                                                    \
    " (COLUMNS: how many; 'f4': float32, 'f8': "                                                                       \
    "double)"

/* In the order in which they are tried. */
static const file_kind KINDS[] = {
    {"a .npy array", NULL, 0, MAGIC("\x93NUMPY")},
    {"a Parquet table", PANDAS("read_parquet('%s')"), 0, MAGIC("PAR1")},
    {"an Arrow or Feather table", PANDAS("read_feather('%s')"), 0, MAGIC("ARROW1")},
    {"a Feather table", PANDAS("read_feather('%s')"), 0, MAGIC("FEA1")},
    {"an Arrow stream", ADVICE_TABLE(", pyarrow as pa", "pa.ipc.open_stream(open('%s', 'rb')).read_pandas()"),
     .test = sniff_arrow_stream},
    {"an ORC table", PANDAS("read_orc('%s')"), 0, MAGIC("ORC")},
    {"an Avro file", "convert it to CSV or .npy", 0, MAGIC("Obj\1")},
    {"a PyTorch file", TORCH, 0, MAGIC("\x80\2\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19")},
    {"a joblib file", JOBLIB, .test = sniff_joblib},
    {"a Python pickle", PICKLE, .test = sniff_pickle},
    {"a MATLAB 7.3 file", ADVICE_SAVE(", h5py", "h5py.File('%s')['NAME'][()].T") ADVICE_NAMED, 0,
     MAGIC("MATLAB 7.3 MAT-file")},
    {"a MATLAB file", MATLAB, 0, MAGIC("MATLAB 5.0 MAT-file")},
    {"an R object (.rds)", "convert it: Rscript -e \"write.csv(readRDS('%s'), 'rows.csv', row.names = FALSE)\"", 0,
     MAGIC("X\n\0\0\0")},
    {"an R workspace (.RData)", "convert it: Rscript -e \"write.csv(get(load('%s')), 'rows.csv', row.names = FALSE)\"",
     0, MAGIC("RDX")},
    {"a SQLite database", "convert it: sqlite3 -header -csv %s 'select * from NAME' >rows.csv" ADVICE_NAMED, 0,
     MAGIC("SQLite format 3")},
    {"a DuckDB database", "convert it: duckdb -csv %s 'from NAME' >rows.csv" ADVICE_NAMED, 8, MAGIC("DUCK")},
    {"a NetCDF file", ADVICE_SAVE(", xarray", "xarray.open_dataset('%s')['NAME']") ADVICE_NAMED, 0, MAGIC("CDF\1")},
    {"a NetCDF file", ADVICE_SAVE(", xarray", "xarray.open_dataset('%s')['NAME']") ADVICE_NAMED, 0, MAGIC("CDF\2")},
    {"a FITS file", ADVICE_SAVE(", astropy.io.fits as f", "f.getdata('%s')"), 0, MAGIC("SIMPLE  =")},
    {"a fastText model",
     ADVICE_SAVE(", fasttext", "(lambda m: [m[word] for word in m.words])(fasttext.load_model('%s'))"), 0,
     MAGIC("\xBA\x16\x4F\x2F")},
    {"a faiss index", ADVICE_SAVE(", faiss", "faiss.read_index('%s').reconstruct_n()"), 0, MAGIC("IxF")},
    {"a GGUF model", ADVICE_NO_MODEL, 0, MAGIC("GGUF")},
    {"a JPEG image", ADVICE_IMAGES, 0, MAGIC("\xFF\xD8\xFF")},
    {"a PNG image", ADVICE_IMAGES, 0, MAGIC("\x89PNG\r\n\x1A\n")},
    {"a GIF image", ADVICE_IMAGES, 0, MAGIC("GIF8")},
    {"a TIFF image", ADVICE_IMAGES, 0, MAGIC("II*\0")},
    {"a TIFF image", ADVICE_IMAGES, 0, MAGIC("MM\0*")},
    {"a WebP image", ADVICE_IMAGES, .test = sniff_webp},
    {"a BMP image", ADVICE_IMAGES, .test = sniff_bmp},
    {"a HEIC or AVIF image, or a video", ADVICE_IMAGES, 4, MAGIC("ftyp")},
    {"gzip data", "unpack it: gunzip <%s >unpacked", 0, MAGIC("\x1F\x8B")},
    {"packed with zstd", UNPACK("zstd -d", "zstd -dc"), 0, MAGIC("\x28\xB5\x2F\xFD")},
    {"packed with xz", UNPACK("xz -dk", "xz -dc"), 0,
     MAGIC("\xFD"
           "7zXZ\0")},
    {"packed with lz4", UNPACK("lz4 -d", "lz4 -dc"), 0, MAGIC("\4\x22\x4D\x18")},
    {"packed with bzip2", UNPACK("bzip2 -dk", "bzip2 -dc"), .test = sniff_bzip2},
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
    {"a MatrixMarket file", ADVICE_SAVE(", scipy.io", "scipy.io.mmread('%s')"), 0,
     MAGIC("%%MatrixMarket matrix array")},
    {"a MatrixMarket file", ADVICE_SAVE(", scipy.io", "scipy.io.mmread('%s').toarray()"), 0, MAGIC("%%MatrixMarket")},
    {"an ARFF file", ADVICE_TABLE(", scipy.io.arff as a", "pd.DataFrame(a.loadarff('%s')[0])"), .test = sniff_arff},
    {"JSON that pandas wrote (orient='split')", PANDAS("read_json('%s', orient='split')"), .test = sniff_json_split},
    {"JSON that pandas wrote (orient='table')", PANDAS("read_json('%s', orient='table')"), .test = sniff_json_schema},
    {"JSON with vectors", JSON, .test = sniff_json_vectors},
    {"JSON that pandas wrote (orient='index')", PANDAS("read_json('%s', orient='index')"), .test = sniff_json_index},
    {"a JSON Lines file", PANDAS("read_json('%s', lines=True)"), .test = sniff_json_lines},
    {"a JSON file", PANDAS("read_json('%s')"), .test = sniff_json},
    {"an HTML or XML file", "perhaps a web page was saved instead of the data; rows of numbers are wanted",
     .test = sniff_markup},
    {"an svmlight (libsvm) file", ADVICE_SAVE(", sklearn.datasets as d", "d.load_svmlight_file('%s')[0].toarray()"),
     .test = sniff_svmlight},
    {"a word2vec file",
     ADVICE_PYTHON("", "f = open('%s', 'rb'); n, d = map(int, f.readline().split()); "
                       "np.save('rows.npy', [(list(iter(lambda: f.read(1) or exit('It is truncated'), b' ')), "
                       "np.frombuffer(f.read(4 * d), 'f4'))[1] for i in range(n)])"),
     .test = sniff_word2vec_binary},
    {"a word2vec file in text (.vec)",
     ADVICE_PYTHON("", "f = open('%s', 'rb'); d = int(f.readline().split()[1]); " LAST_NUMBERS),
     .test = sniff_word2vec_text},
    {"text with a word and a vector in each line, as GloVe has",
     ADVICE_PYTHON("", "f = open('%s', 'rb'); d = len(f.readline().split()) - 1; f.seek(0); " LAST_NUMBERS),
     .test = sniff_glove, .may_be_rows = true},

    {"an HDF5 file", NULL, 0, MAGIC("\x89HDF\r\n\x1A\n")},
    {"a zip, such as .npz or PyTorch's", NULL, 0, MAGIC("PK\3\4")},
    {"text, such as CSV", NULL, .test = sniff_text},

    {"a PyTorch file", TORCH, .member = "/data.pkl"},
    {"an Excel workbook", PANDAS("read_excel('%s')"), .member = "xl/workbook.xml"},
    {"an OpenDocument file", PANDAS("read_excel('%s')"), .member = "content.xml"},
    {"a Keras model", ADVICE_NO_MODEL, .member = "model.weights.h5"},
    {"a zipped zarr array", ADVICE_SAVE(", zarr", "zarr.open('%s')['NAME'][:]") ADVICE_NAMED, .member = ".zarray"},
    {"a zipped zarr array", ADVICE_SAVE(", zarr", "zarr.open('%s')['NAME'][:]") ADVICE_NAMED, .member = "zarr.json"},
    {"a zip with a CSV file", UNPACK("unzip", "unzip -p"), .member = ".csv"},
    {"a zip with a CSV file", UNPACK("unzip", "unzip -p"), .member = ".tsv"},

    {"a file of float vectors (.fvecs)", VECS("i4", "1", ".view('f4')"), .ending = ".fvecs"},
    {"a file of whole number vectors (.ivecs)", VECS("i4", "1", ""), .ending = ".ivecs"},
    {"a file of byte vectors (.bvecs)", VECS("u1", "4", ""), .ending = ".bvecs"},
    {"a file of float vectors (.fbin)", COUNTED("f4"), .ending = ".fbin"},
    {"a file of float16 vectors (.f16bin)", COUNTED("f2"), .ending = ".f16bin"},
    {"a file of byte vectors (.u8bin)", COUNTED("u1"), .ending = ".u8bin"},
    {"a file of byte vectors (.i8bin)", COUNTED("i1"), .ending = ".i8bin"},
    {"a file of whole number vectors (.ibin)", COUNTED("i4"), .ending = ".ibin"},
    {"a TFRecord file", "convert it to .npy with TensorFlow, where its features are known", .ending = ".tfrecord"},
    {"a TFRecord file", "convert it to .npy with TensorFlow, where its features are known", .ending = ".tfrecords"},
    {"an ONNX model", ADVICE_NO_MODEL, .ending = ".onnx"},
    {"numbers without a header, for all that can be seen", RAW, .ending = ".bin"},
    {"numbers without a header, for all that can be seen", RAW, .ending = ".dat"},
    {"numbers without a header, for all that can be seen", RAW, .ending = ".raw"},
    {"a joblib file, for all that can be seen", JOBLIB, .ending = ".joblib"},
    {"a Python pickle, for all that can be seen", PICKLE, .ending = ".pkl"},
    {"a Python pickle, for all that can be seen", PICKLE, .ending = ".pickle"},
    {"a MATLAB file, for all that can be seen", MATLAB, .ending = ".mat"},
    {"a Stata file", PANDAS("read_stata('%s')"), .ending = ".dta"},
};

enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS, NAME_LENGTH = 6 };

/* A few letters at the start of a text may be the name of a column: PAR1 and RDX are genes. */
const file_kind *file_kind_find(const unsigned char *bytes, size_t size)
{
    const bool text = sniff_text(bytes, size);
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
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (KINDS[i].member && (strcmp(member, KINDS[i].member) == 0 || advice_ends_in(member, KINDS[i].member)))
            return &KINDS[i];
    return NULL;
}

const file_kind *file_kind_of_ending(const char *path)
{
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%.*s", (int)(strlen(path) - (advice_ends_in(path, ".gz") ? strlen(".gz") : 0)), path);
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (KINDS[i].ending && advice_ends_in(name, KINDS[i].ending))
            return &KINDS[i];
    return NULL;
}

cludi_status file_kind_refuse(const file_kind *kind, const char *path, bool is_gzipped, cludi_error *error)
{
    char what[ADVICE_WHAT];
    const char *advice = kind->advice ? kind->advice : "another file is wanted";
    if (!is_gzipped)
        return advice_refuse(CLUDI_ERROR_FORMAT, path, kind->name, advice, error);
    snprintf(what, sizeof what, "gzipped; inside is %s", kind->name);
    return strstr(advice, "%s") ? advice_refuse_gzipped(path, what, error)
                                : advice_refuse(CLUDI_ERROR_FORMAT, path, what, advice, error);
}
