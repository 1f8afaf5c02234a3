/** @file out_claim.h
 *  The names that a command writes, claimed while it runs: its output and what it keeps beside it. Another command that would write
 *  one of them is refused.
 */
#ifndef CLUDI_CLI_OUT_CLAIM_H
#define CLUDI_CLI_OUT_CLAIM_H

#include <cludi/dataset.h>

enum { OUT_CLAIMS = 5 };

typedef struct out_claim {
    cludi_output_lock *locks[OUT_CLAIMS];
} out_claim;

/** Claims files; stdout and what is no file are passed over.
 *  @param claim   {0}; cleared with out_claim_clear(), also after an error
 *  @param context outlives the claim
 *  @param paths   (count) of which any may be NULL
 *  @param count   at most OUT_CLAIMS
 *  @return 0, or EXIT_FAILED after one sentence on stderr */
int out_claim_take(out_claim *claim, cludi_context *context, const char *const *paths, int count);

/** Lets go of all; nothing need be claimed. */
void out_claim_clear(out_claim *claim);

#endif
