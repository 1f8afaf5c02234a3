/** @file config.h
 *  The parameters of the method: one plain struct and one table that describes each field.
 *
 *  The table is the single source of names, defaults, bounds, messages, command-line options and model metadata.
 *  docs/theory.md says which letter of its formulas each field is. The names of 0.1.0 are still accepted where names are
 *  text: in cludi_config_set(), on the command line, in model files and in Python.
 */
#ifndef CLUDI_CONFIG_H
#define CLUDI_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include <cludi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The method to train: the default, the diffusion model of the paper, or a baseline (docs/rivals.md).
 *  Every method gives a cludi_model that predicts, is saved and is loaded in the same way. @since 0.2 */
typedef enum cludi_method {
    CLUDI_METHOD_CLUDI = 0, /**< the diffusion model of the paper */
    CLUDI_METHOD_KMEANS = 1,
    CLUDI_METHOD_SELF_CLASSIFIER = 2, /**< Amrani, Karlinsky, Bronstein, ECCV 2022 */
    CLUDI_METHOD_TEMI = 3,            /**< Adaloglou, Michels, Kalisch, Kollmann, BMVC 2023 */
    CLUDI_METHOD_SCAN = 4,            /**< Van Gansbeke et al., ECCV 2020 */
    CLUDI_METHOD_TSP = 5,             /**< Zhou, Zhang, arXiv:2207.13364, 2022 */
    CLUDI_METHOD_TURTLE = 6,          /**< Gadetsky, Jiang, Brbic, ICML 2024; @since 0.2 */
    CLUDI_METHOD_DISCRIMINANT = 7 /**< the default: what the neighbors' graph agrees on, refined by kernel discriminant
                                         analysis (docs/recipe.md); @since 0.2 */
} cludi_method;
/** S4: how embeddings become logits. @since 0.1 */
typedef enum cludi_logits { CLUDI_LOGITS_COSINE = 0, CLUDI_LOGITS_LINEAR = 1 } cludi_logits;
/** S10: which teacher views a student view is compared with. @since 0.1 */
typedef enum cludi_view_pairing { CLUDI_VIEW_PAIRING_ALL = 0, CLUDI_VIEW_PAIRING_SAME = 1 } cludi_view_pairing;
/** S8, S9: over which rows column sums run. @since 0.1 */
typedef enum cludi_column_scope { CLUDI_COLUMN_SCOPE_VIEW = 0, CLUDI_COLUMN_SCOPE_BATCH = 1 } cludi_column_scope;
/** S11: what the embedding loss compares. @since 0.1 */
typedef enum cludi_embedding_loss { CLUDI_EMBEDDING_REEMBED = 0, CLUDI_EMBEDDING_DIRECT = 1 } cludi_embedding_loss;
/** S11: the weight of a view as a function of its signal-to-noise ratio. @since 0.1 */
typedef enum cludi_snr_weight { CLUDI_SNR_MAX = 0, CLUDI_SNR_MIN = 1, CLUDI_SNR_NONE = 2 } cludi_snr_weight;

/** How the caller's rows become the unit rows that are clustered; docs/recipe.md. @since 0.2 */
typedef enum cludi_preprocessing {
    CLUDI_PREPROCESSING_AUTO = 0,       /**< coordinates for fewer than 20 columns that vary; unit where
                                     nothing is negative and over a tenth is 0; else directions */
    CLUDI_PREPROCESSING_UNIT = 1,       /**< each row scaled to norm 1 */
    CLUDI_PREPROCESSING_DIRECTIONS = 2, /**< the mean row taken away, then scaled to norm 1 */
    CLUDI_PREPROCESSING_COORDINATES = 3 /**< distances count: put on a sphere of one more dimension */
} cludi_preprocessing;
/** The share of the rows that each cluster is expected to have in S8 and S9. @since 0.2 */
typedef enum cludi_cluster_sizes {
    CLUDI_CLUSTER_SIZES_LEARNED = 0, /**< as in the first partition, as far as that is clearly uneven */
    CLUDI_CLUSTER_SIZES_EQUAL = 1    /**< 1 / K */
} cludi_cluster_sizes;

/** All parameters. Fill with cludi_config_init() or cludi_config_preset(), then change what you need; bounds and
 *  defaults are in the table (cludi_param_get()). @since 0.1 */
