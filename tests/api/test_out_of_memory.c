/* Every public function that takes memory, with an allocator whose n-th call fails (alone, or with all later ones), for
   n = 1, 2, ... until it succeeds (is_full_run(): every n above 100 too): CLUDI_ERROR_MEMORY with a sentence each time, nothing leaked, no crash. */
#include <string.h>

#include <cludi/cludi.h>

#include "blobs.h"
#include "cmocka_all.h"
#include "failing_memory.h"
#include "full_run.h"
#include "io_support.h"
#include "tensor_support.h"
#ifdef CLUDI_WITH_HDF5
#include "hdf5_files.h"
#endif

struct scene {
    counting_allocator counter;
    cludi_allocator allocator;
    const char *backend_name;
    blobs b;
    cludi_matrix X;
    cludi_context *context; /* with that allocator; NULL in test_context */
    cludi_model *model;
    bool stops; /* trainings, after their first step */
};

/* ---- what is run ---- */

static int stop_if_asked(void *user, const cludi_progress *progress)
{
    const scene *s = user;
    return s->stops && progress->step == 1;
}

static cludi_status open_context(scene *s, cludi_context **context, cludi_error *error)
{
    cludi_context_options options;
    cludi_context_options_init(&options);
    blobs_choose(&options, s->backend_name);
    options.threads = 1;
    options.allocator = s->allocator;
    options.progress = stop_if_asked;
    options.progress_user = s;
    return cludi_context_new(&options, context, error);
}

static cludi_status make_context(scene *s, cludi_error *error)
{
    cludi_context *context;
    const cludi_status status = open_context(s, &context, error);
    assert_true(status == CLUDI_OK ? context != NULL : context == NULL);
    cludi_context_free(context);
    return status;
}

static cludi_status fit(scene *s, cludi_error *error)
{
    cludi_config config = blobs_config();
    cludi_model *model;
    config.steps = 2;
    const cludi_status status = cludi_fit(s->context, &s->X, BLOB_CLUSTERS, &config, &model, error);
    assert_true(status == CLUDI_OK ? model != NULL : model == NULL);
    cludi_model_free(model);
    return status;
}

/* Two steps that keep their state beside the rows. */
static cludi_status fit_kept(scene *s, bool resume, cludi_error *error)
{
    cludi_config config = blobs_config();
    cludi_checkpoint checkpoint;
    cludi_model *model = NULL;
    config.steps = 2;
    cludi_checkpoint_init(&checkpoint);
    checkpoint.path = io_path("checkpoint");
    checkpoint.resume = resume;
    cludi_status status = cludi_fit_set_checkpoint(s->context, &checkpoint, error);
    if (status == CLUDI_OK)
        status = cludi_fit(s->context, &s->X, BLOB_CLUSTERS, &config, &model, error);
    cludi_model_free(model);
    assert_int_equal(cludi_fit_set_checkpoint(s->context, NULL, NULL), CLUDI_OK);
    return status;
}

static cludi_status fit_stopped(scene *s, cludi_error *error)
{
    s->stops = true;
    const cludi_status status = fit_kept(s, false, error);
    s->stops = false;
    return status == CLUDI_STOPPED ? CLUDI_OK : status;
}

static cludi_status fit_resumed(scene *s, cludi_error *error)
{
    return fit_kept(s, true, error);
}

/* Neighbors, a first partition, a lift. */
static cludi_status fit_recipe(scene *s, cludi_error *error)
{
    cludi_config config = blobs_recipe();
    cludi_model *model;
    config.steps = 2;
    config.init_runs = 2;
    cludi_status status = cludi_fit(s->context, &s->X, BLOB_CLUSTERS, &config, &model, error);
    assert_true(status == CLUDI_OK ? model != NULL : model == NULL);
    if (status == CLUDI_OK)
        status = blobs_try_predict(s->context, model, &s->X, error);
    cludi_model_free(model);
    return status;
}

