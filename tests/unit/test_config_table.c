/* config_table.c: the table describes every field of cludi_config once, its defaults are those of docs/theory.md, and
   text goes in and out without loss. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"
#include "config_table.h"
#include "rng.h"

static size_t size_of_param(const cludi_param *param)
{
    return param->type == CLUDI_PARAM_REAL ? sizeof(double) : sizeof(int32_t);
}

/* The rows do not overlap: each byte of the struct belongs to one at most. */
static void test_rows_do_not_overlap(void **state)
{
    (void)state;
    unsigned char map[sizeof(cludi_config)] = {0};
    memset(map, 1, sizeof(uint32_t)); /* struct_size */
    for (int32_t i = 0; i < config_table_count(); i++) {
        const cludi_param *param = config_table_get(i);
        assert_true(param->offset % size_of_param(param) == 0);
        for (size_t j = 0; j < size_of_param(param); j++) {
            if (map[param->offset + j])
                fail_msg("%s shares its place with another field", param->name);
            map[param->offset + j] = 1;
        }
        assert_ptr_equal(config_table_find(param->name), param);
    }
    assert_null(config_table_get(-1));
    assert_null(config_table_get(config_table_count()));
}

/* The help of the program prints these groups and no others. */
static void test_groups(void **state)
{
    (void)state;
    static const char *const GROUPS[] = {"Training", "Network", "Loss", "Optimizer", "Prediction"};
    for (int32_t i = 0; i < config_table_count(); i++) {
        size_t group = 0;
        while (group < sizeof GROUPS / sizeof *GROUPS && strcmp(config_table_get(i)->group, GROUPS[group]) != 0)
            group++;
        assert_in_range(group, 0, sizeof GROUPS / sizeof *GROUPS - 1);
    }
}

/* Every field of the struct, as the header has it, is a row of its type, and there are no other rows. (Sizes alone cannot
   tell: a forgotten field may sit where padding was.) */
static void test_every_field_is_a_row(void **state)
{
    (void)state;
    FILE *header = fopen(CLUDI_SOURCE_DIR "/include/cludi/config.h", "r");
    char line[200], type[64], name[64];
    bool inside = false;
    int32_t fields = 0;
    assert_non_null(header);
    while (fgets(line, sizeof line, header)) {
        if (strstr(line, "typedef struct cludi_config {"))
            inside = true;
        if (strstr(line, "} cludi_config;"))
            break;
        if (!inside || sscanf(line, " %63[a-z0-9_] %63[A-Za-z0-9_];", type, name) != 2 ||
            strcmp(type, "typedef") == 0 || strcmp(name, "struct_size") == 0)
            continue;
        const cludi_param *param = config_table_find(name);
        if (!param)
            fail_msg("the table has no row for %s", name);
        assert_int_equal(param->type, strcmp(type, "double") == 0    ? CLUDI_PARAM_REAL
                                      : strcmp(type, "int32_t") == 0 ? CLUDI_PARAM_INT
                                                                     : CLUDI_PARAM_CHOICE);
        fields++;
    }
    fclose(header);
    assert_int_equal(fields, config_table_count());
}

static void test_defaults(void **state)
{
    (void)state;
    cludi_config c;
    memset(&c, 0xff, sizeof c);
    config_table_defaults(&c);
    assert_int_equal(c.struct_size, sizeof c);
    assert_true(c.embedding_dim == 64 && c.hidden_dim == 384 && c.blocks == 2 && c.diffusion_steps == 1000 &&
                c.teacher_steps == 8 && c.views == 4 && c.batch_size == 256);
    assert_true(c.steps == 0 && c.epochs == 0 && c.draws == 4 && c.denoise_steps == 2 && c.warmup == 20);
    assert_true(c.noise_scale == 5 && c.temperature == 0.1 && c.column_temperature == 0.05 && c.snr_bound == 5 &&
                c.class_weight == 50 && c.dropout == 0.15);
    assert_true(c.corrupt_drop == 0.2 && c.corrupt_low == 0.1 && c.corrupt_high == 0.3 && c.self_condition == 0.5);
    assert_true(c.lr == 3e-4 && c.weight_decay == 0.01 && c.beta1 == 0.9 && c.beta2 == 0.98 && c.epsilon == 1e-8);
    assert_true(c.clip == 4 && c.logits == CLUDI_LOGITS_COSINE && c.view_pairing == CLUDI_VIEW_PAIRING_ALL);
    assert_true(c.column_scope == CLUDI_COLUMN_SCOPE_VIEW && c.embedding_loss == CLUDI_EMBEDDING_REEMBED);
    assert_true(c.snr_weight == CLUDI_SNR_MAX && c.method == CLUDI_METHOD_DISCRIMINANT);
    assert_true(c.preprocessing == CLUDI_PREPROCESSING_AUTO && c.n_neighbors == 15 && c.neighbor_swap == 0.5 &&
                c.cluster_sizes == CLUDI_CLUSTER_SIZES_LEARNED);
    assert_true(c.init_runs == 10 && c.init_steps == 60);
    assert_int_equal(config_table_check(&c, NULL), CLUDI_OK);
    for (int32_t i = 0; i < config_table_count(); i++) {
        const cludi_param *param = config_table_get(i);
        assert_true(param->preset >= param->min && param->preset <= param->max);
        assert_true(strlen(param->help) > 10 && param->equation);
    }
}

