/* What may have been meant by a mistyped name. */
#include <stdio.h>

#include "cmocka_all.h"
#include "near_name.h"

static void test_phrase(void **state)
{
    static const char *const KNOWN[] = {"auto", "onednn", "kmeans", "self-classifier", "max", "min", "x", NULL};
    static const char *const CASES[][2] = {
        {"KMeans", "kmeans"},
        {"k-means", "kmeans"},
        {"K_MEANS", "kmeans"},
        {"kmean", "kmeans"},
        {"kmenas", ""},
        {"one-dnn", "onednn"},
        {"SELF_CLASSIFIER", "self-classifier"},
        {"selfclasifyer", "self-classifier"},
        {"Max", "max"},
        {"mix", "max"},
        {"mx", ""},
        {"X", ""},
        {"", ""},
        {"-", ""},
        {"a-name-of-far-more-letters-than-there-are", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char phrase[NEAR_PHRASE], wanted[NEAR_PHRASE] = "";
        if (*CASES[i][1])
            snprintf(wanted, sizeof wanted, " (did you mean %s?)", CASES[i][1]);
        assert_string_equal(near_name_phrase(phrase, CASES[i][0], KNOWN), wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_phrase)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