static cludi_status fit_kmeans(scene *s, cludi_error *error)
{
    static int32_t labels[BLOB_ROWS];
    static float probabilities[BLOB_ROWS * BLOB_CLUSTERS];
    cludi_config config = blobs_config();
    cludi_model *model;
    config.method = CLUDI_METHOD_KMEANS;
    cludi_status status = cludi_fit(s->context, &s->X, BLOB_CLUSTERS, &config, &model, error);
    assert_true(status == CLUDI_OK ? model != NULL : model == NULL);
    const cludi_prediction out = {.labels = labels, .probabilities = probabilities};
    if (status == CLUDI_OK)
        status = cludi_predict(s->context, model, &s->X, NULL, &out, error);
    cludi_model_free(model);
    return status;
}

/* Both steps of scan; heads and teachers of temi. */
static cludi_status fit_rival(scene *s, cludi_method method, cludi_error *error)
{
    cludi_config config = blobs_config();
    cludi_model *model;
    config.method = method;
    config.steps = 2;
    cludi_status status = cludi_fit(s->context, &s->X, BLOB_CLUSTERS, &config, &model, error);
    assert_true(status == CLUDI_OK ? model != NULL : model == NULL);
    if (status == CLUDI_OK)
        status = blobs_try_predict(s->context, model, &s->X, error);
    cludi_model_free(model);
    return status;
}

#define FIT_HEAD(name, method)                                                                                         \
    static cludi_status name(scene *s, cludi_error *error)                                                             \
    {                                                                                                                  \
        return fit_rival(s, method, error);                                                                            \
    }
FIT_HEAD(fit_scan, CLUDI_METHOD_SCAN)
FIT_HEAD(fit_temi, CLUDI_METHOD_TEMI)
FIT_HEAD(fit_self_classifier, CLUDI_METHOD_SELF_CLASSIFIER)
FIT_HEAD(fit_turtle, CLUDI_METHOD_TURTLE)
FIT_HEAD(fit_discriminant, CLUDI_METHOD_DISCRIMINANT)

static cludi_status fit_source(scene *s, cludi_error *error)
{
    cludi_config config = blobs_config();
    cludi_dataset *dataset;
    cludi_model *model;
    config.steps = 2;
    cludi_status status = cludi_dataset_open(s->context, io_path("rows.npy"), &dataset, error);
    assert_true(status == CLUDI_OK ? dataset != NULL : dataset == NULL);
    if (status != CLUDI_OK)
        return status;
    const cludi_source rows = cludi_dataset_get_source(dataset);
    status = cludi_fit_source(s->context, &rows, BLOB_CLUSTERS, &config, &model, error);
    assert_true(status == CLUDI_OK ? model != NULL : model == NULL);
    cludi_model_free(model);
    cludi_dataset_free(dataset);
    return status;
}

static cludi_status check_source(scene *s, cludi_error *error)
{
    cludi_dataset *dataset;
    cludi_status status = cludi_dataset_open(s->context, io_path("rows.npy"), &dataset, error);
    if (status != CLUDI_OK)
        return status;
    const cludi_source rows = cludi_dataset_get_source(dataset);
    status = cludi_source_check(s->context, &rows, error);
    cludi_dataset_free(dataset);
    return status;
}

static cludi_status lock_output(scene *s, cludi_error *error)
{
    cludi_output_lock *lock;
    const cludi_status status = cludi_output_lock_take(s->context, io_path("locked.npy"), &lock, error);
    assert_true(status == CLUDI_OK ? lock != NULL : lock == NULL);
    cludi_output_lock_free(lock);
    return status;
}

static cludi_status write_labels(scene *s, cludi_error *error)
{
    cludi_writer *writer;
    const cludi_array array = {CLUDI_ARRAY_LABELS, BLOB_ROWS, 1};
    cludi_status status = cludi_writer_open(s->context, io_path("written.npy"), &array, &writer, error);
    assert_true(status == CLUDI_OK ? writer != NULL : writer == NULL);
    if (status == CLUDI_OK)
        status = cludi_writer_append(writer, s->b.truth, BLOB_ROWS, error);
    cludi_writer_free(writer);
    return status;
}

