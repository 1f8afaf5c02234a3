/* A part of cludi that is a file of its own, because of the libraries behind it, and is loaded when it is first needed.

       static module_file hdf5 = {.file = "cludi_hdf5.so", .entry = "cludi_hdf5_module"};
       const hdf5_module *table = module_table(&hdf5);

   The file is taken from one folder and from nowhere else, be it the working folder or where the dynamic linker looks. */
#ifndef BASE_MODULE_H
#define BASE_MODULE_H

#include <stdbool.h>

enum { MODULE_REASON = 512 };

typedef struct module_file {
    const char *file;
    const char *entry; /* the only name that it exports: a module_entry */
    bool tried;
    const void *table;
    char reason[MODULE_REASON]; /* why there is no table */
} module_file;

/* Gives a struct that begins with `const char *version`: cludi's. That of another version is refused. */
typedef const void *module_entry(void);

/* Loads the module unless that was tried before. NULL: it cannot be loaded, and m->reason says why. From any thread. */
const void *module_table(module_file *m);

/* The folder of the modules, absolute and with a '/' at its end; false when it is not known. There are two of it: in
   module_beside.c, for the shared library, and in module_installed.c, for the static one. size: of folder. */
bool module_folder(char *folder, int size);

#endif
