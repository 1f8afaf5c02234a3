/** @file memory_limit.h
 *  How much memory rows may take when nobody said.
 */
#ifndef CLUDI_CLI_MEMORY_LIMIT_H
#define CLUDI_CLI_MEMORY_LIMIT_H

#include <stdint.h>

/** @return half of the memory of this machine or of this container (cgroup version 2), whichever is less, in bytes */
uint64_t memory_limit_default(void);

#endif
