/* cludi: the program. Finds the command and runs it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <cludi/cludi.h>

#include "command.h"
#include "complain.h"
#include "help.h"
#include "near_word.h"
#include "options.h"
#include "standard_streams.h"

static const cli_command *const COMMANDS[] = {
    &COMMAND_EMBED,   &COMMAND_FIT,   &COMMAND_PLAN,   &COMMAND_PREDICT, &COMMAND_EVAL,
    &COMMAND_COMPARE, &COMMAND_SWEEP, &COMMAND_VERIFY, &COMMAND_INFO,    NULL};

static int complain_command(const char *word)
{
    const char *known[sizeof COMMANDS / sizeof *COMMANDS] = {NULL};
    size_t count = 0;
    for (; COMMANDS[count]; count++) {
        known[count] = COMMANDS[count]->name;
    }
    const char *kind = *word == '-' ? "option" : "command";
    const char *near = *word == '-' ? NULL : near_word_find(word, known, count);
    return near ? complain_usage(NULL, "cludi has no %s %s; did you mean %s?", kind, word, near)
                : complain_usage(NULL, "cludi has no %s %s.", kind, word);
}

static int run_command(const cli_command *command, int argc, const char **argv)
{
    cli_options options;
    int code = options_read(&options, command, argc, argv);
    if (code == EXIT_DONE && options_given(&options, "help")) {
        help_print_command(command);
    } else if (code == EXIT_DONE) {
        code = command->run(&options);
    }
    options_clear(&options);
    return code;
}

static int run_program(int argc, const char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    if (!word) {
        return complain_usage(
            NULL, "cludi needs a command: embed, fit, plan, predict, eval, compare, sweep, verify or info.");
    }
    for (const cli_command *const *command = COMMANDS; *command; command++) {
        if (!strcmp(word, (*command)->name)) {
            return run_command(*command, argc - 1, argv + 1);
        }
    }
    if (!strcmp(word, "--help") || !strcmp(word, "-h")) {
        help_print_program(COMMANDS);
        return EXIT_DONE;
    }
    if (!strcmp(word, "--version")) {
        printf("cludi %s\n", cludi_version());
        return EXIT_DONE;
    }
    return complain_command(word);
}

/* Past a limit on file sizes (ulimit -f) a write is to fail like on a full disk, not to end the program. */
int main(int argc, char **argv)
{
    signal(SIGXFSZ, SIG_IGN);
    standard_streams_open();
    return standard_streams_close(run_program(argc, (const char **)argv));
}
