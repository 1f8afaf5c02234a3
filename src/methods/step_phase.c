#include "step_phase.h"

const char *step_phase_name(step_phase phase)
{
    static const char *const NAMES[STEP_PHASES] = {"setup",   "data", "noise",    "prepare", "teacher",
                                                   "student", "loss", "backward", "update",  "report"};
    return NAMES[phase];
}
