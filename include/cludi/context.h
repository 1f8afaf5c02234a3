/** @file context.h
 *  What a run needs besides data: threads, seed, backend, allocator and callbacks.
 *
 *  fork(): a child may use everything that its parent created, except contexts that another thread of the parent was using at
 *  that moment, and what belongs to them: it may neither use nor free these. A context starts its own threads in the child, and
 *  results are the same. fork() waits some milliseconds if another thread is planning or generating code in oneDNN. If another
 *  thread was reading HDF5 or decoding images, the child's own calls of that kind return CLUDI_ERROR_UNSUPPORTED. The child may
 *  free what it inherited, or exit without. Since 0.2.
 */
#ifndef CLUDI_CONTEXT_H
#define CLUDI_CONTEXT_H

#include <stddef.h>
#include <stdint.h>

#include <cludi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Where the library gets its memory. Both functions are called from the thread that called cludi. The libraries
 *  underneath (oneDNN, zlib, jansson, libc) have memory of their own.
 *  @since 0.1 */
typedef struct cludi_allocator {
    void *(*allocate)(void *user, size_t bytes); /**< like malloc: at least 16-byte aligned, NULL when there is none */
    void (*release)(void *user, void *block);    /**< like free: block came from allocate, never NULL */
    void *user;                                  /**< handed to both */
} cludi_allocator;

/** One row of the table of backends. All pointers are static. @since 0.2 */
typedef struct cludi_backend {
    const char *name; /**< "ref", "onednn", ...: what cludi_context_options.backend takes */
    const char *help; /**< one phrase that ends "ref is ..." */
    int32_t is_built; /**< not 0: in this build of the library */
} cludi_backend;

/** The number of rows of the table of backends, including those that are not in this build.
 *  Threads: safe. Cost: negligible. @since 0.2 */
CLUDI_API int32_t cludi_backend_count(void);

/** One row of the table of backends. "auto" is the last that is built.
 *  @param index 0 .. cludi_backend_count() - 1
 *  @return a static row; NULL if index is out of range.
 *  Threads: safe. Cost: negligible. @since 0.2 */
CLUDI_API const cludi_backend *cludi_backend_get(int32_t index);

/** How important a log message is. @since 0.1 */
typedef enum cludi_log_level { CLUDI_LOG_INFO = 0, CLUDI_LOG_WARNING = 1 } cludi_log_level;

/** Receives one message without a newline.
 *  @since 0.1 */
typedef void (*cludi_log_fn)(void *user, cludi_log_level level, const char *message);

/** The part of a long call that is running. @since 0.2 */
typedef enum cludi_progress_phase {
    CLUDI_PHASE_NONE = 0,      /**< none of the library's */
    CLUDI_PHASE_NEIGHBORS = 1, /**< nearest neighbors are searched */
    CLUDI_PHASE_INIT = 2,      /**< the k-means runs of the first partition */
    CLUDI_PHASE_FIT = 3,       /**< training */
    CLUDI_PHASE_PREDICT = 4,   /**< prediction */
    CLUDI_PHASE_EMBED = 5      /**< images become features */
} cludi_progress_phase;

/** The name of a phase.
 *  @param phase any value
 *  @return "neighbors", "init", "fit", "predict" or "embed"; "none" for another value; static string.
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API const char *cludi_progress_phase_name(cludi_progress_phase phase);

/** The progress of a long call. @since 0.1 */
typedef struct cludi_progress {
    const char *phase_name;  /**< cludi_progress_phase_name(phase); static string. 0.1.0 called it phase */
    int64_t step;            /**< training steps, rows or images done so far, 1..steps; embed: from 0 */
    int64_t steps;           /**< training steps, rows or images in all; fit: an upper bound until the last call */
    double seconds;          /**< wall-clock seconds since the call began */
    double loss;             /**< fit: S11 of this step, kmeans: lowest inertia per row so far, 0 before; predict: 0 */
    double embedding_loss;   /**< fit: embedding part of the loss, weighted; predict: 0 */
    double class_loss;       /**< fit: class part of the loss, weighted, before class_weight; predict: 0 */
    int32_t clusters_in_use; /**< fit: clusters that got at least one row over the last one to two epochs,
                                  kmeans: 0 until the last call; predict: 0 */
    int32_t clusters;        /**< K */
    double largest_share;    /**< fit: share of the rows in the largest cluster over the same rows, 0..1; else 0 */
    double confidence;       /**< fit: mean over the step's rows of the largest probability, 0..1; else 0 */
    cludi_progress_phase phase; /**< what is running. @since 0.2 */
} cludi_progress;

