#include "config_table.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "near_name.h"
#include "number_text.h"

#define METHOD_NAME(row, name) name,
static const char *const METHODS[] = {METHOD_LIST(METHOD_NAME) NULL};
static const char *const LOGITS[] = {"cosine", "linear", NULL};
static const char *const PAIRINGS[] = {"all", "same", NULL};
static const char *const COLUMNS[] = {"view", "batch", NULL};
static const char *const EMBEDDING_LOSSES[] = {"reembed", "direct", NULL};
static const char *const SNR_WEIGHTS[] = {"max", "min", "none", NULL};
static const char *const INPUTS[] = {"auto", "unit", "directions", "coordinates", NULL};
static const char *const SIZES[] = {"learned", "equal", NULL};

#define INT(group, field, old, preset, min, max, equation, help)                                                       \
    {                                                                                                                  \
#field, CLUDI_PARAM_INT, offsetof(cludi_config, field), preset, min, max, NULL, equation, help, group, old     \
    }
#define REAL(group, field, old, preset, min, max, equation, help)                                                      \
    {                                                                                                                  \
#field, CLUDI_PARAM_REAL, offsetof(cludi_config, field), preset, min, max, NULL, equation, help, group, old    \
    }
#define CHOICE(group, field, old, names, equation, help)                                                               \
    {                                                                                                                  \
#field, CLUDI_PARAM_CHOICE, offsetof(cludi_config, field), 0, 0, sizeof(names) / sizeof *(names)-2, names,     \
            equation, help, group, old                                                                                 \
    }

#define TRAINING "Training"
#define NETWORK "Network"
#define LOSS "Loss"
#define OPTIMIZER "Optimizer"
#define PREDICTION "Prediction"

static const cludi_param TABLE[] = {
    {"method", CLUDI_PARAM_CHOICE, offsetof(cludi_config, method), CLUDI_METHOD_DISCRIMINANT, 0,
     sizeof(METHODS) / sizeof *(METHODS)-2, METHODS, "",
     "method to train; --preprocessing is for all, --steps and --epochs for those that train, the rest for cludi",
     TRAINING, NULL},
    INT(TRAINING, steps, NULL, 0, 0, 100000000, "",
        "optimizer steps (not used with epochs); 0 means until the clusters have converged"),
    REAL(TRAINING, epochs, NULL, 0, 0, 1e6, "", "passes over the data; 0 means use steps"),
    INT(TRAINING, batch_size, "N", 256, 2, 65536, "", "rows per training batch"),
    INT(TRAINING, views, "B", 4, 1, 256, "", "views (noise draws) per row in training"),
    INT(TRAINING, teacher_steps, "S", 8, 1, 10000, "S5", "denoising steps of the teacher, at most diffusion_steps"),
    INT(PREDICTION, draws, "samples", 4, 1, 65536, "S12", "prediction: noise draws averaged per row"),
    INT(PREDICTION, denoise_steps, NULL, 2, 1, 10000, "S5",
        "prediction: denoising steps per draw, at most diffusion_steps"),
    INT(NETWORK, embedding_dim, "d", 64, 2, 4096, "S6", "width of an assignment embedding"),
    INT(NETWORK, hidden_dim, "w", 384, 2, 8192, "S3", "width of the denoiser"),
    INT(NETWORK, blocks, "R", 2, 0, CONFIG_MOST_BLOCKS, "S3", "residual blocks of the denoiser"),
    INT(NETWORK, diffusion_steps, "T", 1000, 2, 10000, "S1", "diffusion steps of the noise schedule"),
    REAL(NETWORK, noise_scale, "F", 5, 0.01, 1000, "S2", "noise scale"),
    REAL(LOSS, temperature, "tau", 0.1, 0.001, 100, "S4", "temperature of the row softmax"),
    REAL(LOSS, column_temperature, "tau_col", 0.05, 0.001, 100, "S8", "temperature of the column softmax"),
    REAL(LOSS, snr_bound, "gamma", 5, 0, 1e6, "S11", "bound of the SNR weight"),
    REAL(LOSS, class_weight, "lambda", 50, 0, 1e6, "S11", "weight of the class loss"),
    REAL(NETWORK, dropout, NULL, 0.15, 0, 0.99, "S3", "dropout on the projected features"),
    REAL(TRAINING, corrupt_drop, NULL, 0.2, 0, 0.99, "S7", "probability that a feature is zeroed"),
    REAL(TRAINING, corrupt_low, NULL, 0.1, 0, 1000, "S7", "smallest variance of the noise on a row, times n"),
    REAL(TRAINING, corrupt_high, NULL, 0.3, 0, 1000, "S7", "largest variance of the noise on a row, times n"),
    REAL(TRAINING, self_condition, NULL, 0.5, 0, 1, "S11", "probability that a step conditions the student on itself"),
    REAL(OPTIMIZER, lr, NULL, 3e-4, 1e-9, 1, "", "peak learning rate"),
    INT(OPTIMIZER, warmup, NULL, 20, 0, 1000000, "", "steps over which the learning rate rises"),
    REAL(OPTIMIZER, weight_decay, NULL, 0.01, 0, 1, "", "AdamW decay of matrices"),
    REAL(OPTIMIZER, beta1, NULL, 0.9, 0, 0.9999, "", "AdamW decay of the first moment"),
    REAL(OPTIMIZER, beta2, NULL, 0.98, 0, 0.99999, "", "AdamW decay of the second moment"),
    REAL(OPTIMIZER, epsilon, NULL, 1e-8, 1e-15, 1, "", "AdamW denominator"),
    REAL(OPTIMIZER, clip, NULL, 4, 1e-6, 1e6, "", "largest gradient norm of one tensor"),
    CHOICE(NETWORK, logits, NULL, LOGITS, "S4", "how embeddings become logits"),
    CHOICE(LOSS, view_pairing, "pairing", PAIRINGS, "S10", "teacher views that a student view is compared with"),
    CHOICE(LOSS, column_scope, "column", COLUMNS, "S8", "rows over which column sums run"),
    CHOICE(LOSS, embedding_loss, NULL, EMBEDDING_LOSSES, "S11", "what the embedding loss compares"),
    CHOICE(LOSS, snr_weight, NULL, SNR_WEIGHTS, "S11", "weight of a view by its signal-to-noise ratio"),
    CHOICE(TRAINING, preprocessing, "input", INPUTS, "R1", "how rows of any offset and scale become unit rows"),
    INT(TRAINING, n_neighbors, "neighbours", 15, 0, 1000, "R2",
        "nearest rows that are averaged into the teacher's row; 0 for none"),
    REAL(TRAINING, neighbor_swap, "swap", 0.5, 0, 1, "R3",
         "probability that the student sees one of the neighbors instead of the row"),
    INT(TRAINING, init_runs, "starts", 10, 0, 10000, "R4",
        "runs of plain k-means beside the graph's in the first partition; 0 starts from noise"),
    INT(TRAINING, init_steps, "start_steps", 60, 1, 1000000, "R5",
        "first training steps, in which that partition is the teacher"),
    CHOICE(LOSS, cluster_sizes, "sizes", SIZES, "R6", "share of the rows that each cluster is expected to have"),
};

