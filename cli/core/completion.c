#include "help.h"

#include <stdio.h>
#include <string.h>

/* What the value of an option is, as far as the table says it. */
typedef enum value_kind { VALUE_NONE, VALUE_FREE, VALUE_PARAMETER, VALUE_FOLDER, VALUE_FILE } value_kind;

/* What the tables call a value that is a file. */
static const char *const FILES[] = {"MODEL", "LABELS", "FEATURES.npy", "Z.npy", "P", "Y"};

static bool is_file(const char *value)
{
    size_t i = 0;
    while (i < sizeof FILES / sizeof *FILES && strcmp(value, FILES[i]) != 0)
        i++;
    return i < sizeof FILES / sizeof *FILES;
}

static value_kind find_kind(const help_option *option)
{
    if (!*option->value)
        return VALUE_NONE;
    if (!strncmp(option->value, "NAME=", strlen("NAME=")))
        return VALUE_PARAMETER;
    if (!strcmp(option->value, "DIR"))
        return VALUE_FOLDER;
    return !option->is_parameter && is_file(option->value) ? VALUE_FILE : VALUE_FREE;
}

/* The choices of a value: its own, or of a list such as --methods those of the parameter it lists. NULL: none. */
static const char *find_choices(const cli_command *command, const help_option *option, help_option *other)
{
    if (strchr(option->value, '|'))
        return option->value;
    for (size_t i = 0; !strcmp(option->value, "A,B,...") && help_option_get(command, i, other); i++) {
        size_t length = strlen(other->name);
        if (other->is_parameter && !strncmp(option->name, other->name, length) && !strcmp(option->name + length, "s"))
            return other->value;
    }
    return NULL;
}

/* "auto|ref" as "auto ref". */
static void print_choices(const char *value)
{
    for (; *value; value++)
        putchar(*value == '|' ? ' ' : *value);
}

static void print_parameters(const cli_command *command)
{
    help_option option;
    const char *blank = "";
    for (size_t i = 0; help_option_get(command, i, &option); i++) {
        if (option.is_parameter) {
            printf("%s%s=", blank, option.name);
            blank = " ";
        }
    }
}

static void print_names(const cli_command *const *commands)
{
    for (const cli_command *const *command = commands; *command; command++)
        printf("%s ", (*command)->name);
}

/* ---- bash ---- */

static void print_bash_value(const cli_command *command, const help_option *option)
{
    static const char *const KINDS[] = {[VALUE_FREE] = "free", [VALUE_FOLDER] = "folder", [VALUE_FILE] = "file"};
    help_option other;
    const char *choices = find_choices(command, option, &other);
    value_kind kind = find_kind(option);
    if (kind == VALUE_NONE)
        return;
    printf("        ");
    if (option->letter)
        printf("-%c|", option->letter);
    printf("--%s) ", option->name);
    if (choices) {
        fputs("kind=words words=\"", stdout);
        print_choices(choices);
        fputs("\"", stdout);
    } else if (kind == VALUE_PARAMETER) {
        fputs("kind=names words=\"", stdout);
        print_parameters(command);
        fputs("\"", stdout);
    } else {
        printf("kind=%s", KINDS[kind]);
    }
    fputs(" ;;\n", stdout);
}

static void print_bash_command(const cli_command *command)
{
    help_option option;
    printf("    %s)\n        options=\"", command->name);
    for (size_t i = 0; help_option_get(command, i, &option); i++) {
        char letter[] = "-x ";
        letter[1] = option.letter;
        printf("%s%s--%s", i ? " " : "", option.letter ? letter : "", option.name);
    }
    fputs("\"\n        case $before in\n", stdout);
    for (size_t i = 0; help_option_get(command, i, &option); i++)
        print_bash_value(command, &option);
    fputs("        esac\n        ;;\n", stdout);
}