/* SPEC section 3: linear, same, batch, direct, max, S 25 and 100, lambda 50, F^2 25, d by K; and nothing of the recipe: rows
   as unit rows, no neighbors, no first partition, equal sizes, a number of steps. */
static void test_paper(void **state)
{
    (void)state;
    cludi_config c, plain;
    assert_int_equal(config_table_preset(&c, "paper", 50, NULL), CLUDI_OK);
    assert_true(c.logits == CLUDI_LOGITS_LINEAR && c.view_pairing == CLUDI_VIEW_PAIRING_SAME &&
                c.column_scope == CLUDI_COLUMN_SCOPE_BATCH);
    assert_true(c.embedding_loss == CLUDI_EMBEDDING_DIRECT && c.snr_weight == CLUDI_SNR_MAX);
    assert_true(c.teacher_steps == 25 && c.denoise_steps == 100 && c.class_weight == 50 && c.noise_scale == 5 &&
                c.embedding_dim == 32);
    assert_true(c.preprocessing == CLUDI_PREPROCESSING_UNIT && c.n_neighbors == 0 && c.init_runs == 0 &&
                c.cluster_sizes == CLUDI_CLUSTER_SIZES_EQUAL);
    assert_true(c.method == CLUDI_METHOD_CLUDI && c.steps == 600 && c.epochs == 0);
    assert_int_equal(config_table_check(&c, NULL), CLUDI_OK);
    assert_int_equal(config_table_preset(&c, "paper", 99, NULL), CLUDI_OK);
    assert_int_equal(c.embedding_dim, 32);
    assert_int_equal(config_table_preset(&c, "paper", 100, NULL), CLUDI_OK);
    assert_int_equal(c.embedding_dim, 64);
    config_table_defaults(&plain);
    assert_int_equal(config_table_preset(&c, "default", 100, NULL), CLUDI_OK);
    assert_memory_equal(&c, &plain, sizeof c);
}

/* ---- text ---- */

/* Formats the field, sets it in another config, and wants the same bits. */
static void check_round_trip(const cludi_config *config, int32_t index)
{
    const cludi_param *param = config_table_get(index);
    cludi_config back;
    cludi_error error;
    char text[32];
    config_table_defaults(&back);
    if (config_table_format(config, param, text, sizeof text) != CLUDI_OK)
        fail_msg("%s: 32 bytes do not hold it", param->name);
    if (config_table_set(&back, param->name, text, &error) != CLUDI_OK)
        fail_msg("%s", error.message);
    if (memcmp((const char *)config + param->offset, (char *)&back + param->offset, size_of_param(param)) != 0)
        fail_msg("%s: %s does not come back", param->name, text);
}

/* Bounds, defaults and random values between them. */
static void test_round_trip(void **state)
{
    (void)state;
    for (int32_t i = 0; i < config_table_count(); i++) {
        const cludi_param *param = config_table_get(i);
        cludi_config config;
        float u[50];
        config_table_defaults(&config);
        check_round_trip(&config, i);
        rng_uniform((rng_stream){3, 3, 3}, (uint64_t)i, u, 50);
        for (int k = 0; k < 52; k++) {
            double value = k == 50   ? param->min
                           : k == 51 ? param->max
                                     : param->min + (param->max - param->min) * (double)u[k];
            if (param->type == CLUDI_PARAM_REAL && k % 2 && k < 50)
                value = fmin(param->max, fmax(param->min, pow(10, -15 + 20 * (double)u[k]) / 3));
            config_table_assign(&config, param, param->type == CLUDI_PARAM_REAL ? value : floor(value));
            assert_true(config_table_value(&config, param) == (param->type == CLUDI_PARAM_REAL ? value : floor(value)));
            check_round_trip(&config, i);
        }
    }
}