int32_t config_table_count(void)
{
    return sizeof TABLE / sizeof *TABLE;
}

const cludi_param *config_table_get(int32_t index)
{
    return index >= 0 && index < config_table_count() ? &TABLE[index] : NULL;
}

static char plain(char c)
{
    return (char)(c == '-' ? '_' : c);
}

static bool same_name(const char *a, const char *b)
{
    while (*a && plain(*a) == plain(*b)) {
        a++;
        b++;
    }
    return plain(*a) == plain(*b);
}

const cludi_param *config_table_find(const char *name)
{
    for (int32_t i = 0; i < config_table_count(); i++)
        if (same_name(TABLE[i].name, name) || (TABLE[i].old_name && same_name(TABLE[i].old_name, name)))
            return &TABLE[i];
    return NULL;
}

const char *config_table_suggest(const char *name)
{
    const char *best = NULL;
    int changes = INT_MAX;
    for (int32_t i = 0; i < config_table_count(); i++)
        near_name_keep(name, TABLE[i].name, &best, &changes);
    return best;
}

double config_table_value(const cludi_config *config, const cludi_param *param)
{
    const char *field = (const char *)config + param->offset;
    if (param->type == CLUDI_PARAM_REAL) {
        double value;
        memcpy(&value, field, sizeof value);
        return value;
    }
    int32_t value; /* the enums have the size of an int */
    memcpy(&value, field, sizeof value);
    return value;
}

void config_table_assign(cludi_config *config, const cludi_param *param, double value)
{
    char *field = (char *)config + param->offset;
    const int32_t whole = (int32_t)value;
    if (param->type == CLUDI_PARAM_REAL)
        memcpy(field, &value, sizeof value);
    else
        memcpy(field, &whole, sizeof whole);
}

void config_table_defaults(cludi_config *config)
{
    *config = (cludi_config){.struct_size = sizeof *config};
    for (int32_t i = 0; i < config_table_count(); i++)
        config_table_assign(config, &TABLE[i], TABLE[i].preset);
}

