/** @file cluster.h
 *  The method: train a model on feature vectors, assign vectors with it, keep it in a file.
 *
 *  The default is CLUDI_METHOD_DISCRIMINANT; S1-S12 are of CLUDI_METHOD_CLUDI.
 *  Source: R. Uziel, I. Chelly, O. Freifeld, A. Pakman, Clustering via Self-Supervised Diffusion, ICML 2025
 *  (arXiv:2507.04283). docs/theory.md has the equations S1-S12. Letters: M rows, n columns, K clusters, d embedding width.
 */
#ifndef CLUDI_CLUSTER_H
#define CLUDI_CLUSTER_H

#include <stddef.h>
#include <stdint.h>

#include <cludi/config.h>
#include <cludi/context.h>
#include <cludi/matrix.h>
#include <cludi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A trained model. Opaque, never changed by cludi_predict(). @since 0.1 */
typedef struct cludi_model cludi_model;

/** Facts about a model. Fill struct_size before the call. @since 0.1 */
typedef struct cludi_model_info {
    uint32_t struct_size;    /**< sizeof(cludi_model_info), set by the caller */
    int64_t features;        /**< n: columns it was trained on and needs at predict */
    int32_t clusters;        /**< K */
    cludi_config config;     /**< as trained */
    uint64_t seed;           /**< of the training context */
    int64_t rows;            /**< M: rows it was trained on */
    int64_t steps;           /**< optimizer steps taken; discriminant: rounds; kmeans: those of the run that was kept */
    double loss;             /**< S11 of the last step; discriminant: mean over the fitted rows of -log of the
                                  probability of their cluster; kmeans: mean squared distance of a row from its
                                  centroid */
    int32_t clusters_in_use; /**< clusters that got at least one training row over the last one to two epochs; kmeans,
                                  discriminant: at the end */
    double largest_share;    /**< share of the rows in the largest cluster over the same rows, 0..1 */
    int64_t parameters;      /**< trained numbers */
    double confidence;       /**< mean over the rows of the last step of the teacher's largest probability, 0..1;
                                  discriminant: of the fitted rows' own; kmeans: 0 */
} cludi_model_info;

/** One part of a training. @since 0.1 */
typedef struct cludi_phase {
    const char *name; /**< "setup", "data", "noise", "prepare", "teacher", "student", "loss", "backward", "update",
                                   "report"; static string */
    double seconds;   /**< wall-clock time */
    double processor_seconds; /**< of all threads of the process */
    double flop;              /**< multiplications and additions of its matrix products */
} cludi_phase;

enum { CLUDI_MOST_PHASES = 16 };

/** Where the time of a training went. Fill struct_size before the call. @since 0.1 */
typedef struct cludi_profile {
    uint32_t struct_size;                 /**< sizeof(cludi_profile), set by the caller */
    int32_t threads;                      /**< in use */
    int64_t steps;                        /**< optimizer steps taken */
    int32_t phases;                       /**< how many there are */
    cludi_phase phase[CLUDI_MOST_PHASES]; /**< in order; the rest is zero */
} cludi_profile;

/** Settings of a prediction. Fill with cludi_predict_options_init(). Only a cludi model draws noise: for others they are
 *  checked and have no effect. @since 0.1 */
typedef struct cludi_predict_options {
    uint32_t struct_size;  /**< sizeof(cludi_predict_options), set by _init */
    int32_t draws;         /**< noise draws averaged per row, 1..65536; 0: as in the model's config */
    int32_t denoise_steps; /**< denoising steps per draw, 1..T; 0: as in the model's config */
    int32_t adaptive;      /**< not 0: rows whose two most likely clusters are closer than twice the standard error get
                                more draws, doubling them up to 64 */
} cludi_predict_options;

/** Where a prediction goes; each pointer may be NULL. Caller's storage. @since 0.1 */
typedef struct cludi_prediction {
    int32_t *labels; /**< (M) argmax over k of the probabilities, the lowest k on ties, S12; kmeans: the nearest
                               centroid */
    float
        *probabilities; /**< (M, K) row-major, each row sums to 1, S12; kmeans: softmax over k of -|x - c_k|^2 / (2 v),
                               the posterior of equally likely spherical Gaussians of the model's variance v */
    float *embedding; /**< (M, d) row-major: mean of the draws' embeddings, scaled to norm sqrt(d); other methods: none,
                               must be NULL */
    int32_t *draws;   /**< (M) noise draws that the row got; other methods: 0 */
} cludi_prediction;

