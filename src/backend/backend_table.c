#include "backend_table.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "near_name.h"
#include "ref.h"
#ifdef CLUDI_WITH_ONEDNN
#include "onednn.h"
#define ONEDNN_BUILT 1
#define ONEDNN_OPEN onednn_open
#else
#define ONEDNN_BUILT 0
#define ONEDNN_OPEN NULL
#endif

static const backend_row TABLE[] = {
    {{"ref64", NULL, 1}, NULL, ref64_open}, /* double precision, for gradient checks */
    {{"ref", "plain C", 1}, NULL, ref_open},
    {{"onednn", "fast", ONEDNN_BUILT}, "libdnnl-dev", ONEDNN_OPEN},
};
enum { ROWS = sizeof TABLE / sizeof *TABLE };

const backend_row *backend_table_get(int32_t index)
{
    return index >= 0 && index < ROWS ? &TABLE[index] : NULL;
}

static const backend_row *find_best(void)
{
    const backend_row *best = NULL;
    for (int32_t i = 0; i < ROWS; i++)
        best = TABLE[i].offered.is_built && TABLE[i].offered.help ? &TABLE[i] : best;
    return best;
}

/* "auto, ref or onednn" */
static void list_names(char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "auto");
    for (int32_t i = 0; i < ROWS; i++)
        if (TABLE[i].offered.help && used < size)
            used +=
                (size_t)snprintf(text + used, size - used, "%s%s", i + 1 < ROWS ? ", " : " or ", TABLE[i].offered.name);
}

static cludi_status refuse(const char *name, cludi_error *error)
{
    char names[128], phrase[NEAR_PHRASE];
    const char *offered[ROWS + 2] = {"auto"};
    for (int32_t i = 0, count = 1; i < ROWS; i++)
        if (TABLE[i].offered.help)
            offered[count++] = TABLE[i].offered.name;
    list_names(names, sizeof names);
    return error_set(error, CLUDI_ERROR_ARGUMENT, "There is no backend \"%s\"; choose %s%s.", name, names,
                     near_name_phrase(phrase, name, offered));
}

static const backend_row *find_row(const char *name)
{
    for (int32_t i = 0; i < ROWS; i++)
        if (strcmp(TABLE[i].offered.name, name) == 0)
            return &TABLE[i];
    return strcmp(name, "auto") == 0 ? find_best() : NULL;
}

cludi_status backend_table_check(const char *name, cludi_error *error)
{
    const backend_row *row = find_row(name);
    return row && row->offered.help ? CLUDI_OK : refuse(name, error);
}

cludi_status backend_table_find(const char *name, const backend_row **row, cludi_error *error)
{
    *row = find_row(name);
    if (!*row)
        return refuse(name, error);
    if ((*row)->offered.is_built)
        return CLUDI_OK;
    return error_set(error, CLUDI_ERROR_UNSUPPORTED,
                     "This build of cludi has no %s backend; use %s, or build with %s installed.", name,
                     find_best()->offered.name, (*row)->needs);
}
