/* Calls that must fail, with and without a place for the message. */
#ifndef TESTS_EXPECT_ERROR_H
#define TESTS_EXPECT_ERROR_H

#include "cmocka_all.h"
#include "io_support.h"

/* CALL with &error as its last argument gives STATUS and WORDS, and runs without a place for the message too. */
#define EXPECT(wanted, words, function, ...)                                                                           \
    do {                                                                                                               \
        cludi_error error = {0};                                                                                       \
        const cludi_status returned = function(__VA_ARGS__, &error);                                                   \
        io_expect_error(&error, returned, wanted, words);                                                              \
        assert_int_equal(function(__VA_ARGS__, NULL), wanted);                                                         \
    } while (0)
#define EXPECT_ARGUMENT(words, ...) EXPECT(CLUDI_ERROR_ARGUMENT, words, __VA_ARGS__)

#endif
