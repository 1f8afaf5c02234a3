#include "fit_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "memory_limit.h"
#include "out_path.h"
#include "strict_number.h"

enum { FEWEST_CLUSTERS = 2 };

static int check_given(const cli_options *options)
{
    const char *command = options->command->name;
    if (!options_given(options, "clusters")) {
        return complain_usage(command, "%s needs the number of clusters: -k K.", command);
    }
    if (options_given(options, "steps") && options_given(options, "epochs")) {
        return complain_usage(command, "--steps and --epochs cannot be given together.");
    }
    return EXIT_DONE;
}

/* A preset that counts epochs must not win over --steps. */
static int read_config(fit_request *request, const cli_options *options)
{
    cludi_error error;
    const char *preset = options_given(options, "preset") ? options_value(options, "preset") : "default";
    int32_t clusters = request->clusters < FEWEST_CLUSTERS ? FEWEST_CLUSTERS : request->clusters;
    if (cludi_config_preset(&request->config, preset, clusters, &error) != CLUDI_OK) {
        return complain_usage(options->command->name, "%s", error.message);
    }
    for (int32_t i = 0; i < cludi_param_count(); i++) {
        const char *value = options_parameter(options, i);
        if (value && cludi_config_set(&request->config, cludi_param_get(i)->name, value, &error) != CLUDI_OK) {
            return complain_usage(options->command->name, "%s", error.message);
        }
    }
    if (options_given(options, "steps")) {
        request->config.epochs = 0;
    }
    return cludi_config_check(&request->config, &error) == CLUDI_OK
               ? EXIT_DONE
               : complain_usage(options->command->name, "%s", error.message);
}

static int read_memory(fit_request *request, const cli_options *options)
{
    const char *size = options_value(options, "memory");
    request->memory = size ? 0 : memory_limit_default();
    if (size && !strict_number_size(size, &request->memory)) {
        return complain_usage(options->command->name,
                              "--memory is '%s'; it must be a size such as 500M, 2G or 1073741824.", size);
    }
    return EXIT_DONE;
}

static int check_paths(fit_request *request)
{
    static const char SUFFIX[] = ".partial";
    size_t size = strlen(request->output) + sizeof SUFFIX;
    request->partial = malloc(size);
    if (!request->partial) {
        return complain("Out of memory.");
    }
    snprintf(request->partial, size, "%s%s", request->output, SUFFIX);
    const char *const outputs[] = {request->output, request->partial, NULL};
    const char *const inputs[] = {request->data, request->labels, NULL};
    int code = out_path_check_distinct("fit", outputs, inputs);
    if (code == EXIT_DONE) {
        code = out_path_check(request->output);
    }
    return code == EXIT_DONE && out_path_is_file(request->output) ? out_path_check(request->partial) : code;
}

int fit_request_read_method(fit_request *request, const cli_options *options)
{
    const char *clusters = options_value(options, "clusters");
    *request = (fit_request){.data = options->operands[0], .id_column = options_value(options, "id-column")};
    int code = check_given(options);
    if (code == EXIT_DONE && !strict_number_int32(clusters, &request->clusters)) {
        code = complain_usage(options->command->name, "-k is '%s'; it must be a whole number.", clusters);
    }
    if (code == EXIT_DONE) {
        code = read_config(request, options);
    }
    return code == EXIT_DONE ? read_memory(request, options) : code;
}

int fit_request_read(fit_request *request, const cli_options *options)
{
    int code = fit_request_read_method(request, options);
    request->output = options_value(options, "output");
    request->labels = options_value(options, "labels");
    if (code == EXIT_DONE && request->config.method != CLUDI_METHOD_CLUDI && options_given(options, "profile")) {
        code = complain_usage("fit", "--profile shows the phases of the method cludi; another method has none.");
    }
    if (code == EXIT_DONE && !request->output) {
        code = complain_usage("fit", "fit needs a path for the model: -o MODEL.");
    }
    return code == EXIT_DONE ? check_paths(request) : code;
}

int fit_request_ends_by_itself(const fit_request *request)
{
    const cludi_config *config = &request->config;
    return config->method == CLUDI_METHOD_CLUDI && config->steps == 0 && config->epochs <= 0;
}

void fit_request_clear(fit_request *request)
{
    free(request->partial);
    request->partial = NULL;
}