static cludi_status predict(scene *s, cludi_error *error)
{
    return blobs_try_predict(s->context, s->model, &s->X, error);
}

/* The same in a context that has not computed anything before: a backend may keep plans in it. */
static cludi_status in_new_context(scene *s, action *run, cludi_error *error)
{
    cludi_context *own = s->context;
    cludi_status status = open_context(s, &s->context, error);
    if (status == CLUDI_OK)
        status = run(s, error);
    cludi_context_free(s->context);
    s->context = own;
    return status;
}

static cludi_status first_fit(scene *s, cludi_error *error)
{
    return in_new_context(s, fit, error);
}

static cludi_status first_kmeans(scene *s, cludi_error *error)
{
    return in_new_context(s, fit_kmeans, error);
}

static cludi_status first_predict(scene *s, cludi_error *error)
{
    return in_new_context(s, predict, error);
}

static cludi_status save_model(scene *s, cludi_error *error)
{
    return cludi_model_save(s->model, io_path("model"), error);
}

static cludi_status load_model(scene *s, cludi_error *error)
{
    cludi_model *model;
    const cludi_status status = cludi_model_load(s->context, io_path("model"), &model, error);
    assert_true(status == CLUDI_OK ? model != NULL : model == NULL);
    cludi_model_free(model);
    return status;
}

static cludi_status read_dataset(scene *s, cludi_error *error)
{
    cludi_dataset *dataset;
    const cludi_status status = cludi_dataset_read(s->context, io_path("rows.npy"), &dataset, error);
    assert_true(status == CLUDI_OK ? dataset != NULL : dataset == NULL);
    cludi_dataset_free(dataset);
    return status;
}

static cludi_status read_labels(scene *s, cludi_error *error)
{
    cludi_labels labels;
    const cludi_status status = cludi_labels_read(s->context, io_path("labels.npy"), &labels, error);
    assert_true(status == CLUDI_OK ? labels.rows == BLOB_ROWS : labels.data == NULL);
    cludi_labels_clear(s->context, &labels);
    return status;
}

/* Text labels, of which so many differ that the table of their names grows. */
static cludi_status read_text_labels(scene *s, cludi_error *error)
{
    cludi_labels labels;
    const cludi_status status = cludi_labels_read(s->context, io_path("names.csv"), &labels, error);
    assert_true(status == CLUDI_OK ? labels.rows == BLOB_ROWS : labels.data == NULL);
    cludi_labels_clear(s->context, &labels);
    return status;
}

static cludi_status read_ids(scene *s, cludi_error *error)
{
    cludi_dataset *dataset;
    cludi_dataset_options options;
    char id[CLUDI_ID_SIZE];
    cludi_dataset_options_init(&options);
    options.id_column = "name";
    cludi_status status = cludi_dataset_open_with(s->context, io_path("ids.csv"), &options, &dataset, error);
    if (status == CLUDI_OK)
        status = cludi_dataset_read_id(dataset, 1, id, error);
    cludi_dataset_free(dataset);
    return status;
}

static cludi_status describe(scene *s, cludi_error *error)
{
    cludi_file_info info;
    cludi_status status = cludi_file_describe(s->context, io_path("model"), &info, error);
    if (status == CLUDI_OK)
        status = cludi_file_describe(s->context, io_path("rows.npy"), &info, error);
    return status;
}

#ifdef CLUDI_WITH_HDF5
static cludi_status read_hdf5(scene *s, cludi_error *error)
{
    cludi_dataset *dataset;
    const cludi_status status = cludi_dataset_read(s->context, io_path("rows.h5ad"), &dataset, error);
    assert_true(status == CLUDI_OK ? dataset != NULL : dataset == NULL);
    cludi_dataset_free(dataset);
    return status;
}

