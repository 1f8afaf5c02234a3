#define _XOPEN_SOURCE 700 /* sigaltstack() */
#include "complain.h"

#include <signal.h>
#include <stddef.h>

static const int SIGNALS[] = {SIGINT, SIGTERM, SIGHUP};
static volatile sig_atomic_t caught;

/* oneDNN's generated code keeps numbers below the stack pointer, where a handler on the same stack overwrites them. */
enum { HANDLER_STACK = 1 << 16 };
static char handler_stack[HANDLER_STACK];

/* The other signals lose their handlers too, so that Ctrl-C and then kill ends the program as well. */
static void remember(int number)
{
    caught = number;
    for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++)
        signal(SIGNALS[i], SIG_DFL);
}

void stop_signal_catch(void)
{
    static bool is_caught;
    if (is_caught)
        return;
    is_caught = true;
    const stack_t apart = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
    int flags = (int)SA_RESETHAND | SA_RESTART | (sigaltstack(&apart, NULL) == 0 ? SA_ONSTACK : 0);
    for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++) {
        struct sigaction before;
        struct sigaction action = {.sa_handler = remember, .sa_flags = flags};
        sigemptyset(&action.sa_mask);
        if (sigaction(SIGNALS[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(SIGNALS[i], &action, NULL);
    }
}

int stop_signal_exit_code(void)
{
    return caught ? 128 + caught : 0;
}

bool stop_signal_came(void)
{
    return caught != 0;
}