/** Trains a model, by the method that config->method says. CLUDI_METHOD_DISCRIMINANT, the default, finds a partition in the graph of
 *  nearest neighbors and refines it by kernel discriminant analysis (docs/recipe.md), in float32 whatever the precision of the context; of
 *  the other parameters it uses only preprocessing. CLUDI_METHOD_CLUDI trains the diffusion model (S1-S11). CLUDI_METHOD_KMEANS takes the best of 10
 *  runs of k-means on the same unit rows (greedy k-means++ by Arthur and Vassilvitskii, SODA 2007; rounds of Lloyd, IEEE
 *  Trans. Inf. Theory 28, 1982, at most 300, until the centroids' squared shifts sum to 1e-4 times the mean variance of a
 *  column), in float32 whatever the precision of the context; of the other parameters it uses only preprocessing. CLUDI_METHOD_SELF_CLASSIFIER, _TEMI,
 *  _SCAN, _TSP and _TURTLE train clustering heads on these rows (docs/rivals.md); they use preprocessing, steps and epochs.
 *
 *  Rows are first mapped to unit rows, as config->preprocessing says; the training of CLUDI_METHOD_CLUDI starts from the same partition
 *  and uses each row's neighbors (R1-R7 of docs/recipe.md). On one machine and build the result is a function of
 *  the rows as a multiset, K, config, the context's seed and backend: the order of the rows and the number of threads do
 *  not change a byte of it.
 *  @param context not NULL; its seed, threads, log and progress are used
 *  @param X       (M, n), n >= 1, M >= K, finite; borrowed for the call; a sample of max(16384, 256 K) rows is copied
 *  @param clusters K, 2..65536
 *  @param config  NULL for the defaults
 *  @param model   out, not NULL; freed by the caller with cludi_model_free(); NULL after an error. After CLUDI_STOPPED it
 *                 holds the model so far; discriminant, kmeans: NULL then too
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, shape, K, config), CLUDI_ERROR_DATA (NaN or infinity, with row and column),
 *          CLUDI_ERROR_DIVERGED (NaN or infinity in the loss or the weights), CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND,
 *          CLUDI_STOPPED
 *  Threads: one call at a time per context. Cost: steps * N * B rows through the denoiser S + about 4 times;
 *  after the first step the allocator is not called. kmeans: about 10 K (3 + rounds) products of a row and a
 *  centroid for each row, and 64 MiB, 10 times the centroids and 160 bytes and more for each row. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_fit(cludi_context *context, const cludi_matrix *X, int32_t clusters,
                                                  const cludi_config *config, cludi_model **model, cludi_error *error);

/** Where and how often a training saves its state, to continue after an interruption. Fill with cludi_checkpoint_init().
 *  @since 0.2 */
typedef struct cludi_checkpoint {
    uint32_t struct_size; /**< sizeof(cludi_checkpoint), set by _init; that of an older header will do */
    const char *path;     /**< file of the state: replaced whole or not at all, never removed */
    double every_seconds; /**< >= 0; 0: not by time. 60 by default */
    int64_t every_steps;  /**< >= 0; 0: not by steps */
    int32_t resume;       /**< not 0: continue from path if the file exists; else start from the beginning */
} cludi_checkpoint;

/** Sets the defaults, without a path. @param checkpoint out, not NULL. Threads: safe. Cost: none. @since 0.2 */
CLUDI_API void cludi_checkpoint_init(cludi_checkpoint *checkpoint);

