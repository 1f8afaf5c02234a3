/* read_pixels SIZE PATH...: the pixels of images as float32 (3, SIZE, SIZE) one behind the other on stdout; an image that cannot be
   read gives NaN. For tests that ask others what the pixels are. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <cludi/cludi.h>

int main(int count, char **words)
{
    cludi_context *context = NULL;
    cludi_error error;
    const int32_t size = count > 1 ? (int32_t)strtol(words[1], NULL, 10) : 0;
    const size_t numbers = 3 * (size_t)size * (size_t)size;
    float *pixels = calloc(numbers + 1, sizeof *pixels);
    int failed = !pixels || cludi_context_new(NULL, &context, &error) != CLUDI_OK;
    for (int i = 2; i < count && !failed; i++) {
        cludi_status status = cludi_image_read(context, words[i], size, pixels, &error);
        if (status != CLUDI_OK) {
            fprintf(stderr, "%s\n", error.message);
            for (size_t j = 0; j < numbers; j++)
                pixels[j] = NAN;
        }
        failed = status == CLUDI_ERROR_UNSUPPORTED || fwrite(pixels, sizeof *pixels, numbers, stdout) != numbers;
    }
    cludi_context_free(context);
    free(pixels);
    return failed ? 77 : 0;
}
