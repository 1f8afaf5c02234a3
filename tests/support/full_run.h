/* Tests that would take long: `make test` takes a few cases of each kind, `make check` all of them, by the name NAME_full. */
#ifndef TESTS_FULL_RUN_H
#define TESTS_FULL_RUN_H

#include <stdbool.h>
#include <stdlib.h>

static inline bool is_full_run(void)
{
    return getenv("CLUDI_FULL") != NULL;
}

#endif
