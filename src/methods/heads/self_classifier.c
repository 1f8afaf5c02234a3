/* The method "self-classifier": Amrani, Karlinsky, Bronstein 2022, "Self-supervised classification network", ECCV,
   doi:10.1007/978-3-031-19821-2_7, arXiv:2103.10994, as the paper of cludi runs it: frozen features, only the heads are trained.

   Two corrupted views a, b of each row; with p and g of S8 and S9 (class_loss.h), tau = 0.1 and tau_col = 0.05

     loss = mean over rows of - (p_a . g_b + p_b . g_a) / 2

   with the gradient through both sides: the paper has no teacher and stops no gradient.

   Taken here: views are corrupted features (S7), as images are not there to be augmented; all heads have K clusters (the paper's have
   up to 8 K); perceptrons with one hidden layer of 384. */
#include "head_method.h"
#include "head_step.h"

static void layout(trained_head *head, arena *a, const head_step *s)
{
    const cludi_config config = {.views = 2,
                                 .temperature = 0.1,
                                 .column_temperature = 0.05,
                                 .class_weight = 1,
                                 .view_pairing = CLUDI_VIEW_PAIRING_SAME,
                                 .column_scope = CLUDI_COLUMN_SCOPE_VIEW};
    trained_head_layout(head, a, s);
    class_loss_layout(&head->classes, a, s->N, s->shape.K, &config);
}

static void begin(const head_step *s, trained_head *head)
{
    s->be->ops.zero(s->be, head->classes.expected);
}

static void loss_terms(const head_step *s, trained_head *head, backend *be)
{
    head->classes.be = be;
    class_loss_views(&head->classes, head->row_loss, head->dl, head->pass.l, s->view_weight);
    trained_head_sum(head, be);
}

const head_recipe RECIPE_SELF_CLASSIFIER = {.heads = 5,
                                            .hidden = 384,
                                            .temperature = 0.1,
                                            .rate = 3e-4,
                                            .warmup_share = 0.02,
                                            .cosine_decay = true,
                                            .epochs = 100,
                                            .layout = layout,
                                            .begin = begin,
                                            .loss = loss_terms};

const method METHOD_SELF_CLASSIFIER =
    HEAD_METHOD(CLUDI_METHOD_SELF_CLASSIFIER, "self-classifier", RECIPE_SELF_CLASSIFIER,
                "heads whose two views of a row predict each other (Amrani, Karlinsky, Bronstein 2022)");
