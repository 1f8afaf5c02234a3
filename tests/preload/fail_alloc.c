/* Lets the n-th allocation of a program fail, and writes down who asked for it: "failed OBJECT(FUNCTION) ...", the inner first; and of
   a crash, whose it is, likewise: "crashed OBJECT(FUNCTION) ...". With FAIL_STACKS a line for each allocation. What libjansson
   takes after an allocation of its own has failed is guarded: it may write past the end. */
#include "guarded.h"

#include <errno.h>
#include <signal.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

enum { DEEPEST = 48 };

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool is_within(const void *code, const char *object)
{
    Dl_info info = {0};
    return dladdr(code, &info) && info.dli_fname && strncmp(file_name(info.dli_fname), object, strlen(object)) == 0;
}

/* Objects of the callers, each once where it stands for several in a row, with the innermost function that has a name. */
static void tell_callers(const char *what, void *const *callers, int count)
{
    const char *last = "";
    char text[2048];
    size_t used = (size_t)snprintf(text, sizeof text, "%.20s", what);
    for (int i = 0; i < count && used < sizeof text - 300; i++) {
        Dl_info info = {0};
        if (!dladdr(callers[i], &info) || !info.dli_fname || strcmp(last, info.dli_fname) == 0)
            continue;
        last = info.dli_fname;
        used += (size_t)snprintf(text + used, 280, " %.120s(%.120s)", file_name(last),
                                 info.dli_sname ? info.dli_sname : "");
    }
    snprintf(text + used, sizeof text - used, "\n");
    watched_tell(text);
}

/* "N HASH OBJECT": the same hash is the same chain of callers; the object is the innermost that is not the C library. */
static void tell_stack(void *const *callers, int count)
{
    char text[512];
    uint64_t hash = 14695981039346656037U;
    Dl_info info = {.dli_fname = "none"};
    for (int i = 0; i < count; i++)
        hash = (hash ^ (uint64_t)(uintptr_t)callers[i]) * 1099511628211U;
    for (int i = 0; i < count; i++)
        if (dladdr(callers[i], &info) && info.dli_fname && strncmp(file_name(info.dli_fname), "libc.", 5) != 0)
            break;
    snprintf(text, sizeof text, "%ld %016lx %.200s\n", (long)watched_calls, (unsigned long)hash,
             file_name(info.dli_fname));
    watched_tell(text);
}

__attribute__((noinline)) static bool fails(void)
{
    static _Thread_local bool inside;
    void *callers[DEEPEST];
    if (inside || !watched)
        return false;
    inside = true;
    const bool turn = watched_turn(), stacks = getenv("FAIL_STACKS") != NULL;
    const int count = turn || stacks ? backtrace(callers, DEEPEST) : 0;
    if (turn)
        tell_callers("failed", callers + 2, count - 2);
    else if (stacks)
        tell_stack(callers + 2, count - 2);
    if (turn && is_within(callers[2], "libjansson."))
        guarded_begin();
    inside = false;
    errno = turn ? ENOMEM : errno;
    return turn;
}

/* The signal comes again when this returns, and ends the program. */
static void tell_crash(int signal)
{
    (void)signal;
    void *callers[DEEPEST];
    tell_callers("crashed", callers, backtrace(callers, DEEPEST));
}

__attribute__((constructor)) static void watch_crashes(void)
{
    static const int SIGNALS[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
    const struct sigaction once = {.sa_handler = tell_crash, .sa_flags = (int)SA_RESETHAND};
    for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++)
        sigaction(SIGNALS[i], &once, NULL);
}

void *malloc(size_t size)
{
    void *block = NULL;
    if (fails())
        return NULL;
    if (guarded_first && is_within(__builtin_return_address(0), "libjansson."))
        block = guarded_take(size);
    return block ? block : __libc_malloc(size);
}

void free(void *block)
{
    if (!guarded_has(block))
        __libc_free(block);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    if (fails())
        return NULL;
    if (!guarded_has(old))
        return __libc_realloc(old, size);
    void *block = __libc_malloc(size);
    const size_t before = guarded_size(old);
    return block ? memcpy(block, old, before < size ? before : size) : NULL;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    if (fails())
        return ENOMEM;
    *out = __libc_memalign(alignment, size);
    return *out ? 0 : ENOMEM;
}
