/* cludi: the program. Finds the command and runs it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <cludi/cludi.h>

#include "command.h"
#include "complain.h"
#include "help.h"
#include "options.h"
#include "outputs.h"
#include "words.h"

static const cli_command *const COMMANDS[] = {
    &COMMAND_EMBED,   &COMMAND_FIT,   &COMMAND_PLAN,   &COMMAND_PREDICT, &COMMAND_EVAL,
    &COMMAND_COMPARE, &COMMAND_SWEEP, &COMMAND_VERIFY, &COMMAND_INFO,    NULL};

/* What other programs call our commands. */
static const char *find_meant(const char *word)
{
    static const char *const NAMES[][2] = {
        {"cluster", "fit"},       {"train", "fit"},       {"clusters", "fit"},  {"assign", "predict"},
        {"classify", "predict"},  {"transform", "embed"}, {"encode", "embed"},  {"extract", "embed"},
        {"features", "embed"},    {"evaluate", "eval"},   {"score", "eval"},    {"metrics", "eval"},
        {"benchmark", "compare"}, {"grid", "sweep"},      {"search", "sweep"},  {"tune", "sweep"},
        {"check", "verify"},      {"validate", "verify"}, {"estimate", "plan"}, {"show", "info"},
        {"inspect", "info"},      {"describe", "info"}};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (!strcasecmp(word, NAMES[i][0]))
            return NAMES[i][1];
    return NULL;
}

static int complain_command(const char *word)
{
    const char *known[sizeof COMMANDS / sizeof *COMMANDS + 1] = {NULL};
    size_t count = 0;
    for (; COMMANDS[count]; count++)
        known[count] = COMMANDS[count]->name;
    known[count++] = "help";
    if (*word == '-')
        return complain_usage(NULL, "cludi has no option %s; the options of a command come after its name.", word);
    const char *near = near_word_find(word, known, count);
    const char *meant = near ? NULL : find_meant(word);
    near = near ? near : meant;
    return near ? complain_usage(NULL, "cludi has no command %s; did you mean %s?", word, near)
                : complain_usage(NULL, "cludi has no command %s.", word);
}

static int print_version(void)
{
    printf("cludi %s\n", cludi_version());
    return EXIT_DONE;
}

static const cli_command *find_command(const char *word)
{
    for (const cli_command *const *command = COMMANDS; *command; command++)
        if (!strcmp(word, (*command)->name))
            return *command;
    return NULL;
}

/* "cludi help", "cludi help fit" */
static int run_help(int argc, const char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "help"))
        argc = 1;
    const cli_command *command = argc > 1 ? find_command(argv[1]) : NULL;
    if (argc > 2)
        return complain_usage(NULL, "help takes one command; '%s' is one word too many.", argv[2]);
    if (argc > 1 && !command)
        return complain_command(argv[1]);
    if (command)
        help_print_command(command);
    else
        help_print_program(COMMANDS);
    return EXIT_DONE;
}

/* For the build, which installs what they print; not in the help. */
static int run_print(int argc, const char **argv)
{
    if (!strcmp(argv[0], "--print-manual") && argc == 1)
        return manual_print(COMMANDS);
    if (!strcmp(argv[0], "--print-completion") && argc == 2 && completion_print(argv[1], COMMANDS))
        return EXIT_DONE;
    return complain_usage(NULL, "--print-completion takes bash or zsh, --print-manual the text to fill in on stdin.");
}

static bool is_one_of(const char *word, const char *const *words)
{
    while (*words && strcmp(word, *words) != 0)
        words++;
    return *words != NULL;
}

static int run_command(const cli_command *command, int argc, const char **argv)
{
    cli_options options;
    if (argc == 2 && !strcmp(argv[1], "help") && access("help", F_OK) != 0) {
        help_print_command(command);
        return EXIT_DONE;
    }
    int code = options_read(&options, command, argc, argv);
    if (code == EXIT_DONE && options_given(&options, "help"))
        help_print_command(command);
    else if (code == EXIT_DONE && options_given(&options, SHORT_HELP))
        help_print_short(command);
    else if (code == EXIT_DONE && options_given(&options, "version"))
        code = print_version();
    else if (code == EXIT_DONE)
        code = command->run(&options);
    options_clear(&options);
    return code;
}

static int run_program(int argc, const char **argv)
{
    static const char *const HELP[] = {"help", "--help", "-h", "-help", "-?", NULL};
    static const char *const PRINT[] = {"--print-completion", "--print-manual", NULL};
    static const char *const VERSION[] = {"version", "--version", "-V", "-version", NULL};
    const char *word = argc > 1 ? argv[1] : "";
    if (!*word) {
        return complain_usage(
            NULL, "cludi needs a command: embed, fit, plan, predict, eval, compare, sweep, verify or info.");
    }
    const cli_command *command = find_command(word);
    if (command)
        return run_command(command, argc - 1, argv + 1);
    if (is_one_of(word, HELP))
        return run_help(argc - 1, argv + 1);
    if (is_one_of(word, PRINT))
        return run_print(argc - 1, argv + 1);
    return is_one_of(word, VERSION) ? print_version() : complain_command(word);
}

/* Past a limit on file sizes (ulimit -f) a write is to fail like on a full disk, not to end the program. */
int main(int argc, char **argv)
{
    signal(SIGXFSZ, SIG_IGN);
    standard_streams_open();
    return standard_streams_close(run_program(argc, (const char **)argv));
}