typedef struct cludi_config {
    uint32_t struct_size;      /**< sizeof(cludi_config), set by _init; that of an older header will do */
    cludi_method method;       /**< method to train; cludi_method_info.parameters says which of these fields it uses */
    int32_t embedding_dim;     /**< width of an assignment embedding */
    int32_t hidden_dim;        /**< width of the denoiser */
    int32_t blocks;            /**< residual blocks of the denoiser */
    int32_t diffusion_steps;   /**< diffusion steps of the noise schedule, S1 */
    int32_t teacher_steps;     /**< denoising steps of the teacher, S5 */
    int32_t views;             /**< views (noise draws) per row in training */
    int32_t batch_size;        /**< rows per training batch */
    int32_t steps;             /**< optimizer steps; not used when epochs > 0; 0: until the clusters have converged */
    double epochs;             /**< passes over the data; 0: use steps */
    int32_t draws;             /**< prediction: noise draws averaged per row, S12 */
    int32_t denoise_steps;     /**< prediction: denoising steps per draw, S5 */
    double noise_scale;        /**< noise scale, S2 */
    double temperature;        /**< temperature of the row softmax, S4 */
    double column_temperature; /**< temperature of the column softmax, S8 */
    double snr_bound;          /**< bound of the SNR weight, S11 */
    double class_weight;       /**< weight of the class loss, S11 */
    double dropout;            /**< dropout on the projected features, S3 */
    double corrupt_drop;       /**< probability that a component is zeroed, S7 */
    double corrupt_low;        /**< smallest variance of the added noise times n, S7 */
    double corrupt_high;       /**< largest variance of the added noise times n, S7 */
    double self_condition;     /**< probability that a step conditions the student on its own prediction, S11 */
    double lr;                 /**< peak learning rate */
    int32_t warmup;            /**< steps over which the learning rate rises */
    double weight_decay;       /**< AdamW decay of matrices */
    double beta1;              /**< AdamW first-moment decay */
    double beta2;              /**< AdamW second-moment decay */
    double epsilon;            /**< AdamW denominator */
    double clip;               /**< largest gradient norm of one tensor */
    cludi_logits logits;       /**< S4 */
    cludi_view_pairing view_pairing;     /**< S10 */
    cludi_column_scope column_scope;     /**< S8, S9 */
    cludi_embedding_loss embedding_loss; /**< S11 */
    cludi_snr_weight snr_weight;         /**< S11 */
    cludi_preprocessing preprocessing;   /**< how rows become unit rows; in a model: what auto chose */
    int32_t n_neighbors;                 /**< nearest rows that are averaged into the teacher's row, 0: none */
    double neighbor_swap;                /**< probability that the student sees a neighbor instead of the row */
    int32_t init_runs;                 /**< k-means runs whose consensus is the first partition, 0: start from noise */
    int32_t init_steps;                /**< first steps, in which that partition is the teacher */
    cludi_cluster_sizes cluster_sizes; /**< share of the rows that each cluster is expected to have */
} cludi_config;

/** What a method is, and what it has; all pointers are static. Fill struct_size before the call. @since 0.2 */
typedef struct cludi_method_info {
    uint32_t struct_size;  /**< sizeof(cludi_method_info), set by the caller */
    int32_t has_steps;     /**< not 0: it trains in optimizer steps: it has a profile, and a model when it is stopped
                                after the first */
    const char *name;      /**< as options, model files and Python have it */
    const char *help;      /**< one phrase: what it is, and from which paper */
    const char *loss;      /**< what its loss is: "loss", "inertia per row" */
    const char *step_unit; /**< what cludi_model_info.steps counts: "steps", "rounds of k-means" */
    const char *const *parameters; /**< names of the parameters that it uses, NULL at the end; NULL: all of them */
    int32_t can_resume;            /**< not 0: a training keeps its state (cludi_fit_set_checkpoint()) */
    int32_t has_embedding;         /**< not 0: its predictions have embeddings */
    int32_t has_confidence;        /**< not 0: a training tells its confidence */
    int32_t uses_draws;            /**< not 0: a prediction averages over noise draws */
    int32_t uses_precision;        /**< not 0: it computes in the context's precision; 0: in float32 */
} cludi_method_info;

/** What a method is, and what it has. Ask this instead of comparing methods.
 *  @param method a value of cludi_method, as cludi_config has it
 *  @param info   in and out, not NULL; struct_size set
 *  @param error  out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT for NULL, a struct_size that no header had, or a value that is no method's.
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_method_get_info(cludi_method method, cludi_method_info *info,
                                                              cludi_error *error);

/** The type of a parameter. @since 0.1 */
typedef enum cludi_param_type { CLUDI_PARAM_INT = 0, CLUDI_PARAM_REAL = 1, CLUDI_PARAM_CHOICE = 2 } cludi_param_type;