/** What cludi_checkpoint_init() is for programs compiled with this header or a later one: the struct is filled in as far as it
 *  goes there. (The function of that name is for older programs, whose struct is that of 0.1.0.)
 *  @param checkpoint out, not NULL
 *  @param size sizeof(cludi_checkpoint) in the header. Errors: none.
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API void cludi_checkpoint_init_sized(cludi_checkpoint *checkpoint, size_t size);
#define cludi_checkpoint_init(checkpoint) cludi_checkpoint_init_sized((checkpoint), sizeof(cludi_checkpoint))

/** Makes the next trainings with this context (of a method that can be resumed, cludi_method_info) save their state:
 *  weights, moments, step, order of the rows, first partition, config, seed, and a digest of the rows. It is
 *  written at intervals, and when a callback stops a training after its first step. A training that continues from it gives the
 *  same bytes as an uninterrupted one. If the state cannot be written at an interval, the log gets a warning; if it cannot be
 *  written at a stop, the training returns the error.
 *  @param context    not NULL
 *  @param checkpoint copied; NULL: keep nothing
 *  @param error      out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, struct_size, path, negative numbers), CLUDI_ERROR_MEMORY. A fit that resumes adds
 *          CLUDI_ERROR_ARGUMENT (the file is from a run with other options; the sentence names which), CLUDI_ERROR_DATA (other rows),
 *          CLUDI_ERROR_FORMAT (no checkpoint, damaged) and CLUDI_ERROR_FILE. Every fit with a checkpoint returns
 *          CLUDI_ERROR_FILE if another one uses the same file, or no file can be created in the folder
 *  Threads: one call at a time per context. Cost: three times the weights and 4 bytes per row of the sample each time, written and
 *  synced. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_fit_set_checkpoint(cludi_context *context,
                                                                 const cludi_checkpoint *checkpoint,
                                                                 cludi_error *error);

/** Says that the columns of the next trainings with this context are several spaces of features side by side, from different
 *  encoders of the same images. CLUDI_METHOD_TURTLE learns from all of them; the model remembers, and predicts rows of
 *  the same columns. A training with another method, with preprocessing coordinates, or on rows of another width is refused.
 *  @param context not NULL
 *  @param widths  (count) columns of each space, 1 to 2147483647; copied; may be NULL with count 0
 *  @param count   0 to 4; 0: one space, of all columns
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT
 *  Threads: one call at a time per context. Cost: none. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_fit_set_spaces(cludi_context *context, const int64_t *widths,
                                                             int32_t count, cludi_error *error);

/** Removes a checkpoint, and the temporary file of a process that was killed while writing it.
 *  @param path  not NULL; a missing file is not an error
 *  @param error out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL), CLUDI_ERROR_FILE
 *  Threads: safe. Cost: looks at the names in its folder. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_checkpoint_remove(const char *path, cludi_error *error);

/** Trains a model (S1-S11) on rows that are fetched as needed: cludi_fit() on rows that need not fit in memory.
 *  The same rows give the same bytes, whether they come from a source or from a matrix.
 *  @param context not NULL; its seed, threads, log and progress are used
 *  @param X       (M, n), n >= 1, M >= K, finite; not sequential; borrowed for the call. All rows are read once in order,
 *                 in blocks of about 1 MiB, a few times more for neighbors, and then N (1 + neighbors) single rows a step
 *  @param clusters K, 2..65536
 *  @param config  NULL for the defaults
 *  @param model   as in cludi_fit(); NULL also when it was stopped before the first step
 *  @param error   out, may be NULL
 *  @return as cludi_fit(); CLUDI_ERROR_UNSUPPORTED for a sequential source; what X->read returned
 *  Threads: one call at a time per context. Cost: as cludi_fit(), and the reading; memory for one batch, 16
 *  bytes and the neighbors (8 bytes each) of each row, and a sample of rows (docs/performance.md). @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_fit_source(cludi_context *context, const cludi_source *X,
                                                         int32_t clusters, const cludi_config *config,
                                                         cludi_model **model, cludi_error *error);

/** What cludi_fit_source() is for programs compiled with this header or a later one, as cludi_context_options_init_sized().
 *  @param context as in cludi_fit_source(), as the last three
 *  @param X       as there; its first `size` bytes are looked at
 *  @param size    sizeof(cludi_source) in the header
 *  @param K       clusters
 *  @param config  not NULL
 *  @param model   out
 *  @param error   out, may be NULL
 *  @return as cludi_fit_source(); CLUDI_ERROR_ARGUMENT for a size that no header had.
 *  Threads: one call at a time per context. Cost: as cludi_fit_source(). @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_fit_source_sized(cludi_context *context, const cludi_source *X,
                                                               size_t size, int32_t K, const cludi_config *config,
                                                               cludi_model **model, cludi_error *error);
#define cludi_fit_source(context, X, clusters, config, model, error)                                                   \
    cludi_fit_source_sized((context), (X), sizeof(cludi_source), (clusters), (config), (model), (error))

/** What a training will consist of. Fill struct_size before the call. @since 0.2 */
typedef struct cludi_fit_outline {
    uint32_t struct_size; /**< sizeof(cludi_fit_outline), set by the caller */
    int32_t is_most;      /**< not 0: it ends once the clusters have converged, after `steps` steps at the latest */
    int32_t neighbors;    /**< nearest neighbors that are searched for each row; 0: none */
    int32_t
        init_runs; /**< voters that agree on the first partition, which are the steps of CLUDI_PHASE_INIT but the last
                               two; 0: there is none */
    int64_t steps; /**< optimizer steps; 0: a method without */
    int64_t first_steps;   /**< of them the first, which take another time than the rest: their teacher is the first
                               partition, or more heads are trained. 0: all are alike */
    int64_t batch_rows;    /**< rows of a step; a method without steps: all */
    int64_t rows_read;     /**< rows that a step reads: those of the batch and their neighbors */
    int64_t sample_rows;   /**< rows that are kept in memory; the first partition is one of them */
    int32_t init_kmeans;   /**< of init_runs, the first: k-means. Then come communities of the neighbors' graph */
    int32_t init_spectral; /**< of init_runs, the last: k-means of the graph's eigenvectors */
    int32_t init_starts;   /**< k-means that the first voter takes the best of */
} cludi_fit_outline;

