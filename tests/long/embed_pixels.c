/* embed_pixels WEIGHTS PIXELS IMAGES PRECISION OUT: features of float32 pixels as they lie in a file. */
#include <stdio.h>
#include <stdlib.h>

#include <cludi/cludi.h>

static void must(cludi_status status, const cludi_error *error)
{
    if (status == CLUDI_OK)
        return;
    fprintf(stderr, "%s\n", error->message);
    exit(status == CLUDI_ERROR_UNSUPPORTED ? 77 : 1);
}

static void move(const char *path, const char *mode, float *numbers, size_t count)
{
    FILE *file = fopen(path, mode);
    const size_t moved = !file            ? 0
                         : mode[0] == 'r' ? fread(numbers, sizeof *numbers, count, file)
                                          : fwrite(numbers, sizeof *numbers, count, file);
    if (!file || moved != count || fclose(file) != 0)
        exit(1);
}

int main(int argc, char **argv)
{
    cludi_context_options options;
    cludi_context *context;
    cludi_encoder *encoder;
    cludi_encoder_info info = {.struct_size = sizeof info};
    cludi_error error = {0};
    if (argc != 6)
        return 2;
    const int images = atoi(argv[3]);
    cludi_context_options_init(&options);
    options.precision = argv[4];
    must(cludi_context_new(&options, &context, &error), &error);
    must(cludi_encoder_load(context, argv[1], NULL, &encoder, &error), &error);
    must(cludi_encoder_get_info(encoder, &info, &error), &error);
    const size_t numbers = (size_t)images * 3 * (size_t)info.image_size * (size_t)info.image_size;
    const size_t results = (size_t)images * (size_t)info.features;
    float *pixels = calloc(numbers, sizeof *pixels), *features = calloc(results, sizeof *features);
    if (!pixels || !features)
        return 1;
    move(argv[2], "rb", pixels, numbers);
    must(cludi_encoder_embed(encoder, pixels, images, features, &error), &error);
    move(argv[5], "wb", features, results);
    cludi_encoder_free(encoder);
    cludi_context_free(context);
    free(features);
    free(pixels);
    return 0;
}