/** Called after every training step and every predicted block. Return 0 to continue, anything else to stop: the running
 *  call then returns CLUDI_STOPPED, unless that was its last step or block. @since 0.1 */
typedef int (*cludi_progress_fn)(void *user, const cludi_progress *progress);

/** Whether to stop the running call: asked about ten times a second, also within a step or a block and while a file is
 *  read or opened, from the thread that called cludi. Return 0 to continue, anything else to stop: the call then soon returns
 *  CLUDI_STOPPED and discards the current step or block: a training is left as it was after its last complete step. @since 0.1 */
typedef int (*cludi_stop_fn)(void *user);

/** Settings of a context. Fill with cludi_context_options_init(), then change what you need.
 *  @since 0.1 */
typedef struct cludi_context_options {
    uint32_t struct_size;      /**< sizeof(cludi_context_options), set by _init; that of an older header will do */
    int32_t threads;           /**< 1..1024, or 0: OMP_NUM_THREADS if it is a number or a list ("4,2": 4), else the
                                     processors that the calling thread may run on, or fewer if the control groups of the
                                     process (cpu.max) allow fewer. Results do not depend on it; waiting threads sleep, and
                                     small loops stay on the calling thread */
    uint64_t seed;             /**< every random number follows from it; any value; default 0 */
    const char *backend;       /**< "auto" (default) or the name of a row of cludi_backend_get(); copied */
    const char *precision;     /**< of matrix products: "f32", "bf16" (operands rounded to bfloat16, sums in float32) or
                                     "auto" (default): bf16 if backend and processor have it; copied */
    cludi_allocator allocator; /**< allocate == NULL: malloc and free */
    cludi_log_fn log;          /**< NULL: no messages */
    void *log_user;            /**< handed to log */
    cludi_progress_fn progress; /**< NULL: no progress */
    void *progress_user;        /**< handed to progress */
    cludi_stop_fn stop;         /**< NULL: only progress can stop a call, after a step or a block */
    void *stop_user;            /**< handed to stop */
} cludi_context_options;

/** A context. Opaque; one thread at a time may use it. @since 0.1 */
typedef struct cludi_context cludi_context;

/** Fills in the defaults.
 *  @param options out, not NULL. Errors: none. Cost: none.
 *  Threads: safe. @since 0.1 */
CLUDI_API void cludi_context_options_init(cludi_context_options *options);

/** What cludi_context_options_init() is for programs compiled with this header or a later one: the struct is filled in as far as it
 *  goes there. (The function of that name is for older programs, whose struct is that of 0.1.0.)
 *  @param options out, not NULL
 *  @param size sizeof(cludi_context_options) in the header. Errors: none.
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API void cludi_context_options_init_sized(cludi_context_options *options, size_t size);
#define cludi_context_options_init(options) cludi_context_options_init_sized((options), sizeof(cludi_context_options))

/** Creates a context.
 *  @param options settings; NULL for the defaults
 *  @param context out, not NULL; the caller frees it with cludi_context_free(); NULL after an error
 *  @param error   out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT (struct_size, threads, half an allocator, unknown backend or precision), CLUDI_ERROR_UNSUPPORTED (backend not
 *          in this build, no bf16 on this processor), CLUDI_ERROR_MEMORY, CLUDI_ERROR_BACKEND
 *  Threads: safe. Cost: microseconds. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_context_new(const cludi_context_options *options, cludi_context **context,
                                                          cludi_error *error);

/** Frees a context. Models made with it must be freed before.
 *  @param context may be NULL.
 *  Threads: not while the context is in use elsewhere. Cost: negligible. @since 0.1 */
CLUDI_API void cludi_context_free(cludi_context *context);

/** The backend in use.
 *  @param context not NULL
 *  @return its name in the table of cludi_backend_get(); static string.
 *  Threads: safe. Cost: none. @since 0.1 */
CLUDI_API const char *cludi_context_backend(const cludi_context *context);

/** The precision of matrix products in use.
 *  @param context not NULL
 *  @return "f32" or "bf16"; static string.
 *  Threads: safe. Cost: none. @since 0.1 */
CLUDI_API const char *cludi_context_precision(const cludi_context *context);

/** The number of threads in use (0 in the options has been replaced by what was found).
 *  @param context not NULL
 *  @return 1..1024.
 *  Threads: safe. Cost: none. @since 0.1 */
CLUDI_API int32_t cludi_context_threads(const cludi_context *context);

#ifdef __cplusplus
}
#endif
#endif
