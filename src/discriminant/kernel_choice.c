#include "kernel_choice.h"

#include <math.h>

#include "alloc.h"
#include "bounds.h"
#include "error.h"
#include "lda.h"
#include "scale_fit.h"

enum {
    WIDTHS = 3,
    SHRINKAGES = 2,
    LEAST_ROWS = 4096,
    ROWS_PER_CLUSTER = 16,
    MOST_JUDGED = 2000,
    PART = 4 /* of the rows are judged */
};
static const double WIDTH[WIDTHS] = {0, 2, 8}, SHRINKAGE[SHRINKAGES] = {0.4, 0.1};

typedef struct choice {
    const kernel_choice_args *args;
    kernel_features *features;
    lda lda;
    soft_labels labels;           /* certain of the start */
    tensor cosine;                /* (judged, K) */
    float *cosines, *target;      /* (judged, K) */
    double *loss;                 /* (judged) */
    int64_t rows, taught, judged; /* those looked at: the first teach, the next are judged */
} choice;

static cludi_status allocate(choice *c, cludi_error *error)
{
    backend *be = c->features->be;
    const int64_t K = c->args->clusters;
    c->rows = min_int(c->args->X->rows, max_int(LEAST_ROWS, ROWS_PER_CLUSTER * K));
    c->taught = c->rows - max_int(c->rows / PART, 1);
    c->judged = min_int(c->rows - c->taught, MOST_JUDGED);
    TRY(lda_init(&c->lda, be, c->rows, c->features->count, c->args->clusters, error));
    TRY(soft_labels_init(&c->labels, &be->allocator, c->rows, c->args->clusters, error));
    c->cosine = (tensor){.rows = c->judged, .cols = K};
    c->cosine.data = be->ops.allocate(be, backend_bytes(be, c->cosine));
    c->cosines = alloc_array(&be->allocator, c->judged * K, sizeof *c->cosines);
    c->target = alloc_zeroed(&be->allocator, c->judged * K, sizeof *c->target);
    c->loss = alloc_array(&be->allocator, c->judged, sizeof *c->loss);
    if (!c->cosine.data || !c->cosines || !c->target || !c->loss)
        return error_memory(error, "the choice of a kernel");
    soft_labels_begin(&c->labels, c->args->start);
    for (int64_t i = 0; i < c->judged; i++)
        c->target[i * K + c->args->start[c->taught + i]] = 1;
    return CLUDI_OK;
}

static void release(choice *c)
{
    backend *be = c->features->be;
    be->ops.release(be, c->cosine.data);
    alloc_free(&be->allocator, c->cosines);
    alloc_free(&be->allocator, c->target);
    alloc_free(&be->allocator, c->loss);
    soft_labels_clear(&c->labels);
    lda_clear(&c->lda);
}

static cludi_status make_features(choice *c, double width, cludi_error *error)
{
    cludi_matrix rows = *c->args->X;
    rows.rows = c->rows;
    TRY(kernel_features_set(c->features, width, error));
    TRY(kernel_features_make(c->features, &rows, c->lda.f, error));
    c->lda.rank = c->features->rank;
    return lda_center(&c->lda, c->taught, error);
}

static cludi_status judge(choice *c, double shrinkage, double *loss, cludi_error *error)
{
    backend *be = c->features->be;
    TRY(lda_fit(&c->lda, &c->labels, shrinkage, error));
    be->ops.linear(be, c->cosine, backend_rows(be, c->lda.u, c->taught, c->judged), c->lda.prototype, (tensor){0});
    TRY(backend_finish(be, error));
    be->ops.copy_out(be, HOST_F32, c->cosines, c->cosine);
    const scale_problem problem = {be, c->judged, c->args->clusters, c->cosines, c->target, c->loss};
    *loss = scale_loss(&problem, scale_fit(&problem));
    return CLUDI_OK;
}

static cludi_status choose(choice *c, double *shrinkage, cludi_error *error)
{
    double least = INFINITY, width = WIDTH[0];
    TRY(allocate(c, error));
    *shrinkage = SHRINKAGE[0];
    for (int w = 0; w < WIDTHS; w++) {
        TRY(make_features(c, WIDTH[w], error));
        for (int s = 0; s < SHRINKAGES; s++) {
            double loss;
            TRY(judge(c, SHRINKAGE[s], &loss, error));
            if (loss < least) {
                least = loss;
                width = WIDTH[w];
                *shrinkage = SHRINKAGE[s];
            }
        }
    }
    return kernel_features_set(c->features, width, error);
}

cludi_status kernel_choice_set(kernel_features *f, const kernel_choice_args *args, double *shrinkage,
                               cludi_error *error)
{
    choice c = {.args = args, .features = f};
    const cludi_status status = choose(&c, shrinkage, error);
    release(&c);
    return status;
}
