/** @file wrong_file.h
 *  What somebody may have meant who named a file that is something else.
 */
#ifndef CLUDI_CLI_WRONG_FILE_H
#define CLUDI_CLI_WRONG_FILE_H

#include <cludi/context.h>

/** Says why a file is no model: that it and the data are swapped, that it is data or a folder, or else the library's sentence.
 *  @param command name of the command, whose arguments are MODEL DATA
 *  @param model   what was named as the model
 *  @param data    what was named as the data
 *  @param error   of cludi_model_load()
 *  @return as complain_error() */
int wrong_file_complain_model(cludi_context *context, const char *command, const char *model, const char *data,
                              const cludi_error *error);

/** @return 1 when a folder is there */
int wrong_file_is_folder(const char *path);

#endif