cludi_status config_table_preset(cludi_config *config, const char *preset, int32_t clusters, cludi_error *error)
{
    static const char *const PRESETS[] = {"default", "paper", NULL};
    const bool paper = strcmp(preset, "paper") == 0;
    char phrase[NEAR_PHRASE];
    if (!paper && strcmp(preset, "default") != 0)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "There is no preset \"%s\"; choose default or paper%s.", preset,
                         near_name_phrase(phrase, preset, PRESETS));
    config_table_defaults(config);
    if (!paper)
        return CLUDI_OK;
    config->method = CLUDI_METHOD_CLUDI;
    config->logits = CLUDI_LOGITS_LINEAR;
    config->view_pairing = CLUDI_VIEW_PAIRING_SAME;
    config->column_scope = CLUDI_COLUMN_SCOPE_BATCH;
    config->embedding_loss = CLUDI_EMBEDDING_DIRECT;
    config->teacher_steps = 25;
    config->steps = 600;
    config->preprocessing = CLUDI_PREPROCESSING_UNIT;
    config->n_neighbors = 0;
    config->init_runs = 0;
    config->cluster_sizes = CLUDI_CLUSTER_SIZES_EQUAL;
    config->denoise_steps = 100;
    config->embedding_dim = clusters >= 100 ? 64 : 32;
    return CLUDI_OK;
}

static cludi_status refuse_choice(const cludi_param *param, const char *text, cludi_error *error)
{
    char list[128] = "";
    size_t used = 0;
    char phrase[NEAR_PHRASE];
    for (int i = 0; param->choices[i] && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", param->choices[i]);
    return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is \"%s\"; it must be one of %s%s.", param->name, text, list,
                     near_name_phrase(phrase, text, param->choices));
}

static cludi_status check_bounds(const cludi_param *param, double value, cludi_error *error)
{
    if (value >= param->min && value <= param->max)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is %.10g; it must be between %.10g and %.10g.", param->name,
                     value, param->min, param->max);
}

static cludi_status parse_number(const cludi_param *param, const char *text, double *value, cludi_error *error)
{
    const bool whole = param->type == CLUDI_PARAM_INT;
    if (!number_text_parse(text, value))
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is \"%s\"; it must be a%s number from %.10g to %.10g%s.",
                         param->name, text, whole ? " whole" : "", param->min, param->max,
                         strchr(text, ',') ? ", with a point, not a comma" : "");
    if (whole && *value != floor(*value))
        return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is %s; it must be a whole number from %.10g to %.10g.",
                         param->name, text, param->min, param->max);
    return check_bounds(param, *value, error);
}

cludi_status config_table_set(cludi_config *config, const char *name, const char *text, cludi_error *error)
{
    const cludi_param *param = config_table_find(name);
    double value = 0;
    cludi_status status = CLUDI_OK;
    if (!param) {
        const char *near = config_table_suggest(name);
        return error_set(error, CLUDI_ERROR_ARGUMENT, "There is no parameter \"%s\"%s%s%s.", name,
                         near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
    }
    if (param->type == CLUDI_PARAM_CHOICE) {
        while (param->choices[(int)value] && strcmp(param->choices[(int)value], text) != 0)
            value++;
        if (!param->choices[(int)value])
            return refuse_choice(param, text, error);
    } else {
        status = parse_number(param, text, &value, error);
    }
    if (status == CLUDI_OK)
        config_table_assign(config, param, value);
    return status;
}

cludi_status config_table_format(const cludi_config *config, const cludi_param *param, char *text, size_t size)
{
    const double value = config_table_value(config, param);
    int length = 0;
    if (param->type == CLUDI_PARAM_CHOICE) {
        length = snprintf(text, size, "%s", value >= 0 && value <= param->max ? param->choices[(int)value] : "?");
    } else if (param->type == CLUDI_PARAM_INT) {
        length = snprintf(text, size, "%.0f", value);
    } else {
        char number[NUMBER_TEXT];
        number_text_format(number, value);
        length = snprintf(text, size, "%s", number);
    }
    return length >= 0 && (size_t)length < size ? CLUDI_OK : CLUDI_ERROR_ARGUMENT;
}

static cludi_status check_pairs(const cludi_config *config, cludi_error *error)
{
    if (config->corrupt_low > config->corrupt_high)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "corrupt_low is %.9g; it must not exceed corrupt_high, %.9g.",
                         config->corrupt_low, config->corrupt_high);
    if (config->teacher_steps > config->diffusion_steps)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "teacher_steps is %d; it must not exceed diffusion_steps, %d.",
                         config->teacher_steps, config->diffusion_steps);
    if (config->denoise_steps > config->diffusion_steps)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "denoise_steps is %d; it must not exceed diffusion_steps, %d.",
                         config->denoise_steps, config->diffusion_steps);
    return CLUDI_OK;
}

cludi_status config_table_check(const cludi_config *config, cludi_error *error)
{
    for (int32_t i = 0; i < config_table_count(); i++)
        TRY(check_bounds(&TABLE[i], config_table_value(config, &TABLE[i]), error));
    return check_pairs(config, error);
}