/** What a training will consist of, before it is begun: how many steps, on how many rows.
 *  @param config   NULL for the defaults
 *  @param rows     M, >= 1
 *  @param clusters K, >= 1
 *  @param outline  in and out, not NULL; struct_size set
 *  @param error    out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT for NULL, a struct_size that no header had, what is out of bounds.
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_fit_describe(const cludi_config *config, int64_t rows, int32_t clusters,
                                                           cludi_fit_outline *outline, cludi_error *error);

/** Checks all rows for what cludi_fit() and cludi_predict() would refuse, before hours are spent on earlier rows.
 *  Call it before predicting in blocks; cludi_fit_source() does the same itself.
 *  @param context not NULL; its allocator is used
 *  @param X       (M, n), n >= 1, M >= 1; may be sequential; borrowed for the call
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, shape), CLUDI_ERROR_DATA (NaN or infinity, with row and column),
 *          CLUDI_ERROR_MEMORY, what X->read returned
 *  Threads: one call at a time per context. Cost: reads all rows once, in order; memory for 1 MiB. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_source_check(cludi_context *context, const cludi_source *X,
                                                           cludi_error *error);

/** What cludi_source_check() is for programs compiled with this header or a later one.
 *  @param context as in cludi_source_check(), as X and error
 *  @param X       not NULL
 *  @param size    sizeof(cludi_source) in the header
 *  @param error   out, may be NULL
 *  @return as cludi_source_check(); CLUDI_ERROR_ARGUMENT for a size that no header had.
 *  Threads: one call at a time per context. Cost: as cludi_source_check(). @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_source_check_sized(cludi_context *context, const cludi_source *X,
                                                                 size_t size, cludi_error *error);
#define cludi_source_check(context, X, error) cludi_source_check_sized((context), (X), sizeof(cludi_source), (error))

/** Where the time of the context's last training went.
 *  @param context not NULL
 *  @param profile in and out, not NULL; struct_size set
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT for a struct_size that no header had, or if the context has not trained yet, or last trained a method
 *          without steps (cludi_method_info).
 *  Threads: one call at a time per context. Cost: none; the clocks are read ten times in each step anyway. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_fit_get_profile(const cludi_context *context, cludi_profile *profile,
                                                              cludi_error *error);

/** Fills in the defaults. @param options out, not NULL.
 *  Threads: safe. Cost: none. @since 0.1 */
CLUDI_API void cludi_predict_options_init(cludi_predict_options *options);

