#include "config_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "denoiser.h"
#include "error.h"
#include "number_text.h"

static const char *const METHODS[] = {"cludi", "kmeans", "self-classifier", "temi", "scan", "tsp", NULL};
static const char *const LOGITS[] = {"cosine", "linear", NULL};
static const char *const PAIRINGS[] = {"all", "same", NULL};
static const char *const COLUMNS[] = {"view", "batch", NULL};
static const char *const EMBEDDING_LOSSES[] = {"reembed", "direct", NULL};
static const char *const SNR_WEIGHTS[] = {"max", "min", "none", NULL};
static const char *const INPUTS[] = {"auto", "unit", "directions", "coordinates", NULL};
static const char *const SIZES[] = {"learned", "equal", NULL};

#define INT(field, preset, min, max, equation, help)                                                                   \
    {                                                                                                                  \
#field, CLUDI_PARAM_INT, offsetof(cludi_config, field), preset, min, max, NULL, equation, help                 \
    }
#define REAL(field, preset, min, max, equation, help)                                                                  \
    {                                                                                                                  \
#field, CLUDI_PARAM_REAL, offsetof(cludi_config, field), preset, min, max, NULL, equation, help                \
    }
#define CHOICE(field, names, equation, help)                                                                           \
    {                                                                                                                  \
#field, CLUDI_PARAM_CHOICE, offsetof(cludi_config, field), 0, 0, sizeof(names) / sizeof *(names)-2, names,     \
            equation, help                                                                                             \
    }

static const cludi_param TABLE[] = {
    CHOICE(
        method, METHODS, "",
        "what is trained; the others use input, and all but kmeans steps and epochs, and none of the parameters below"),
    INT(steps, 0, 0, 100000000, "", "optimizer steps (not used with epochs); 0 means until the clusters have settled"),
    REAL(epochs, 0, 0, 1e6, "", "passes over the data; 0 means use steps"),
    INT(N, 256, 2, 65536, "", "rows per training batch"),
    INT(B, 4, 1, 256, "", "views (noise draws) per row in training"),
    INT(S, 8, 1, 10000, "S5", "denoising steps of the teacher, at most T"),
    INT(samples, 4, 1, 65536, "S12", "prediction: noise draws averaged per row"),
    INT(denoise_steps, 2, 1, 10000, "S5", "prediction: denoising steps per draw, at most T"),
    INT(d, 64, 2, 4096, "S6", "width of an assignment embedding"),
    INT(w, 384, 2, 8192, "S3", "width of the denoiser"),
    INT(R, 2, 0, DENOISER_MAX_BLOCKS, "S3", "residual blocks of the denoiser"),
    INT(T, 1000, 2, 10000, "S1", "diffusion steps of the noise schedule"),
    REAL(F, 5, 0.01, 1000, "S2", "noise scale"),
    REAL(tau, 0.1, 0.001, 100, "S4", "temperature of the row softmax"),
    REAL(tau_col, 0.05, 0.001, 100, "S8", "temperature of the column softmax"),
    REAL(gamma, 5, 0, 1e6, "S11", "bound of the SNR weight"),
    REAL(lambda, 50, 0, 1e6, "S11", "weight of the class loss"),
    REAL(dropout, 0.15, 0, 0.99, "S3", "dropout on the projected features"),
    REAL(corrupt_drop, 0.2, 0, 0.99, "S7", "probability that a feature is zeroed"),
    REAL(corrupt_low, 0.1, 0, 1000, "S7", "smallest variance of the noise on a row, times n"),
    REAL(corrupt_high, 0.3, 0, 1000, "S7", "largest variance of the noise on a row, times n"),
    REAL(self_condition, 0.5, 0, 1, "S11", "probability that a step conditions the student on itself"),
    REAL(lr, 3e-4, 1e-9, 1, "", "peak learning rate"),
    INT(warmup, 20, 0, 1000000, "", "steps over which the learning rate rises"),
    REAL(weight_decay, 0.01, 0, 1, "", "AdamW decay of matrices"),
    REAL(beta1, 0.9, 0, 0.9999, "", "AdamW decay of the first moment"),
    REAL(beta2, 0.98, 0, 0.99999, "", "AdamW decay of the second moment"),
    REAL(epsilon, 1e-8, 1e-15, 1, "", "AdamW denominator"),
    REAL(clip, 4, 1e-6, 1e6, "", "largest gradient norm of one tensor"),
    CHOICE(logits, LOGITS, "S4", "how embeddings become logits"),
    CHOICE(pairing, PAIRINGS, "S10", "teacher views that a student view is compared with"),
    CHOICE(column, COLUMNS, "S8", "rows over which column sums run"),
    CHOICE(embedding_loss, EMBEDDING_LOSSES, "S11", "what the embedding loss compares"),
    CHOICE(snr_weight, SNR_WEIGHTS, "S11", "weight of a view by its signal-to-noise ratio"),
    CHOICE(input, INPUTS, "R1", "how rows of any offset and scale become unit rows"),
    INT(neighbours, 15, 0, 1000, "R2", "nearest rows that the teacher's row is averaged with; 0 for none"),
    REAL(swap, 0.5, 0, 1, "R3", "probability that the student sees one of the neighbours instead of the row"),
    INT(starts, 96, 0, 10000, "R4", "k-means runs whose consensus training starts from; 0 starts from noise"),
    INT(start_steps, 60, 1, 1000000, "R5", "first steps, in which the consensus is the teacher"),
    CHOICE(sizes, SIZES, "R6", "share of the rows that each cluster is expected to have"),
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
        if (same_name(TABLE[i].name, name))
            return &TABLE[i];
    return NULL;
}

