/* Calls that get no memory. Include behind <cmocka.h>. */
#ifndef TESTS_FAILING_MEMORY_H
#define TESTS_FAILING_MEMORY_H

#include <string.h>

#include <cludi/status.h>

#include "counting_allocator.h"
#include "full_run.h"

typedef struct scene scene; /* the test's own */
typedef cludi_status action(scene *s, cludi_error *error);

/* Runs it with the n-th call failing, then without; returns the n at which it succeeded. Unless this is a full run, of more than 100 calls
   some are left out. */
static inline int64_t fail_each_call(counting_allocator *counter, scene *s, action *run, const char *what)
{
    const int64_t live = counter->live;
    for (int64_t n = 1;; n += is_full_run() ? 1 : 1 + n / 100) {
        cludi_error error = {0};
        counter->fail_at = counter->calls + n;
        counter->failed = 0;
        const cludi_status status = run(s, &error);
        counter->fail_at = 0;
        if (counter->live != live)
            fail_msg("%s, call %d: %d blocks leaked", what, (int)n, (int)(counter->live - live));
        if (status == CLUDI_OK) {
            assert_int_equal(counter->failed, 0); /* a failure is never passed over */
            return n;
        }
        if (status != CLUDI_ERROR_MEMORY)
            fail_msg("%s, call %d: status %d: %s", what, (int)n, status, error.message);
        if (counter->failed == 0)
            fail_msg("%s, call %d: no memory was refused, but an earlier failure came up", what, (int)n);
        assert_int_equal(error.status, CLUDI_ERROR_MEMORY);
        assert_non_null(strstr(error.message, "not enough memory"));
        assert_true(n < 10000);
    }
}

/* First all later calls fail too, then the n-th alone. */
static inline void fail_calls(counting_allocator *counter, scene *s, action *run, const char *what, int64_t least)
{
    const int64_t calls = fail_each_call(counter, s, run, what) - 1;
    counter->once = true;
    fail_each_call(counter, s, run, what);
    counter->once = false;
    if (calls < least)
        fail_msg("%s made only %d allocations", what, (int)calls);
}

#endif