/** What cludi_predict_options_init() is for programs compiled with this header or a later one: the struct is filled in as far as it
 *  goes there. (The function of that name is for older programs, whose struct is that of 0.1.0.)
 *  @param options out, not NULL
 *  @param size sizeof(cludi_predict_options) in the header. Errors: none.
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API void cludi_predict_options_init_sized(cludi_predict_options *options, size_t size);
#define cludi_predict_options_init(options) cludi_predict_options_init_sized((options), sizeof(cludi_predict_options))

/** Assigns rows (S12, P 3): the mean over `draws` noise draws of the softmax of the logits.
 *
 *  The noise of a row follows from the context's seed and the row's own numbers: a row gets the same result alone, among
 *  others, in any order, and with any number of threads.
 *  @param context not NULL
 *  @param model   not NULL; borrowed
 *  @param X       (M, n), M >= 1, n as trained, finite; borrowed
 *  @param options NULL for the model's own settings
 *  @param out     not NULL; the buffers named in it are the caller's, of the sizes given there
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT ("X has 383 columns; the model was trained on 384."), CLUDI_ERROR_DATA,
 *          CLUDI_ERROR_UNSUPPORTED (embeddings of a model that is not of CLUDI_METHOD_CLUDI), CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND,
 *          CLUDI_ERROR_DIVERGED (the model's numbers overflow on a row: there are no probabilities), CLUDI_STOPPED (the buffers
 *          are partly written after both). CLUDI_ERROR_ARGUMENT too for a model from a file whose own draws times
 *          denoise_steps are more than 400, or whose denoise_steps are more than 100, the most that a preset has, unless options
 *          set them
 *  Threads: contexts may share a model. Cost: M * draws * denoise_steps rows through the denoiser, memory for one
 *  block of rows, which the context keeps, with a copy of the weights, until it is used with another model, trains or is freed;
 *  the next call with the same model and options then takes none. Few rows are computed on the calling thread alone.
 *  kmeans: M * K products of n numbers. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_predict(cludi_context *context, const cludi_model *model,
                                                      const cludi_matrix *X, const cludi_predict_options *options,
                                                      const cludi_prediction *out, cludi_error *error);

/** Writes a model as a safetensors file (docs/theory.md lists tensors and metadata): to a temporary file in the same
 *  folder, synced, then renamed, so that the old file stays whole until the new one is.
 *  @param model not NULL
 *  @param path  not NULL
 *  @param error out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL), CLUDI_ERROR_FILE, CLUDI_ERROR_MEMORY. Equal models give equal bytes.
 *  Threads: safe. Cost: writes 4 bytes for each number of the model. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_model_save(const cludi_model *model, const char *path,
                                                         cludi_error *error);

/** Reads a model. Tensors that are missing, of another shape or not expected are errors.
 *  @param context its allocator is used; must outlive the model
 *  @param path    not NULL
 *  @param model   out, not NULL; freed with cludi_model_free(); NULL after an error
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL), CLUDI_ERROR_FILE, CLUDI_ERROR_FORMAT, CLUDI_ERROR_MEMORY.
 *  Threads: one call at a time per context. Cost: reads the file once. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_model_load(cludi_context *context, const char *path, cludi_model **model,
                                                         cludi_error *error);

/** Facts about a model.
 *  @param model not NULL
 *  @param info  in and out, not NULL; struct_size set
 *  @param error out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT for a struct_size that no header had.
 *  Threads: safe. Cost: none. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_model_get_info(const cludi_model *model, cludi_model_info *info,
                                                             cludi_error *error);

/** Gives the columns of a model their names: those of the rows that it was trained on. They are part of its file, and let the
 *  columns of another file be found by name (cludi_dataset_options).
 *  @param model   not NULL
 *  @param columns not NULL; copied: a name for each feature, in order, UTF-8; {0} takes the names away
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, another number of names than features, not UTF-8), CLUDI_ERROR_UNSUPPORTED (names that
 *          take more than the 900,000 bytes that the file has for them), CLUDI_ERROR_MEMORY; the model then stays as it was
 *  Threads: not while the model is in use elsewhere. Cost: copies the names. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_model_set_columns(cludi_model *model, const cludi_columns *columns,
                                                                cludi_error *error);

/** The names of a model's columns.
 *  @param model not NULL
 *  @return names that live as long as the model; {0} where it has none
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API cludi_columns cludi_model_get_columns(const cludi_model *model);

/** What cludi_model_verify() found. @since 0.2 */
typedef struct cludi_verification {
    uint32_t struct_size; /**< sizeof(cludi_verification), set by the caller; that of an older header will do */
    int32_t same_rows;    /**< 1: X has the rows of the training, in any order */
    int32_t same_labels;  /**< 1: the model gives them the labels that it gave when it was trained; 0 too when
                            nothing was compared */
    int64_t
        checked; /**< rows whose labels were compared: at most 4096, as good as random; 0 where the rows differ or the
                            training was stopped */
} cludi_verification;

/** Repeats the check that a training ends with: are these its rows, and does the model give them the labels it gave then? That its
 *  weights are those that were saved is checked by cludi_model_load().
 *  @param context      not NULL; with the backend and precision of the training: others may label a row at a border
 *                      otherwise. Its seed is not used
 *  @param model        not NULL
 *  @param X            (M, n) as at the training, in any order; not sequential
 *  @param verification out, not NULL
 *  @param error        out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (NULL, struct_size, columns), CLUDI_ERROR_DATA (NaN or infinity), CLUDI_ERROR_UNSUPPORTED (sequential),
 *          CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND, what X->read returned. A difference is no error
 *  Threads: one call at a time per context. Cost: one pass over the rows, and 4096 predictions. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_model_verify(cludi_context *context, const cludi_model *model,
                                                           const cludi_source *X, cludi_verification *verification,
                                                           cludi_error *error);

/** Frees a model. @param model may be NULL.
 *  Threads: not while the model is in use elsewhere. Cost: negligible. @since 0.1 */
CLUDI_API void cludi_model_free(cludi_model *model);

#ifdef __cplusplus
}
#endif
#endif