/* bash cuts words at "=", which stands between an option and its value. */
static void print_bash(const cli_command *const *commands)
{
    fputs("# bash completion for cludi; made by 'cludi --print-completion bash'.\n"
          "_cludi() {\n"
          "    local current=${COMP_WORDS[COMP_CWORD]} before=\"\" options=\"\" kind=\"\" words=\"\"\n"
          "    COMPREPLY=()\n"
          "    [ \"$COMP_CWORD\" -gt 0 ] && before=${COMP_WORDS[COMP_CWORD-1]}\n"
          "    if [ \"$current\" = = ]; then\n"
          "        current=\"\"\n"
          "    elif [ \"$before\" = = ] && [ \"$COMP_CWORD\" -gt 1 ]; then\n"
          "        before=${COMP_WORDS[COMP_CWORD-2]}\n"
          "    fi\n"
          "    if [ \"$COMP_CWORD\" -le 1 ]; then\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"",
          stdout);
    print_names(commands);
    fputs("help version --help --version\" -- \"$current\")\n"
          "        return\n"
          "    fi\n"
          "    case ${COMP_WORDS[1]} in\n"
          "    help)\n"
          "        kind=words words=\"",
          stdout);
    print_names(commands);
    fputs("\"\n        ;;\n", stdout);
    for (; *commands; commands++)
        print_bash_command(*commands);
    fputs("    *) return ;;\n"
          "    esac\n"
          "    if [ -z \"$kind\" ] && [[ $current == -* ]]; then kind=words words=$options; fi\n"
          "    case $kind in\n"
          "    free) ;;\n"
          "    words) mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\") ;;\n"
          "    names)\n"
          "        compopt -o nospace 2>/dev/null\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
          "        ;;\n"
          "    folder)\n"
          "        compopt -o filenames 2>/dev/null\n"
          "        mapfile -t COMPREPLY < <(compgen -d -- \"$current\")\n"
          "        ;;\n"
          "    *)\n"
          "        compopt -o filenames 2>/dev/null\n"
          "        mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
          "        ;;\n"
          "    esac\n"
          "}\n"
          "complete -F _cludi cludi\n",
          stdout);
}

/* ---- zsh ---- */

/* Within single quotes, in the brackets of an option or behind the colon of a command. */
static void print_zsh_text(const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\'", stdout);
        else if (strchr("[]:\\", *text))
            putchar('\\');
        putchar(*text);
    }
}

static void print_zsh_value(const cli_command *command, const help_option *option)
{
    help_option other;
    const char *choices = find_choices(command, option, &other);
    value_kind kind = find_kind(option);
    if (kind == VALUE_NONE)
        return;
    fputs(":", stdout);
    print_zsh_text(option->value);
    fputs(":", stdout);
    if (choices) {
        fputs("(", stdout);
        print_choices(choices);
        fputs(")", stdout);
    } else if (kind == VALUE_PARAMETER) {
        fputs("{compadd -S \"\" -- ", stdout);
        print_parameters(command);
        fputs("}", stdout);
    } else if (kind != VALUE_FREE) {
        fputs(kind == VALUE_FOLDER ? "_files -/" : "_files", stdout);
    }
}

static void print_zsh_option(const cli_command *command, const help_option *option)
{
    const char *equals = *option->value ? "=" : "";
    fputs("        ", stdout);
    if (option->letter) {
        const char *plus = *option->value ? "+" : "";
        printf("'(-%c --%s)'{-%c%s,--%s%s}'", option->letter, option->name, option->letter, plus, option->name, equals);
    } else {
        printf("'--%s%s", option->name, equals);
    }
    fputs("[", stdout);
    print_zsh_text(option->text);
    fputs("]", stdout);
    print_zsh_value(command, option);
    fputs("' \\\n", stdout);
}

static void print_zsh_command(const cli_command *command)
{
    help_option option;
    printf("    %s)\n      _arguments -s \\\n", command->name);
    for (size_t i = 0; help_option_get(command, i, &option); i++)
        print_zsh_option(command, &option);
    fputs("        '*:file:_files'\n      ;;\n", stdout);
}

static void print_zsh(const cli_command *const *commands)
{
    fputs("#compdef cludi\n"
          "# zsh completion for cludi; made by 'cludi --print-completion zsh'.\n"
          "_cludi() {\n"
          "  local -a commands\n"
          "  commands=(\n",
          stdout);
    for (const cli_command *const *command = commands; *command; command++) {
        printf("    '%s:", (*command)->name);
        print_zsh_text((*command)->summary);
        fputs("'\n", stdout);
    }
    fputs("    'help:show the help of the program or of a command'\n"
          "    'version:show the version'\n"
          "  )\n"
          "  if (( CURRENT == 2 )); then\n"
          "    _describe command commands\n"
          "    [[ $words[2] == -* ]] && compadd -- --help --version\n"
          "    return\n"
          "  fi\n"
          "  local command=$words[2]\n"
          "  shift words\n"
          "  (( CURRENT-- ))\n"
          "  case $command in\n"
          "    help)\n"
          "      _describe command commands\n"
          "      ;;\n",
          stdout);
    for (; *commands; commands++)
        print_zsh_command(*commands);
    fputs("  esac\n"
          "}\n"
          "_cludi \"$@\"\n",
          stdout);
}

bool completion_print(const char *shell, const cli_command *const *commands)
{
    bool is_bash = !strcmp(shell, "bash");
    if (is_bash)
        print_bash(commands);
    else if (!strcmp(shell, "zsh"))
        print_zsh(commands);
    else
        return false;
    return true;
}
