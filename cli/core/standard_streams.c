#include "outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "complain.h"

void standard_streams_open(void)
{
    for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++)
        if (fcntl(number, F_GETFD) == -1)
            (void)open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int standard_streams_close(int code)
{
    bool lost = ferror(stdout) != 0;
    errno = 0;
    if (fclose(stdout) != 0 || lost) {
        int reason = errno;
        complain("The results could not be written to standard output%s%s.", reason ? ": " : "",
                 reason ? strerror(reason) : "");
        return code == EXIT_DONE ? EXIT_FAILED : code;
    }
    return code;
}