/** One row of the parameter table; all pointers are static. @since 0.1 */
typedef struct cludi_param {
    const char *name;      /**< field name, also the key in model files and, with - for _, the command-line option */
    cludi_param_type type; /**< INT: int32_t; REAL: double; CHOICE: an enum */
    size_t offset;         /**< bytes from the start of cludi_config */
    double preset;         /**< default value (index into choices for CHOICE) */
    double min;            /**< smallest value allowed */
    double max;            /**< largest value allowed */
    const char *const *choices; /**< CHOICE: names by value, NULL-terminated; else NULL */
    const char *equation;       /**< "S5", or "" */
    const char *help;           /**< one phrase */
    const char *group;          /**< "Training", "Network", "Loss", "Optimizer" or "Prediction". @since 0.2 */
    const char *old_name;       /**< name in 0.1.0, accepted wherever the name is; NULL: the same. @since 0.2 */
} cludi_param;

/** The number of rows of the parameter table.
 *  Threads: safe. Cost: negligible. @since 0.1 */
CLUDI_API int32_t cludi_param_count(void);

/** One row of the parameter table.
 *  @param index 0 .. cludi_param_count() - 1
 *  @return a static row; NULL if index is out of range.
 *  Threads: safe. Cost: negligible. @since 0.1 */
CLUDI_API const cludi_param *cludi_param_get(int32_t index);

/** Sets every field to its default.
 *  @param config out, not NULL.
 *  Threads: safe. Cost: negligible. @since 0.1 */
CLUDI_API void cludi_config_init(cludi_config *config);

/** What cludi_config_init() is for programs compiled with this header or a later one: the struct is filled in as far as it
 *  goes there. (The function of that name is for older programs, whose struct is that of 0.1.0.)
 *  @param config out, not NULL
 *  @param size sizeof(cludi_config) in the header. Errors: none.
 *  Threads: safe. Cost: none. @since 0.2 */
CLUDI_API void cludi_config_init_sized(cludi_config *config, size_t size);
#define cludi_config_init(config) cludi_config_init_sized((config), sizeof(cludi_config))

/** Sets every field to a named preset: "default", or "paper" (the paper's choices where it states them; embedding_dim is
 *  64 for K >= 100, else 32).
 *  @param config   out, not NULL
 *  @param preset   "default" or "paper", not NULL
 *  @param clusters K, >= 2
 *  @param error    out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT for another name.
 *  Threads: safe. Cost: negligible. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_config_preset(cludi_config *config, const char *preset, int32_t clusters,
                                                            cludi_error *error);

/** What cludi_config_preset() is for programs compiled with this header or a later one, as cludi_config_init_sized().
 *  @param config   out, not NULL
 *  @param size     sizeof(cludi_config) in the header
 *  @param preset   as in cludi_config_preset(), as the next two
 *  @param clusters K
 *  @param error    out, may be NULL
 *  @return CLUDI_ERROR_ARGUMENT for another name.
 *  Threads: safe. Cost: negligible. @since 0.2 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_config_preset_sized(cludi_config *config, size_t size, const char *preset,
                                                                  int32_t clusters, cludi_error *error);
#define cludi_config_preset(config, preset, clusters, error)                                                           \
    cludi_config_preset_sized((config), sizeof(cludi_config), (preset), (clusters), (error))

/** Sets one parameter from text, as the command line does.
 *  @param config in and out, not NULL; unchanged after an error
 *  @param name   a name of the table, or its name in 0.1.0; - and _ are the same
 *  @param value  a number or the name of a choice
 *  @param error  out, may be NULL; an unknown name suggests the nearest
 *  @return CLUDI_ERROR_ARGUMENT: unknown name, not a number, out of bounds, unknown choice.
 *  Threads: safe. Cost: negligible. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_config_set(cludi_config *config, const char *name, const char *value,
                                                         cludi_error *error);

/** Writes one parameter as text that cludi_config_set() reads back to the same bits.
 *  @param config   not NULL
 *  @param index    row of the table
 *  @param text     out, `size` bytes, NUL-terminated; 32 bytes hold any value
 *  @param size     bytes at text
 *  @return CLUDI_ERROR_ARGUMENT if index is out of range or the buffer is too small.
 *  Threads: safe. Cost: negligible. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_config_format(const cludi_config *config, int32_t index, char *text,
                                                            size_t size);

/** Checks every field against its bounds, and that corrupt_low <= corrupt_high, teacher_steps <= diffusion_steps and
 *  denoise_steps <= diffusion_steps.
 *  @param config not NULL
 *  @param error  out, may be NULL; names the field, its value and its bounds
 *  @return CLUDI_ERROR_ARGUMENT.
 *  Threads: safe. Cost: negligible. @since 0.1 */
CLUDI_API CLUDI_MUST_CHECK cludi_status cludi_config_check(const cludi_config *config, cludi_error *error);

#ifdef __cplusplus
}
#endif
#endif