/* Strings as labels, and the names of rows. */
static cludi_status read_texts(scene *s, cludi_error *error)
{
    cludi_labels labels;
    cludi_dataset *dataset;
    char id[CLUDI_ID_SIZE];
    cludi_status status = cludi_labels_read(s->context, io_path("words.h5ad:/obs/_index"), &labels, error);
    if (status)
        return status;
    cludi_labels_clear(s->context, &labels);
    status = cludi_dataset_open(s->context, io_path("words.h5ad"), &dataset, error);
    if (!status)
        status = cludi_dataset_read_id(dataset, 1, id, error);
    cludi_dataset_free(dataset);
    return status;
}

static void put_texts(void)
{
    static const char *const TEXTS[HDF5_ROWS] = {"a", "b", "a"};
    hdf5_put_h5ad("words.h5ad", true);
    hid_t file = H5Fopen(io_path("words.h5ad"), H5F_ACC_RDWR, H5P_DEFAULT), text = hdf5_text_type();
    assert_true(H5Ldelete(file, "obs/_index", H5P_DEFAULT) >= 0);
    hdf5_put(file, "obs/_index", text, 1, (hsize_t[]){HDF5_ROWS}, H5P_DEFAULT, text, TEXTS);
    H5Tclose(text);
    H5Fclose(file);
}

static cludi_status write_h5ad(scene *s, cludi_error *error)
{
    static const float CONFIDENCE[HDF5_ROWS];
    static const int32_t LABELS[HDF5_ROWS];
    const cludi_h5ad_columns columns = {.labels = LABELS,
                                        .confidence = CONFIDENCE,
                                        .rows = HDF5_ROWS,
                                        .clusters = 1,
                                        .obsm = "P",
                                        .probabilities = CONFIDENCE,
                                        .parameters = "{\"K\": 1}"};
    return cludi_h5ad_write(s->context, io_path("rows.h5ad"), io_path("written.h5ad"), &columns, error);
}
#endif

static cludi_status score(scene *s, cludi_error *error)
{
    cludi_scores scores = {.struct_size = sizeof scores};
    return cludi_score(s->context, s->b.truth, s->b.truth, BLOB_ROWS, &scores, error);
}

static cludi_status silhouette(scene *s, cludi_error *error)
{
    double mean;
    return cludi_silhouette(s->context, &s->X, s->b.truth, BLOB_ROWS / 2, &mean, error);
}

static cludi_status plot(scene *s, cludi_error *error)
{
    static const double x[] = {0, 1}, y[] = {1, 2};
    const cludi_plot_series series = {"s", x, y, y, 2, 1};
    const cludi_plot_panel panel = {.x_label = "x", .y_label = "y", .series = &series, .series_count = 1};
    return cludi_plot_write(s->context, io_path("plot.svg"), &(cludi_plot){sizeof(cludi_plot), NULL, &panel, 1}, error);
}

/* ---- the tests ---- */

static void put_names(void)
{
    FILE *names = fopen(io_path("names.csv"), "w");
    assert_non_null(names);
    fputs("name\n", names);
    for (int i = 0; i < BLOB_ROWS; i++)
        fprintf(names, "the name of row %d\n", i);
    assert_int_equal(fclose(names), 0);
    io_put("ids.csv", "name,x\na,1\nb,2\n", 15);
}

static void begin(scene *s, const char *name)
{
    *s = (scene){.backend_name = name};
    s->allocator = counting_allocator_table(&s->counter);
    blobs_fill(&s->b, 0.2);
    s->X = blobs_matrix(&s->b);
    assert_int_equal(open_context(s, &s->context, NULL), CLUDI_OK);
    s->model = blobs_fit(s->context, &s->X, BLOB_CLUSTERS, NULL);
    assert_int_equal(cludi_matrix_write(io_path("rows.npy"), &s->X, NULL), CLUDI_OK);
    put_names();
    assert_int_equal(cludi_labels_write(io_path("labels.npy"), s->b.truth, BLOB_ROWS, NULL), CLUDI_OK);
}

