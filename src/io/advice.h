/* What to do about a file or folder that is no array of rows: lines to copy into a shell. They write rows.npy, which cludi reads. */
#ifndef IO_ADVICE_H
#define IO_ADVICE_H

#include <stdbool.h>

#include <cludi/status.h>

enum { ADVICE_WHAT = 128 /* letters that say what a file is are fewer */ };

/* In all of them %s is the path. A line stands between double quotes of the shell: no '$', '`' or '\' in it. */
#define ADVICE_PYTHON(modules, code) "convert it: python3 -c \"import numpy as np" modules "; " code "\""

/* code: an array. */
#define ADVICE_SAVE(modules, code) ADVICE_PYTHON(modules, "np.save('rows.npy', " code ")")

/* code: a data frame. Its rows are its column of vectors if it has one (several: side by side), else its numbers. */
#define ADVICE_TABLE(modules, code)                                                                                    \
    ADVICE_PYTHON(", pandas as pd" modules,                                                                            \
                  "d = " code "; v = [c for c in d if isinstance(d[c].iloc[0], (list, np.ndarray))]; "                 \
                  "np.save('rows.npy', np.array(d[v].values.tolist(), 'f4').reshape(len(d), -1) if v else "            \
                  "d.select_dtypes('number').astype('f4'))")

#define ADVICE_IMAGES "cludi embed makes rows from images: cludi embed WEIGHTS \"%s\" -o features.npy"
#define ADVICE_NO_MODEL "embeddings are wanted, not a model"
#define ADVICE_TRUSTED ", if you trust it" /* a pickle runs what it likes */
#define ADVICE_NAMED " (NAME: which of those that it has)"

/* Fails with `"path" is WHAT; ADVICE.` In the advice the path is FILE where it would not stand in a shell, or would make the
   sentence too long; a path that is too long for it is shown from its end. */
cludi_status advice_refuse(cludi_status status, const char *path, const char *what, const char *advice,
                           cludi_error *error);

/* CLUDI_ERROR_FORMAT with the same of a file that is gzipped; the advice is to unpack it. */
cludi_status advice_refuse_gzipped(const char *path, const char *what, cludi_error *error);

/* Whether a name has this ending, in any case, and something before it. */
bool advice_ends_in(const char *name, const char *ending);

#endif
