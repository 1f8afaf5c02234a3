/* The modules of a program that has the static library inside are where that was installed: beside the program anybody's may
   lie. */
#include "module.h"

#include <stdio.h>

bool module_folder(char *folder, int size)
{
    return snprintf(folder, (size_t)size, "%s/", MODULE_INSTALLED) < size;
}