static void test_shortest_text(void **state)
{
    static const char *const TEXTS[][2] = {{"lr", "0.0003"}, {"epsilon", "1e-08"}, {"temperature", "0.1"},
                                           {"steps", "0"},   {"logits", "cosine"}, {"epochs", "0"}};
    (void)state;
    cludi_config config;
    config_table_defaults(&config);
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        char text[32];
        assert_int_equal(config_table_format(&config, config_table_find(TEXTS[i][0]), text, sizeof text), CLUDI_OK);
        assert_string_equal(text, TEXTS[i][1]);
    }
}

static void test_choices(void **state)
{
    (void)state;
    cludi_config config;
    config_table_defaults(&config);
    for (int32_t i = 0; i < config_table_count(); i++) {
        const cludi_param *param = config_table_get(i);
        assert_true((param->type == CLUDI_PARAM_CHOICE) == (param->choices != NULL));
        for (int k = 0; param->choices && param->choices[k]; k++) {
            assert_true(k <= param->max);
            assert_int_equal(config_table_set(&config, param->name, param->choices[k], NULL), CLUDI_OK);
            assert_true(config_table_value(&config, param) == k);
        }
        assert_true(!param->choices || !param->choices[(int)param->max + 1]);
    }
    assert_true(config.logits == CLUDI_LOGITS_LINEAR && config.view_pairing == CLUDI_VIEW_PAIRING_SAME);
    assert_true(config.column_scope == CLUDI_COLUMN_SCOPE_BATCH && config.embedding_loss == CLUDI_EMBEDDING_DIRECT);
    assert_true(config.snr_weight == CLUDI_SNR_NONE && config.method == CLUDI_METHOD_DISCRIMINANT);
    assert_true(config.preprocessing == CLUDI_PREPROCESSING_COORDINATES &&
                config.cluster_sizes == CLUDI_CLUSTER_SIZES_EQUAL);
    assert_int_equal(config_table_set(&config, "snr_weight", "min", NULL), CLUDI_OK);
    assert_int_equal(config.snr_weight, CLUDI_SNR_MIN);
}

/* ---- names ---- */

static void test_names(void **state)
{
    (void)state;
    assert_ptr_equal(config_table_find("self-condition"), config_table_find("self_condition"));
    assert_ptr_equal(config_table_find("denoise-steps"), config_table_find("denoise_steps"));
    assert_non_null(config_table_find("denoise-steps"));
    assert_null(config_table_find("denoise"));
    assert_null(config_table_find("denoise_steps_"));
    assert_null(config_table_find("n"));
    assert_null(config_table_find(""));
}

static void test_suggestions(void **state)
{
    (void)state;
    for (int32_t i = 0; i < config_table_count(); i++) {
        const char *name = config_table_get(i)->name;
        char wrong[64];
        if (strlen(name) < 5)
            continue;
        strcpy(wrong, name);
        memmove(wrong + 2, wrong + 3, strlen(wrong + 3) + 1); /* a letter less */
        assert_string_equal(config_table_suggest(wrong), name);
        strcpy(wrong, name);
        wrong[1] = 'q'; /* another letter */
        assert_string_equal(config_table_suggest(wrong), name);
        strcpy(wrong, name);
        strcat(wrong, "x"); /* a letter more */
        assert_string_equal(config_table_suggest(wrong), name);
    }
    assert_string_equal(config_table_suggest("corrupt-hihg"), "corrupt_high"); /* two changes, and - for _ */
    assert_null(config_table_suggest("elephant"));
    assert_null(config_table_suggest("q"));
    assert_null(config_table_suggest(""));
    assert_null(config_table_suggest("a_name_that_is_longer_than_any_name_of_the_table_could_be"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_do_not_overlap),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_every_field_is_a_row),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_paper),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_shortest_text),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_suggestions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
