#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "complain.h"
#include "fit_request.h"

enum { LONGEST_LIST = 1024 };

/* What an id that no method has finds stays as it was. */
static bool find_method(int32_t method, cludi_method_info *info)
{
    *info = (cludi_method_info){.struct_size = sizeof *info};
    return cludi_method_get_info((cludi_method)method, info, NULL) == CLUDI_OK;
}

/* Bits by the rows of the parameter table. */
static uint64_t find_used(const cludi_method_info *info)
{
    uint64_t used = info->parameters ? 0 : UINT64_MAX;
    for (int32_t i = 0; info->parameters && i < cludi_param_count(); i++)
        for (int32_t j = 0; info->parameters[j]; j++)
            if (!strcmp(info->parameters[j], cludi_param_get(i)->name))
                used |= parameter_bit(i);
    return used;
}

/* "--lr, --steps and --views" */
static void list_options(uint64_t parameters, char list[LONGEST_LIST])
{
    size_t used = 0;
    *list = '\0';
    for (int32_t i = 0; i < cludi_param_count() && used < LONGEST_LIST; i++) {
        if (parameters & parameter_bit(i)) {
            parameters &= ~parameter_bit(i);
            bool is_last_but_one = parameters && !(parameters & (parameters - 1));
            used += (size_t)snprintf(list + used, LONGEST_LIST - used, "--%s%s", cludi_param_get(i)->name,
                                     is_last_but_one ? " and "
                                     : parameters    ? ", "
                                                     : "");
        }
    }
    for (char *letter = list; *letter; letter++)
        *letter = *letter == '_' ? '-' : *letter;
}

/* The name of the first method that uses them all; NULL when there is none. */
static const char *find_user(uint64_t parameters)
{
    cludi_method_info info;
    for (int32_t method = 0; find_method(method, &info); method++)
        if (!(parameters & ~find_used(&info)))
            return info.name;
    return NULL;
}

void unused_parameters_tell(uint64_t given, uint64_t methods)
{
    cludi_method_info info;
    const char *name = "";
    bool is_one = !(methods & (methods - 1));
    char list[LONGEST_LIST];
    for (int32_t method = 0; find_method(method, &info); method++) {
        if (methods & parameter_bit(method)) {
            given &= ~find_used(&info);
            name = info.name;
        }
    }
    const char *user = find_user(given);
    list_options(given, list);
    if (given) {
        tell("Warning: the method%s%s%s not use %s; --method %s does.", is_one ? " " : "s of these runs",
             is_one ? name : "", is_one ? " does" : " do", list, user);
    }
}
