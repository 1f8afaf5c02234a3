/* Wall-clock and processor time of the parts of a step, one after another: starting a part ends the one before. */
#ifndef BASE_PHASE_CLOCK_H
#define BASE_PHASE_CLOCK_H

enum { PHASE_CLOCK_MOST = 12 };

typedef struct phase_time {
    double wall, processor; /* seconds; processor: all threads together */
} phase_time;

/* Zero it before the first use. The functions do nothing without a clock. */
typedef struct phase_clock {
    phase_time total[PHASE_CLOCK_MOST];
    phase_time started; /* of the running part */
    int running;        /* its index + 1; 0: none */
} phase_clock;

/* Ends the running part and starts part `index`. */
void phase_clock_start(phase_clock *clock, int index);

/* Ends the running part. */
void phase_clock_stop(phase_clock *clock);

#endif