static void end(scene *s)
{
    cludi_model_free(s->model);
    cludi_context_free(s->context);
    assert_int_equal(s->counter.live, 0);
}

static void test_every_function(void **state)
{
    static const struct {
        const char *name;
        action *run;
        int64_t least; /* allocations that it makes at least */
    } ACTIONS[] = {
        {"cludi_context_new", make_context, 1},
        {"cludi_fit", fit, 10},
        {"the first cludi_fit", first_fit, 11},
        {"a fit that is stopped", fit_stopped, 20},
        {"a fit that is resumed", fit_resumed, 25},
        {"the default recipe", fit_recipe, 60},
        {"the first cludi_predict", first_predict, 9},
        {"cludi_predict", predict, 8},
        {"cludi_model_save", save_model, 2},
        {"cludi_model_load", load_model, 3},
        {"cludi_dataset_read", read_dataset, 2},
        {"cludi_fit_source", fit_source, 12},
        {"cludi_source_check", check_source, 2},
        {"cludi_writer_open", write_labels, 1},
        {"cludi_output_lock_take", lock_output, 1},
        {"cludi_labels_read", read_labels, 1},
        {"labels in text", read_text_labels, 6},
        {"cludi_dataset_open_with", read_ids, 3},
        {"cludi_file_describe", describe, 1},
        {"cludi_score", score, 3},
        {"cludi_silhouette", silhouette, 2},
        {"cludi_plot_write", plot, 3},
#ifdef CLUDI_WITH_HDF5
        {"an HDF5 file", read_hdf5, 5},
        {"cludi_h5ad_write", write_h5ad, 6},
        {"strings of HDF5", read_texts, 12},
#endif
        {"k-means", fit_kmeans, 30},
        {"discriminant", fit_discriminant, 60},
        {"the first k-means", first_kmeans, 31},
        {"scan", fit_scan, 30},
        {"temi", fit_temi, 30},
        {"self-classifier", fit_self_classifier, 30},
        {"turtle", fit_turtle, 30},
    };
    (void)state;
#ifdef CLUDI_WITH_HDF5
    hdf5_put_h5ad("rows.h5ad", true);
    put_texts();
#endif
    for (int n = 0; float_backend(n); n++) {
        scene s;
        begin(&s, float_backend(n));
        for (size_t i = 0; i < sizeof ACTIONS / sizeof *ACTIONS; i++)
            if (is_full_run() || ACTIONS[i].run != fit_temi) /* as long as all others */
                fail_calls(&s.counter, &s, ACTIONS[i].run, ACTIONS[i].name, ACTIONS[i].least);
        end(&s);
    }
}

/* A save that fails leaves the file that was there, and no other. */
static void test_failed_save_keeps_the_file(void **state)
{
    (void)state;
    scene s;
    size_t before, after;
    io_empty();
    begin(&s, "ref");
    assert_int_equal(cludi_model_save(s.model, io_path("model"), NULL), CLUDI_OK);
    unsigned char *first = read_whole(io_path("model"), &before);
    s.counter.fail_at = s.counter.calls + 1;
    assert_int_equal(cludi_model_save(s.model, io_path("model"), NULL), CLUDI_ERROR_MEMORY);
    s.counter.fail_at = 0;
    unsigned char *second = read_whole(io_path("model"), &after);
    assert_int_equal(before, after);
    assert_memory_equal(first, second, before);
    assert_int_equal(io_empty(), 5); /* the model, the rows, labels, names and ids */
    free(first);
    free(second);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_function),
        cmocka_unit_test(test_failed_save_keeps_the_file),
    };
    return cmocka_run_group_tests(tests, io_setup, io_teardown);
}
