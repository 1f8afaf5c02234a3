/* number_text.c: numbers as text and back to the same bits, and what is no number. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "number_text.h"
#include "rng.h"

static void check_round_trip(double value)
{
    char text[NUMBER_TEXT];
    double back;
    number_text_format(text, value);
    assert_true(strlen(text) < NUMBER_TEXT);
    if (!number_text_parse(text, &back) || memcmp(&back, &value, sizeof value) != 0)
        fail_msg("%s does not come back to %.17g", text, value);
}

static void test_round_trip(void **state)
{
    static const double VALUES[] = {0, -0.0, 1, -1, 0.1, 1.0 / 3, DBL_MAX, -DBL_MAX, DBL_MIN, 4.9e-324, 1e15, 1e300};
    uint64_t bits[RNG_BITS];
    (void)state;
    for (size_t i = 0; i < sizeof VALUES / sizeof *VALUES; i++)
        check_round_trip(VALUES[i]);
    for (uint64_t row = 0; row < 300; row++) {
        rng_bits((rng_stream){1, 1, 1}, row, bits);
        for (int i = 0; i < RNG_BITS; i++) {
            double value;
            memcpy(&value, &bits[i], sizeof value);
            if (isfinite(value))
                check_round_trip(value);
        }
    }
}

static void test_shortest(void **state)
{
    char text[NUMBER_TEXT];
    (void)state;
    number_text_format(text, 0.1);
    assert_string_equal(text, "0.1");
    number_text_format(text, 3e-4);
    assert_string_equal(text, "0.0003");
    number_text_format(text, 0.1 + 0.2);
    assert_string_equal(text, "0.30000000000000004");
}

static void test_no_numbers(void **state)
{
    static const char *const TEXTS[] = {"",    " ",     "1 ", " 1", "nan", "inf", "-inf", "0x10", "1p3",
                                        "1,5", "1.5.2", "e5", ".",  "-",   "1e",  "--1",  "1e5x", "one"};
    double value;
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        if (number_text_parse(TEXTS[i], &value))
            fail_msg("\"%s\" is taken for %g", TEXTS[i], value);
    assert_true(number_text_parse("-.5e+1", &value) && value == -5);
    assert_true(number_text_parse("+7", &value) && value == 7);
}

/* The nearest float32, as strtof finds it in the C locale, of short and of long texts. */
static void test_float_is_nearest(void **state)
{
    static const char *const TEXTS[] = {"0",
                                        "-0",
                                        "+.5",
                                        "1.",
                                        "9999999",
                                        "16777217",
                                        "0.1",
                                        "1e-46",
                                        "3.4e38",
                                        "1e39",
                                        "-1e39",
                                        "0.0000001",
                                        "1.17549431e-38",
                                        "1.000000059604644775390625",
                                        "1.00000005960464477539062500001"};
    uint64_t bits[RNG_BITS];
    char text[64];
    float value;
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        float wanted = strtof(TEXTS[i], NULL);
        assert_true(number_text_parse_float(TEXTS[i], &value));
        assert_memory_equal(&value, &wanted, sizeof value);
    }
    for (uint64_t row = 0; row < 20000; row++) {
        rng_bits((rng_stream){1, 2, 3}, row, bits);
        snprintf(text, sizeof text, "%s%.*f", bits[0] & 1 ? "-" : "", (int)(bits[0] >> 1) & 7,
                 (double)(bits[1] % 20000000) / (double)(1 + (bits[1] >> 32) % 100000));
        float wanted = strtof(text, NULL);
        if (!number_text_parse_float(text, &value) || memcmp(&value, &wanted, sizeof value) != 0)
            fail_msg("%s is read as %.9g, not %.9g", text, (double)value, (double)wanted);
    }
}

static void test_float_words(void **state)
{
    static const char *const REFUSED[] = {"",    " ",     "1 ",   "0x10", "1,5", "1.5.2",  ".",    "-",        "1e",
                                          "--1", "+-nan", "infi", "nano", "na",  "nan(1)", "1e5x", "12345678x"};
    float value = 0;
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        if (number_text_parse_float(REFUSED[i], &value))
            fail_msg("\"%s\" is taken for %g", REFUSED[i], (double)value);
    assert_true(number_text_parse_float("NaN", &value) && isnan(value));
    assert_true(number_text_parse_float("-nan", &value) && isnan(value));
    assert_true(number_text_parse_float("-inf", &value) && value == -INFINITY);
    assert_true(number_text_parse_float("Infinity", &value) && value == INFINITY);
}

static void test_rounded(void **state)
{
    char text[NUMBER_TEXT];
    (void)state;
    number_text_round(text, 2.0 / 3, 4);
    assert_string_equal(text, "0.6667");
    number_text_round(text, 1500000, 2);
    assert_string_equal(text, "1.5e+06");
    number_text_round(text, -DBL_MAX, 17);
    assert_true(strlen(text) < NUMBER_TEXT);
    number_text_fixed(text, 2, 2);
    assert_string_equal(text, "2.00");
    number_text_fixed(text, -0.125, 0);
    assert_string_equal(text, "-0");
    number_text_fixed(text, -9e14, 9);
    assert_string_equal(text, "-900000000000000.000000000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),       cmocka_unit_test(test_shortest),    cmocka_unit_test(test_no_numbers),
        cmocka_unit_test(test_float_is_nearest), cmocka_unit_test(test_float_words), cmocka_unit_test(test_rounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
