/** @file memory_limit.h
 *  How much memory there is: for rows when nobody said, and now.
 */
#ifndef CLUDI_CLI_MEMORY_LIMIT_H
#define CLUDI_CLI_MEMORY_LIMIT_H

#include <stdint.h>

/** @return half of the memory of this machine or of this container (cgroup version 2), whichever is less, in bytes */
uint64_t memory_limit_default(void);

/** @return bytes that a new process could take now without swapping, of this machine or of this container (cgroup version
 *          2), whichever is less; UINT64_MAX when it cannot be found out */
uint64_t memory_limit_available(void);

#endif
