/* CWorkers: processes of one machine that make one run together, and what they hand to each other.
 *
 * Every member has a box in shared memory. It writes what the others shall have, arrives, waits until all have
 * arrived, and reads the others' boxes. Each member has two boxes, used by turns: who writes for the next
 * meeting does not disturb those who still read what was handed over at the last.
 *
 * For all functions: a team belongs to one thread; nothing is thrown and nothing blocks for ever: whoever waits
 * comes back after the milliseconds that were asked for. Sizes are bytes. No Python is involved. */
#ifndef CWORKERS_H
#define CWORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

_Pragma("clang assume_nonnull begin")

typedef struct cworkers_team cworkers_team;

/* The most members of a team. */
#define CWORKERS_MOST 256

/* How a call ended. */
typedef enum __attribute__((enum_extensibility(closed))) cworkers_status : int32_t {
  cworkers_status_ok = 0,
  cworkers_status_waiting = 1, /* not all have arrived yet */
  cworkers_status_broken = 2,  /* a member has ended the team, see cworkers_reason */
  cworkers_status_gone = 3,    /* a process of the team is no more, see cworkers_missing */
  cworkers_status_failed = 4,  /* the system has no memory, no process or no descriptor left */
  cworkers_status_short = 5,   /* a box has less in it than was asked for */
} cworkers_status;

/* The processors that this process may use. */
int32_t cworkers_processors(void);

/* Makes a team; the caller is its member 0. NULL when the system refuses. */
cworkers_team *_Nullable cworkers_create(int32_t count);

/* Becomes a member of a team by the descriptor of its memory: cworkers_descriptor's in the process that made it,
 * or the same number in a process that cworkers_start began. NULL when it is none. */
cworkers_team *_Nullable cworkers_join(int32_t rank, int32_t descriptor);

/* The descriptor by which others join. */
int32_t cworkers_descriptor(const cworkers_team *team);
int32_t cworkers_rank(const cworkers_team *team);
int32_t cworkers_count(const cworkers_team *team);

/* Starts a member as a process of this executable, which inherits the team's descriptors and does not see Ctrl-C
 * or SIGTERM: member 0 does. `arguments` ends with NULL. */
cworkers_status cworkers_start(cworkers_team *team, int32_t rank, const char *executable,
                               const char *_Nullable const *_Nonnull arguments);

/* In a started process: ends it when its parent ends, or is gone already; Ctrl-C and SIGTERM do nothing in it, and
 * reach the processes that it starts. */
void cworkers_follow_parent(const cworkers_team *team);

/* Adds bytes to this member's box. */
cworkers_status cworkers_write(cworkers_team *team, const void *_Nullable bytes, size_t size);

/* Closes the box: what was written is for the others. cworkers_wait must follow until it is not `waiting`. */
void cworkers_arrive(cworkers_team *team);

/* Waits, at most so long, until all have arrived. */
cworkers_status cworkers_wait(cworkers_team *team, int32_t milliseconds);

/* Reads on in a member's box of the last meeting. */
cworkers_status cworkers_read(cworkers_team *team, int32_t rank, void *_Nullable bytes, size_t size);

/* Says that this member is alive; cheap. */
void cworkers_beat(cworkers_team *team);

/* How often a member said so. */
uint64_t cworkers_beats(const cworkers_team *team, int32_t rank);

/* The first member that the team waits for, or whose process is no more; −1 when there is none. */
int32_t cworkers_missing(const cworkers_team *team);

/* How the process of a member ended, once `gone`: its exit code, or minus the number of the signal. */
int32_t cworkers_ending(const cworkers_team *team, int32_t rank);

/* Asks all members to stop at the next border. */
void cworkers_interrupt(cworkers_team *team);
bool cworkers_is_interrupted(const cworkers_team *team);

/* Ends the team: the first member that does so is remembered, with a code and a text (cut at 16 KiB). */
void cworkers_break(cworkers_team *team, int32_t code, const char *text);

/* Who ended the team, or −1; then why. */
int32_t cworkers_breaker(const cworkers_team *team);
int32_t cworkers_code(const cworkers_team *team);
const char *cworkers_reason(const cworkers_team *team);

/* Starts a process of this executable by itself, in a group of its own: its number, or −1. `arguments` ends with NULL. */
int32_t cworkers_spawn(const char *executable, const char *_Nullable const *_Nonnull arguments);

/* Waits, at most so long, for a process that was spawned: `waiting`, or `gone` with its exit code or minus the number of
 * the signal. */
cworkers_status cworkers_await(int32_t process, int32_t milliseconds, int32_t *ending);

/* What Ctrl-C does. */
void cworkers_ask_to_stop(int32_t process);

/* Ends this process when its parent ends, or is another one already. */
void cworkers_end_with(int32_t parent);

/* The resident bytes of this process, or −1. */
int64_t cworkers_resident_bytes(void);

/* Gives the member's memory back; member 0 first gives the started processes so many milliseconds to end, and
 * kills those that do not. */
void cworkers_leave(cworkers_team *team, int32_t milliseconds);

_Pragma("clang assume_nonnull end")

#endif
