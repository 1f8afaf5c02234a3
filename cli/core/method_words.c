#include "words.h"

#include <stddef.h>

const char *method_name(cludi_method method)
{
    int32_t i = 0;
    while (cludi_param_get(i)->offset != offsetof(cludi_config, method))
        i++;
    return cludi_param_get(i)->choices[method];
}
