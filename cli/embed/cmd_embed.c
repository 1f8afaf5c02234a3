/* cludi embed: the weights of a network and images in, one row for each image out. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include <cludi/cludi.h>

#include "command.h"
#include "complain.h"
#include "embed.h"
#include "fingerprint.h"
#include "json_out.h"
#include "options.h"
#include "outputs.h"
#include "rows.h"
#include "session.h"
#include "words.h"

enum { MOST_HEADS = 1024, MOST_BATCH = 1024 };

/* Everything a run holds; freed in the reverse order. */
typedef struct embed_run {
    const cli_options *options;
    const char *weights;
    embed_paths paths;
    cludi_encoder_options settings;
    int32_t batch;
    cli_session session;
    cludi_image_list *images;
    cludi_encoder *encoder;
    cludi_encoder_info info;
    out_claim claim;
    embed_partial partial;
    int64_t before; /* images that an earlier run did */
    int code;       /* why the callback stopped the run; EXIT_DONE: it did not */
    double seconds;
} embed_run;

static int read_pool(const cli_options *options, cludi_pool *pool)
{
    const char *text = options_value(options, "pool");
    if (!text)
        return EXIT_DONE;
    static const char *const NAMES[] = {"cls", "mean"};
    char phrase[NEAR_PHRASE];
    *pool = !strcmp(text, "mean") ? CLUDI_POOL_MEAN : CLUDI_POOL_CLS;
    return !strcmp(text, "mean") || !strcmp(text, "cls")
               ? EXIT_DONE
               : complain_usage("embed", "--pool is '%s'; it must be cls or mean%s.", text,
                                near_word_phrase(phrase, text, NAMES, sizeof NAMES / sizeof *NAMES));
}

static int read_settings(embed_run *run)
{
    uint64_t heads = 0;
    uint64_t size = 0;
    uint64_t batch = 0;
    cludi_encoder_options_init(&run->settings);
    TRY(options_number(run->options, "heads", MOST_HEADS, &heads));
    TRY(options_number(run->options, "image-size", CLUDI_IMAGE_MOST_SIZE, &size));
    TRY(options_number(run->options, "batch", MOST_BATCH, &batch));
    run->settings.heads = (int32_t)heads;
    run->settings.image_size = (int32_t)size;
    run->batch = (int32_t)batch;
    return read_pool(run->options, &run->settings.pool);
}

static int read_request(embed_run *run)
{
    const char *output = options_value(run->options, "output");
    const char *const *inputs = (const char *const *)run->options->operands;
    run->weights = inputs[0];
    if (!output)
        return complain_usage("embed", "embed needs a path for the features: -o FEATURES.npy.");
    TRY(read_settings(run));
    return embed_paths_init(&run->paths, output, options_given(run->options, "labels-from-folders"), inputs);
}

static int check_labels(const embed_run *run)
{
    const int64_t count = cludi_image_list_count(run->images);
    for (int64_t i = 0; run->paths.labels && i < count; i++) {
        if (cludi_image_list_label(run->images, i) < 0) {
            return complain("--labels-from-folders: \"%s\" is in no folder below one that was named.",
                            cludi_image_list_path(run->images, i));
        }
    }
    return EXIT_DONE;
}

/* Before the work, so that nobody waits for it in vain. */
static int tell_passed(const embed_run *run)
{
    char text[EMBED_PASSED_SIZE];
    if (cludi_image_list_passed(run->images) == 0)
        return EXIT_DONE;
    embed_passed_text(run->images, text);
    complain("Files skipped: %s.", text);
    return options_given(run->options, "strict") ? EXIT_FAILED : EXIT_DONE;
}

static int list_images(embed_run *run)
{
    cludi_error error;
    const char *const *paths = (const char *const *)run->options->operands + 1;
    const int64_t count = (int64_t)run->options->operand_count - 1;
    if (cludi_image_list_new(run->session.context, paths, count, &run->images, &error) != CLUDI_OK)
        return complain_error(&error);
    TRY(tell_passed(run));
    if (cludi_image_list_count(run->images) == 0)
        return complain(
            "There is no image: no file below \"%s\"%s has the ending of an image (.jpg, .png, .webp, .tif, .gif, "
            ".bmp, .heic, .avif, .jp2, .jxl).",
            paths[0], count > 1 ? " and the others" : "");
    return check_labels(run);
}

static int check_weights(embed_run *run)
{
    return wrong_file_is_folder(run->weights) ? complain("\"%s\" is a folder; %s: cludi embed %s.", run->weights,
                                                         COMMAND_EMBED.operand_hint, COMMAND_EMBED.usage)
                                              : EXIT_DONE;
}

static int complain_encoder(const cludi_error *error)
{
    return error->status == CLUDI_ERROR_FORMAT ? complain("%s %s.", error->message, COMMAND_EMBED.operand_hint)
                                               : complain_error(error);
}

