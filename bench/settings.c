#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"

static void read_one(settings *s, const char *name, const char *value)
{
    const struct {
        const char *name;
        int *number;
        const char **text;
    } known[] = {{"--backend", NULL, &s->backend},   {"--precision", NULL, &s->precision},
                 {"--output", NULL, &s->output},     {"--threads", &s->threads, NULL},
                 {"--steps", &s->steps, NULL},       {"--rows", &s->rows, NULL},
                 {"--samples", &s->draws, NULL},     {"--denoise-steps", &s->denoise_steps, NULL},
                 {"--rounds", &s->rounds, NULL},     {"--input", NULL, &s->input},
                 {"--clusters", &s->clusters, NULL}, {"--starts", &s->starts, NULL},
                 {"--seed", &s->seed, NULL},         {"--features", &s->features, NULL},
                 {"--degree", &s->degree, NULL},     {"--exact-rows", &s->exact_rows, NULL},
                 {"--labels", NULL, &s->labels},     {"--unseen", NULL, &s->unseen}};
    for (size_t i = 0; value && i < sizeof known / sizeof *known; i++) {
        if (strcmp(name, known[i].name) != 0)
            continue;
        if (known[i].text)
            *known[i].text = value;
        else
            *known[i].number = atoi(value);
        return;
    }
    fprintf(stderr, "%s: unknown option, or one without its value; see bench/settings.h\n", name);
    exit(2);
}

void settings_read(settings *s, int argc, char **argv)
{
    for (int i = 1; i < argc; i += 2)
        read_one(s, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
}

void settings_must(cludi_status status, const cludi_error *error)
{
    if (status == CLUDI_OK)
        return;
    fprintf(stderr, "bench: %s\n", error ? error->message : "failed");
    exit(status == CLUDI_ERROR_UNSUPPORTED ? 3 : 1);
}

void *settings_memory(size_t count, size_t size)
{
    void *block = calloc(count, size);
    if (!block)
        settings_must(CLUDI_ERROR_MEMORY, &(cludi_error){.message = "out of memory"});
    return block;
}

void settings_open_backend(const settings *s, backend *be)
{
    static cludi_allocator allocator;
    cludi_error error = {0};
    allocator = alloc_system();
    settings_must(backend_open(be, s->backend, s->precision, s->threads, &allocator, &error), &error);
}

cludi_context *settings_open_context(const settings *s)
{
    cludi_context_options options;
    cludi_context *context;
    cludi_error error = {0};
    cludi_context_options_init(&options);
    options.threads = s->threads;
    options.backend = s->backend;
    options.precision = s->precision;
    settings_must(cludi_context_new(&options, &context, &error), &error);
    return context;
}

void settings_print_list(const char *name, const double *numbers, int count)
{
    if (name)
        printf("\"%s\": ", name);
    printf("[");
    for (int i = 0; i < count; i++)
        printf("%s%.6g", i ? ", " : "", numbers[i]);
    printf("]");
}
