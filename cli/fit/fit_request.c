#include "fit_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complain.h"
#include "options.h"
#include "outputs.h"
#include "rows.h"
#include "words.h"

enum { FEWEST_CLUSTERS = 2, MOST_CLUSTERS = 65536, USUAL_SECONDS = 60 };

static int check_given(const cli_options *options)
{
    const char *command = options->command->name;
    if (!options_given(options, "clusters"))
        return complain_usage(command, "%s needs the number of clusters: -k K.", command);
    if (options_given(options, "steps") && options_given(options, "epochs"))
        return complain_usage(command, "--steps and --epochs cannot be given together.");
    return EXIT_DONE;
}

/* A preset that counts epochs must not win over --steps. */
static int read_config(fit_request *request, const cli_options *options)
{
    cludi_error error;
    const char *preset = options_given(options, "preset") ? options_value(options, "preset") : "default";
    if (cludi_config_preset(&request->config, preset, request->clusters, &error) != CLUDI_OK)
        return complain_usage(options->command->name, "%s", error.message);
    for (int32_t i = 0; i < cludi_param_count(); i++) {
        const char *value = options_parameter(options, i);
        if (value && cludi_config_set(&request->config, cludi_param_get(i)->name, value, &error) != CLUDI_OK) {
            bool is_file = cludi_param_get(i)->type == CLUDI_PARAM_CHOICE && access(value, F_OK) == 0;
            return complain_usage(options->command->name, "%s%s", error.message,
                                  is_file ? " A file is named without an option." : "");
        }
        request->given |= value ? parameter_bit(i) : 0;
    }
    if (options_given(options, "steps"))
        request->config.epochs = 0;
    return cludi_config_check(&request->config, &error) == CLUDI_OK
               ? EXIT_DONE
               : complain_usage(options->command->name, "%s", error.message);
}

static int read_memory(fit_request *request, const cli_options *options)
{
    const char *size = options_value(options, "memory");
    request->memory = size ? 0 : memory_limit_default();
    if (size && !strict_number_size(size, &request->memory)) {
        return complain_usage(
            options->command->name,
            "--memory is '%s'; it must be a size such as 500MB, 2GB or 1073741824: bytes, or with K, M, "
            "G or T behind for powers of 1024.",
            size);
    }
    return EXIT_DONE;
}

/* "MODEL" and a suffix; NULL without memory. */
static char *beside(const char *path, const char *suffix)
{
    size_t size = strlen(path) + strlen(suffix) + 1;
    char *text = malloc(size);
    if (text)
        snprintf(text, size, "%s%s", path, suffix);
    return text;
}

/* Nothing is kept of a method that cannot go on, or beside what is no file. */
static int read_checkpoint(fit_request *request, const cli_options *options)
{
    const char *every = options_value(options, "checkpoint-every");
    bool is_kept = request->method.can_resume;
    request->every_seconds = USUAL_SECONDS;
    request->resume = options_given(options, "resume");
    if (every && !strict_number_interval(every, &request->every_seconds, &request->every_steps)) {
        return complain_usage("fit",
                              "--checkpoint-every is '%s'; it must be a time such as 60s, 10min or 1h, a number of "
                              "steps such as 500, or 0 for never.",
                              every);
    }
    bool is_never = request->every_seconds <= 0 && request->every_steps == 0;
    if (request->resume && !is_kept)
        return complain_usage("fit", "--resume: the method %s keeps no checkpoint.", request->method.name);
    if (request->resume && (is_never || !out_path_is_file(request->output))) {
        return complain_usage("fit", is_never ? "--resume and --checkpoint-every 0 cannot be given together."
                                              : "--resume: there is no checkpoint beside what is not a file.");
    }
    if (!is_kept || is_never || !out_path_is_file(request->output))
        return EXIT_DONE;
    request->checkpoint = beside(request->output, ".checkpoint");
    return request->checkpoint ? EXIT_DONE : complain("Out of memory.");
}

static int read_plot(fit_request *request, const cli_options *options)
{
    if (!options_given(options, "plot"))
        return EXIT_DONE;
    if (!out_path_is_file(request->output))
        return complain_usage("fit", "--plot: there is no place for the curves beside what is not a file.");
    request->plot = beside(request->output, ".curves.svg");
    request->partial_plot = beside(request->output, ".partial.curves.svg");
    return request->plot && request->partial_plot ? EXIT_DONE : complain("Out of memory.");
}

static int check_paths(fit_request *request)
{
    request->partial = beside(request->output, ".partial");
    if (!request->partial)
        return complain("Out of memory.");
    const char *const wanted[] = {request->output, request->partial, request->checkpoint, request->plot,
                                  request->partial_plot};
    const char *outputs[sizeof wanted / sizeof *wanted + 1] = {NULL};
    const char *inputs[ALSO_MOST + 3] = {request->data};
    int count = 0;
    inputs[1 + row_options_list(&request->rows, inputs + 1)] = request->labels;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (wanted[i])
            outputs[count++] = wanted[i];
    TRY(out_path_check_distinct("fit", outputs, inputs));
    for (int i = 0; i < count; i++)
        if (outputs[i] != request->partial || out_path_is_file(request->output))
            TRY(out_path_check(outputs[i]));
    return EXIT_DONE;
}

static int check_output(const fit_request *request, const cli_options *options)
{
    const char *printed = options_given(options, "json") ? "--json" : request->labels ? "the scores of --labels" : NULL;
    TRY(out_ending_check_free("fit", "The model is a safetensors file", request->output));
    return out_ending_check_stdout("fit", &request->output, 1, printed);
}

int fit_request_read_method(fit_request *request, const cli_options *options)
{
    const char *clusters = options_value(options, "clusters");
    *request = (fit_request){.data = options->operands[0]};
    TRY(check_given(options));
    TRY(row_options_read(&request->rows, options));
    if (!strict_number_int32(clusters, &request->clusters) || request->clusters < FEWEST_CLUSTERS ||
        request->clusters > MOST_CLUSTERS) {
        return complain_usage(options->command->name, "-k is '%s'; it must be a whole number from %d to %d.", clusters,
                              FEWEST_CLUSTERS, MOST_CLUSTERS);
    }
    TRY(read_config(request, options));
    request->method = method_info(request->config.method);
    return read_memory(request, options);
}

int fit_request_read(fit_request *request, const cli_options *options)
{
    TRY(fit_request_read_method(request, options));
    request->output = out_ending_path(options_value(options, "output"));
    request->labels = options_value(options, "labels");
    if (!request->method.has_steps && options_given(options, "profile"))
        return complain_usage("fit", "--profile: the method %s does not train in steps.", request->method.name);
    if (!request->output)
        return complain_usage("fit", "fit needs a path for the model: -o MODEL.");
    TRY(check_output(request, options));
    TRY(read_checkpoint(request, options));
    TRY(read_plot(request, options));
    return check_paths(request);
}

cludi_fit_outline fit_outline_of(const cludi_config *config, int64_t rows, int32_t clusters)
{
    cludi_fit_outline outline = {.struct_size = sizeof outline};
    cludi_status status = cludi_fit_describe(config, rows, clusters, &outline, NULL);
    (void)status; /* the config was checked */
    return outline;
}

void fit_request_clear(fit_request *request)
{
    free(request->partial);
    free(request->checkpoint);
    free(request->plot);
    free(request->partial_plot);
    request->partial = request->checkpoint = request->plot = request->partial_plot = NULL;
}