static int load_encoder(embed_run *run)
{
    cludi_error error;
    run->info.struct_size = sizeof run->info;
    cludi_status status = cludi_encoder_load(run->session.context, run->weights, &run->settings, &run->encoder, &error);
    if (status == CLUDI_OK)
        status = cludi_encoder_get_info(run->encoder, &run->info, &error);
    return status == CLUDI_OK ? EXIT_DONE : complain_encoder(&error);
}

static uint64_t add_text(uint64_t fingerprint, const char *text)
{
    return fingerprint_add(fingerprint, text, strlen(text) + 1);
}

/* All that decides the rows: the weights, the images by their paths, what is computed how. */
static int find_fingerprint(const embed_run *run, uint64_t *fingerprint)
{
    const cludi_context *context = run->session.context;
    const int64_t count = cludi_image_list_count(run->images);
    const int32_t settings[] = {run->info.heads, run->info.image_size, (int32_t)run->settings.pool};
    uint64_t sum = fingerprint_add(FINGERPRINT_START, settings, sizeof settings);
    sum = add_text(add_text(sum, cludi_context_backend(context)), cludi_context_precision(context));
    for (int64_t i = 0; i < count; i++)
        sum = add_text(sum, cludi_image_list_path(run->images, i));
    *fingerprint = add_text(sum, cludi_version());
    return fingerprint_add_file(fingerprint, run->weights);
}

static int claim_outputs(embed_run *run)
{
    const embed_paths *names = &run->paths;
    const char *const paths[] = {names->features, names->partial, names->paths, names->labels, names->classes};
    return out_claim_take(&run->claim, run->session.context, paths, sizeof paths / sizeof *paths);
}

static int open_partial(embed_run *run)
{
    uint64_t fingerprint = 0;
    bool resume = options_given(run->options, "resume");
    if (!resume && access(run->paths.partial, F_OK) == 0) {
        tell("Note: \"%s\" is from an unfinished run and will be replaced; --resume would continue it.",
             run->paths.partial);
    }
    TRY(find_fingerprint(run, &fingerprint));
    TRY(embed_partial_open(&run->partial, run->paths.partial, fingerprint, run->info.features, resume));
    run->before = run->partial.images;
    if (run->before > 0 && !options_given(run->options, "quiet"))
        tell("Going on after image %" PRId64 " of %" PRId64 ".", run->before, cludi_image_list_count(run->images));
    return EXIT_DONE;
}

static int take_row(void *user, int64_t image, const float *features, const cludi_error *failed)
{
    embed_run *run = user;
    (void)image;
    if (failed) {
        bool is_strict = options_given(run->options, "strict");
        progress_log(&run->session.progress, CLUDI_LOG_WARNING, failed->message);
        run->code = is_strict ? EXIT_FAILED : EXIT_DONE;
    }
    if (run->code == EXIT_DONE)
        run->code = embed_partial_append(&run->partial, features);
    return run->code != EXIT_DONE;
}

/* What ended the run before its end, as an exit code. */
static int complain_end(const embed_run *run, cludi_status status, const cludi_error *error)
{
    int signal_code = stop_signal_exit_code();
    if (status != CLUDI_STOPPED)
        return complain_error(error);
    if (run->code != EXIT_DONE)
        return run->code;
    complain("Stopped after %" PRId64 " of %" PRId64 " images; the same command with --resume continues.",
             run->partial.images, cludi_image_list_count(run->images));
    return signal_code != 0 ? signal_code : EXIT_FAILED;
}

static int embed(embed_run *run)
{
    cludi_embed_options options;
    cludi_error error;
    double start = duration_now();
    cludi_embed_options_init(&options);
    options.batch = run->batch;
    options.first = run->before;
    options.take = take_row;
    options.user = run;
    cludi_status status = cludi_images_embed(run->session.context, run->encoder, run->images, &options, &error);
    run->seconds = duration_now() - start;
    progress_end(&run->session.progress);
    return status == CLUDI_OK ? EXIT_DONE : complain_end(run, status, &error);
}

static double get_rate(const embed_run *run)
{
    return run->seconds > 0 ? (double)(run->partial.images - run->before) / run->seconds : 0;
}

