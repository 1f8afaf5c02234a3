#include "facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json_out.h"
#include "words.h"

enum { LONGEST_VALUE = 32, LONGEST_NAME = 64, LONGEST_PATH = 16384, MOST_NAMES = 8, LONGEST_COLUMN = 256 };

static void print_array(const cludi_file_info *file)
{
    printf("type             %s\n", file->dtype);
    printf("shape            ");
    for (int32_t i = 0; i < file->dimensions; i++)
        printf("%s%" PRId64, i ? " x " : "", file->shape[i]);
    printf("%s\n", file->dimensions ? "" : "one number");
    printf("order            %s\n", file->fortran ? "Fortran" : "C");
}

/* "--denoise-steps  4 (default 8)": as one would give it to fit. */
static void print_parameter(const char *name, const char *value, const char *usual)
{
    char option[LONGEST_NAME];
    snprintf(option, sizeof option, "--%s", name);
    for (char *letter = option; *letter; letter++)
        *letter = *letter == '_' ? '-' : *letter;
    printf("%-16s %s (default %s)\n", option, value, usual);
}

static void print_parameters(const cludi_config *config)
{
    char value[LONGEST_VALUE];
    char usual[LONGEST_VALUE];
    bool changed = false;
    cludi_config defaults;
    cludi_config_init(&defaults);
    for (int32_t i = 0; i < cludi_param_count(); i++) {
        if (cludi_config_format(config, i, value, sizeof value) == CLUDI_OK &&
            cludi_config_format(&defaults, i, usual, sizeof usual) == CLUDI_OK && strcmp(value, usual) != 0) {
            print_parameter(cludi_param_get(i)->name, value, usual);
            changed = true;
        }
    }
    if (!changed)
        puts("all parameters of the method have their defaults");
}

static void print_model(const cludi_model_info *model)
{
    cludi_method_info method = method_info(model->config.method);
    printf("method           %s\n", method.name);
    printf("features         %" PRId64 "\n", model->features);
    printf("clusters         %" PRId32 "\n", model->clusters);
    printf("trained numbers  %" PRId64 "\n", model->parameters);
    printf("seed             %" PRIu64 "\n", model->seed);
    printf("rows             %" PRId64 "\n", model->rows);
    printf("steps            %" PRId64 "\n", model->steps);
    printf("loss             %.4f\n", model->loss);
    printf("clusters in use  %" PRId32 "\n", model->clusters_in_use);
    printf("largest share    %.1f %%\n", 100 * model->largest_share);
    if (method.has_confidence)
        printf("confidence       %.2f\n", model->confidence);
    printf("input            rows: %s\n", input_words(model->config.preprocessing));
    print_parameters(&model->config);
}

/* The first few, and how many more. */
static void print_names(const char *title, const char *const *names, int64_t count)
{
    char name[LONGEST_COLUMN];
    if (count == 0)
        return;
    printf("%-17s", title);
    for (int64_t i = 0; i < count && i < MOST_NAMES; i++) {
        cludi_text_escape(name, sizeof name, names[i]);
        printf("%s%s", i ? ", " : "", *name ? name : "\"\"");
    }
    if (count > MOST_NAMES)
        printf(" and %" PRId64 " more", count - MOST_NAMES);
    putchar('\n');
}

void file_facts_print(const file_facts *facts)
{
    char path[LONGEST_PATH];
    cludi_text_escape(path, sizeof path, facts->path);
    printf("file             %s\n", path);
    printf("format           %s\n", facts->file.format);
    printf("bytes            %" PRId64 "\n", facts->file.bytes);
    if (facts->is_model)
        print_model(&facts->model);
    else if (facts->has_tensors)
        tensor_facts_print(&facts->tensors);
    else
        print_array(&facts->file);
    print_names("columns", facts->columns.names, facts->columns.count);
    print_names("not features", facts->columns.dropped, facts->columns.dropped_count);
}

