#include "rows.h"

#include <string.h>
#include <sys/stat.h>

#include <cludi/dataset.h>

#include "complain.h"

bool wrong_file_is_folder(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

/* "npy", "model"; "" of what nobody can read. */
static const char *find_format(cludi_context *context, const char *path, cludi_file_info *file)
{
    cludi_error error;
    return cludi_file_describe(context, path, file, &error) == CLUDI_OK ? file->format : "";
}

int wrong_file_complain_model(cludi_context *context, const char *command, const char *model, const char *data,
                              const cludi_error *error)
{
    cludi_file_info first;
    cludi_file_info second;
    bool is_folder = wrong_file_is_folder(model);
    if (error->status != CLUDI_ERROR_FORMAT && !is_folder)
        return complain_error(error);
    const char *format = is_folder ? "" : find_format(context, model, &first);
    bool is_model = !strcmp(format, "model");
    if (!is_model && !strcmp(find_format(context, data, &second), "model")) {
        return complain("\"%s\" is not a model, but \"%s\" is one; the model comes first: cludi %s \"%s\" \"%s\".",
                        model, data, command, data, model);
    }
    if (is_folder) {
        return complain(
            "\"%s\" is a folder, not a model; the model, a file that 'cludi fit' wrote, comes first: cludi %s "
            "MODEL DATA.",
            model, command);
    }
    if (*format && !is_model) {
        return complain(
            "\"%s\" is an array (%s), not a model; the model, a file that 'cludi fit' wrote, comes first: cludi "
            "%s MODEL DATA.",
            model, format, command);
    }
    return complain_error(error);
}
