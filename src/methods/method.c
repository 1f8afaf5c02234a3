#include "method.h"

#define METHOD_ROW(row, name) &row,
static const method *const METHODS[] = {METHOD_LIST(METHOD_ROW)};

int32_t method_count(void)
{
    return (int32_t)(sizeof METHODS / sizeof *METHODS);
}

const method *method_get(int32_t value)
{
    return value >= 0 && value < method_count() ? METHODS[value] : NULL;
}

const method *method_of(const cludi_config *config)
{
    return method_get((int32_t)config->method);
}