static int report(const embed_run *run)
{
    const int64_t rows = run->partial.images - run->partial.skipped;
    if (!options_given(run->options, "quiet")) {
        tell("%" PRId64 " of %" PRId64 " images in %.1f s (%.1f images/s), %" PRId32
             " features each, written to \"%s\"; %" PRId64 " skipped",
             rows, run->partial.images, run->seconds, get_rate(run), run->info.features, run->paths.features,
             run->partial.skipped);
    }
    if (!options_given(run->options, "json"))
        return EXIT_DONE;
    return json_out_print(json_pack("{s:I, s:I, s:i, s:i, s:i, s:o, s:o, s:o}", "rows", (json_int_t)rows, "skipped",
                                    (json_int_t)run->partial.skipped, "features", (int)run->info.features, "image_size",
                                    (int)run->info.image_size, "classes",
                                    run->paths.labels ? (int)cludi_image_list_classes(run->images) : 0, "seconds",
                                    json_out_real(run->seconds), "images_per_second", json_out_real(get_rate(run)),
                                    "passed_over", embed_passed_json(run->images)));
}

static int write_output(embed_run *run)
{
    if (run->partial.skipped == run->partial.images) {
        if (run->partial.images == 1)
            return complain("The only image could not be read; nothing was written.");
        return complain("None of the %" PRId64 " images could be read; nothing was written.", run->partial.images);
    }
    TRY(embed_output_write(run->session.context, &run->paths, run->images, &run->partial));
    return report(run);
}

static int work(embed_run *run)
{
    TRY(read_request(run));
    TRY(session_open(&run->session, run->options, 0));
    TRY(claim_outputs(run));
    TRY(check_weights(run));
    TRY(list_images(run));
    TRY(load_encoder(run));
    TRY(open_partial(run));
    TRY(embed(run));
    return write_output(run);
}

static int run_embed(const cli_options *options)
{
    embed_run run = {.options = options};
    int code = work(&run);
    bool is_empty = run.partial.images == run.partial.skipped;
    bool skipped = run.partial.skipped > 0 || (run.images && cludi_image_list_passed(run.images) > 0);
    int closed = embed_partial_close(&run.partial, code == EXIT_DONE || is_empty);
    cludi_encoder_free(run.encoder);
    cludi_image_list_free(run.images);
    out_claim_clear(&run.claim);
    session_close(&run.session);
    embed_paths_clear(&run.paths);
    code = code == EXIT_DONE ? closed : code;
    return code == EXIT_DONE && skipped ? EXIT_SKIPPED : code;
}

static const char *const OPERANDS[] = {"WEIGHTS", "PATH", NULL};

static const option_entry OWN[] = {
    {"output", "FEATURES.npy",
     "file to write: float32, one row per image; the images' paths go to FEATURES.paths.txt (required)", 'o'},
    {"labels-from-folders", NULL,
     "also write FEATURES.labels.npy: for each image the number of its folder directly below PATH; the names go to "
     "FEATURES.classes.txt",
     0},
    {"heads", "H", "attention heads of the network [from its metadata, otherwise usual for its width]", 0},
    {"image-size", "S", "side of the network's input in pixels, a multiple of its patch [that of the weights]", 0},
    {"pool", "cls|mean", "the features: the CLS token, or the mean of the patches [cls]", 0},
    {"batch", "N", "images per batch, 1 to 1024, 0 for half a second of work, up to 16; does not affect the result [0]",
     0},
    {"resume", NULL, "continue from FEATURES.npy.partial, if it exists; the files are those of an uninterrupted run",
     0},
    {"strict", NULL, "stop at the first image that cannot be read, or before the first if files would be skipped", 0},
    {NULL, NULL, NULL, 0},
};
static const option_group OWN_GROUP = {"Options", OWN};

static const option_group *const GROUPS[] = {&OWN_GROUP, &OPTIONS_COMPUTE, &OPTIONS_OUTPUT, NULL};

const cli_command COMMAND_EMBED = {
    .name = "embed",
    .summary = "turn images into feature vectors with a Vision Transformer",
    .examples = "  cludi embed dino_vits16.safetensors photos/ -o photos.npy\n"
                "  cludi embed dino_vits16.safetensors train/ --labels-from-folders -o train.npy\n"
                "  cludi fit photos.npy -k 20 -o photos.model\n",
    .usage = "WEIGHTS PATH... -o FEATURES.npy [options]",
    .notes = "A PATH is an image (JPEG, PNG, WebP, TIFF, GIF, BMP, HEIC, AVIF, JPEG 2000 or JPEG XL), or a folder,\n"
             "which is searched recursively. Rows are in natural order of the paths, img2 before img10. Images\n"
             "that cannot be read are named and left out, files with other extensions are counted; in either case\n"
             "the exit code is 3. A run that ends early leaves FEATURES.npy.partial, from which the same command\n"
             "with --resume continues.\n",
    .operands = OPERANDS,
    .repeats = true,
    .groups = GROUPS,
    .common = " output labels-from-folders image-size pool resume strict threads quiet json help ",
    .run = run_embed,
    .operand_hint =
        "WEIGHTS, the safetensors file of a network, come first (tools/convert_checkpoint.py makes one from a "
        "checkpoint)",
};