/* Levenshtein distance of two names of up to 31 letters; 32 for longer ones. */
static int distance(const char *a, const char *b)
{
    enum { LONGEST = 32 };
    int row[LONGEST], length = (int)strlen(b);
    if (length >= LONGEST || strlen(a) >= LONGEST)
        return LONGEST;
    for (int j = 0; j <= length; j++)
        row[j] = j;
    for (int i = 1; *a; a++, i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= length; j++) {
            int change = diagonal + (plain(*a) != plain(b[j - 1]));
            diagonal = row[j];
            row[j] = (change < row[j] + 1 ? change : row[j] + 1);
            row[j] = row[j] < row[j - 1] + 1 ? row[j] : row[j - 1] + 1;
        }
    }
    return row[length];
}

/* One letter of 3 or more may be wrong, or two of 7 or more; a name of one letter is never meant. */
static void keep_nearer(const char *typed, const char *known, const char **best, int *least)
{
    const int d = distance(typed, known), length = (int)strlen(typed);
    if (d <= (length >= 7 ? 2 : length >= 3 ? 1 : 0) && d < *least && known[1]) {
        *least = d;
        *best = known;
    }
}

const char *config_table_suggest(const char *name)
{
    const char *best = NULL;
    int least = 3;
    for (int32_t i = 0; i < config_table_count(); i++)
        keep_nearer(name, TABLE[i].name, &best, &least);
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
    const bool paper = strcmp(preset, "paper") == 0;
    if (!paper && strcmp(preset, "default") != 0)
        return error_set(error, CLUDI_ERROR_ARGUMENT, "There is no preset \"%s\"; choose default or paper.", preset);
    config_table_defaults(config);
    if (!paper)
        return CLUDI_OK;
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
    const char *near = NULL;
    int least = 3;
    for (int i = 0; param->choices[i] && used < sizeof list; i++) {
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", param->choices[i]);
        keep_nearer(text, param->choices[i], &near, &least);
    }
    return error_set(error, CLUDI_ERROR_ARGUMENT, "%s is \"%s\"; it must be one of %s%s%s%s.", param->name, text, list,
                     near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
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
    for (int32_t i = 0; i < config_table_count(); i++) {
        cludi_status status = check_bounds(&TABLE[i], config_table_value(config, &TABLE[i]), error);
        if (status != CLUDI_OK)
            return status;
    }
    return check_pairs(config, error);
}
