/* CMPI: the processes that mpirun or srun started (ranks), and what they gather from each other.
 *
 * MPI is a state of the whole process: there is at most one beginning and one end of it. All functions belong to the one
 * thread that called cmpi_begin. Only cmpi_begin, cmpi_gather_counts, cmpi_gather, cmpi_trade and cmpi_end must be called by
 * all ranks; the three in the middle return at once, and cmpi_is_done says when the numbers are there. Python is not involved. */
#ifndef CMPI_H
#define CMPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

_Pragma("clang assume_nonnull begin")

/* The status of a call. */
typedef enum __attribute__((enum_extensibility(closed))) cmpi_status : int32_t {
  cmpi_status_ok = 0,
  cmpi_status_waiting = 1, /* not all have sent their numbers yet */
  cmpi_status_failed = 2,  /* MPI reports an error, see cmpi_error */
  cmpi_status_large = 3,   /* more numbers than MPI counts */
} cmpi_status;

/* Begins MPI in this process. False if it refuses. */
bool cmpi_begin(void);

/* True between cmpi_begin and cmpi_end. */
bool cmpi_is_begun(void);

int32_t cmpi_rank(void);
int32_t cmpi_count(void);
/* The number of ranks on this machine. */
int32_t cmpi_local_count(void);

/* The name and version of the library, in one line. */
const char *cmpi_library(void);

/* The last error, as the library describes it. */
const char *cmpi_error(void);

/* Begins to gather `count` integers from each rank into `all` [rank × count], in the order of the ranks. Both arrays must
 * stay where they are until cmpi_is_done returns something else than `waiting`. */
cmpi_status cmpi_gather_counts(const int64_t *own, int32_t count, int64_t *all);

/* Begins to gather counts[r] words of 8 bytes from each rank r, in the order of the ranks; `own` has as many as this
 * rank's count. */
cmpi_status cmpi_gather(const uint64_t *_Nullable own, const int64_t *counts, uint64_t *_Nullable all);

/* Begins to give each rank r own_counts[r] words of its own, which are in `own` in the order of the ranks, and to receive
 * counts[r] words from each; what one gives must be what the other expects. `own` and `all` must stay where they are until
 * cmpi_is_done returns something else than `waiting`. */
cmpi_status cmpi_trade(const uint64_t *_Nullable own, const int64_t *own_counts, uint64_t *_Nullable all,
                       const int64_t *counts);

/* `waiting` until what was begun is complete. */
cmpi_status cmpi_is_done(void);

/* Sends a heartbeat to a rank. */
void cmpi_send_beat(int32_t rank);

/* The rank of a heartbeat that has arrived and was not returned yet; −1 if there is none. */
int32_t cmpi_next_beat(void);

/* Ends MPI; the process may not begin it again. May wait for the other ranks to do the same. */
void cmpi_end(void);

/* Ends all ranks with this exit code. */
void cmpi_abort(int32_t code);

_Pragma("clang assume_nonnull end")

#endif