static json_t *make_value(const cludi_config *config, int32_t index)
{
    const cludi_param *parameter = cludi_param_get(index);
    const char *field = (const char *)config + parameter->offset;
    char text[LONGEST_VALUE] = "";
    double real = 0;
    int32_t whole = 0;
    switch (parameter->type) {
    case CLUDI_PARAM_INT:
        memcpy(&whole, field, sizeof whole);
        return json_integer(whole);
    case CLUDI_PARAM_REAL:
        memcpy(&real, field, sizeof real);
        return json_out_real(real);
    case CLUDI_PARAM_CHOICE:
        break;
    }
    return cludi_config_format(config, index, text, sizeof text) == CLUDI_OK ? json_string(text) : NULL;
}

/* NULL without memory, as the next three. */
json_t *file_facts_parameters(const cludi_config *config)
{
    json_t *object = json_object();
    for (int32_t i = 0; object && i < cludi_param_count(); i++) {
        if (json_object_set_new(object, cludi_param_get(i)->name, make_value(config, i)) != 0) {
            json_decref(object);
            object = NULL;
        }
    }
    return object;
}

static json_t *make_shape(const cludi_file_info *file)
{
    json_t *shape = json_array();
    for (int32_t i = 0; shape && i < file->dimensions; i++) {
        if (json_array_append_new(shape, json_integer((json_int_t)file->shape[i])) != 0) {
            json_decref(shape);
            shape = NULL;
        }
    }
    return shape;
}

static json_t *make_model(const cludi_model_info *model)
{
    cludi_method_info method = method_info(model->config.method);
    return json_pack("{s:s, s:s, s:s, s:o, s:I, s:I, s:I, s:o, s:I, s:I, s:o, s:I, s:o, s:o}", "method", method.name,
                     "preprocessing", input_name(model->config.preprocessing), "preprocessing_words",
                     input_words(model->config.preprocessing), "confidence",
                     method.has_confidence ? json_out_real(model->confidence) : json_null(), "features",
                     (json_int_t)model->features, "clusters", (json_int_t)model->clusters, "parameters",
                     (json_int_t)model->parameters, "seed", json_out_unsigned(model->seed), "rows",
                     (json_int_t)model->rows, "steps", (json_int_t)model->steps, "loss", json_out_real(model->loss),
                     "clusters_in_use", (json_int_t)model->clusters_in_use, "largest_share",
                     json_out_real(model->largest_share), "config", file_facts_parameters(&model->config));
}

static json_t *make_array(const cludi_file_info *file)
{
    return json_pack("{s:s, s:o, s:s}", "dtype", file->dtype, "shape", make_shape(file), "order",
                     file->fortran ? "F" : "C");
}

/* NULL without memory. */
static json_t *make_names(const char *const *names, int64_t count)
{
    json_t *array = json_array();
    for (int64_t i = 0; array && i < count; i++) {
        if (json_array_append_new(array, json_out_text(names[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static void add_names(json_t **root, const cludi_columns *columns)
{
    if (columns->count > 0) {
        json_out_add(root, "feature_names", make_names(columns->names, columns->count));
        json_out_add(root, "dropped_columns", make_names(columns->dropped, columns->dropped_count));
    }
}

int file_facts_print_json(const file_facts *facts)
{
    json_t *root = json_pack("{s:o, s:s, s:I}", "file", json_out_text(facts->path), "format", facts->file.format,
                             "bytes", (json_int_t)facts->file.bytes);
    json_t *rest = facts->is_model      ? make_model(&facts->model)
                   : facts->has_tensors ? tensor_facts_json(&facts->tensors)
                                        : make_array(&facts->file);
    if (!root || !rest || json_object_update(root, rest) != 0) {
        json_decref(root);
        root = NULL;
    }
    json_decref(rest);
    add_names(&root, &facts->columns);
    return json_out_print(root);
}
