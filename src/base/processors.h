/* How many threads are worth starting where nobody said a number. */
#ifndef BASE_PROCESSORS_H
#define BASE_PROCESSORS_H

/* OMP_NUM_THREADS where it is a number, or a list of numbers (the first counts); else the least of the processors that this
   thread may run on and of the container's share of them. 1 or more. */
int processors_default(void);

/* The first number of OMP_NUM_THREADS; 0 where text is NULL or nothing OpenMP would take. */
int processors_asked(const char *text);

/* Processors that the calling thread may run on. */
int processors_allowed(void);

/* The least quota of this process's control groups (cpu.max of version 2, cpu.cfs_quota_us of version 1) and of those
   above them, rounded up; 0: none. root: "", or in tests a folder that has proc/ and what is mounted. */
int processors_quota(const char *root);

#endif
