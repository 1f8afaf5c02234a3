/** @file stop_signal.h
 *  Ctrl-C (SIGINT), SIGTERM and SIGHUP: the first asks the running command to stop, the second ends the program at once.
 */
#ifndef CLUDI_CLI_STOP_SIGNAL_H
#define CLUDI_CLI_STOP_SIGNAL_H

/** Starts to catch both; one that the parent process chose to ignore (as nohup and background jobs do) stays ignored. */
void stop_signal_catch(void);

/** @return 0 while none has come, else the exit code that goes with it: 129 (SIGHUP), 130 (SIGINT) or 143 (SIGTERM) */
int stop_signal_exit_code(void);

/** The library's stop callback.
 *  @param user not used. @return 1 once a signal has come, else 0 */
int stop_signal_came(void *user);

#endif
