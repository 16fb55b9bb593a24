/* CWorkers: processes on one machine that compute one run together, and the data that they exchange.
 *
 * Each member has two boxes (buffers) in shared memory. It writes the data for the others into one, arrives, waits
 * until all have arrived, and reads the others' boxes. The two boxes alternate: writing for the next meeting does not
 * disturb members that still read the data of the last one, so one barrier per exchange suffices.
 *
 * For all functions: a team belongs to one thread. No function throws or blocks forever: a wait returns after the given
 * number of milliseconds at the latest. Sizes are in bytes. Python is not involved. A process that a member forks has
 * neither the memory of its teams nor their descriptors. */
#ifndef CWORKERS_H
#define CWORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

_Pragma("clang assume_nonnull begin")

typedef struct cworkers_team cworkers_team;

/* The maximum number of members of a team. */
#define CWORKERS_MOST 256

/* The status of a call. */
typedef enum __attribute__((enum_extensibility(closed))) cworkers_status : int32_t {
  cworkers_status_ok = 0,
  cworkers_status_waiting = 1, /* not all have arrived yet */
  cworkers_status_broken = 2,  /* a member has ended the team, see cworkers_reason */
  cworkers_status_gone = 3,    /* a process of the team has ended, see cworkers_missing */
  cworkers_status_failed = 4,  /* the system has no memory, no process or no descriptor left */
  cworkers_status_short = 5,   /* a box contains fewer bytes than requested */
} cworkers_status;

/* The number of processors that this process may use. */
int32_t cworkers_processors(void);

/* Makes a team, with the caller as its member 0. NULL when the system cannot provide it. */
cworkers_team *_Nullable cworkers_create(int32_t count);

/* Joins a team by the descriptor of its memory: the result of cworkers_descriptor in the process that made it, or the
 * same number in a process that cworkers_start started. NULL if the descriptor or the rank is not one of a team. */
cworkers_team *_Nullable cworkers_join(int32_t rank, int32_t descriptor);

/* The descriptor with which others join. */
int32_t cworkers_descriptor(const cworkers_team *team);
int32_t cworkers_rank(const cworkers_team *team);
int32_t cworkers_count(const cworkers_team *team);

/* Starts a member as a process of this executable. It inherits the team's descriptors; SIGINT (Ctrl-C), SIGTERM and
 * SIGHUP are blocked in it, since member 0 handles them. `arguments` ends with NULL. */
cworkers_status cworkers_start(cworkers_team *team, int32_t rank, const char *executable,
                               const char *_Nullable const *_Nonnull arguments);

/* In a started process: ends it when its parent ends, or at once if the parent has ended. Ctrl-C, SIGTERM and SIGHUP
 * have no effect in it, but they reach the processes that it starts. */
void cworkers_end_with_parent(const cworkers_team *team);

/* Appends bytes to this member's box. */
cworkers_status cworkers_write(cworkers_team *team, const void *_Nullable bytes, size_t size);

/* Closes the box: its contents are then available to the others. Call cworkers_wait next, until it is not `waiting`. */
void cworkers_arrive(cworkers_team *team);

/* Waits until all have arrived, at most for this time. */
cworkers_status cworkers_wait(cworkers_team *team, int32_t milliseconds);

/* Continues to read a member's box of the last meeting; passes over so many bytes if `bytes` is NULL. */
cworkers_status cworkers_read(cworkers_team *team, int32_t rank, void *_Nullable bytes, size_t size);

/* Counts a heartbeat of this member; cheap. */
void cworkers_beat(cworkers_team *team);

/* The number of heartbeats of a member. */
uint64_t cworkers_beats(const cworkers_team *team, int32_t rank);

/* The first member whose process has ended, or else the first that has not arrived; −1 if there is none. */
int32_t cworkers_missing(const cworkers_team *team);

/* The exit code of a member's process after `gone`, or minus the number of the signal that ended it. */
int32_t cworkers_ending(const cworkers_team *team, int32_t rank);

/* Requests that all members stop; each of them checks cworkers_is_interrupted. */
void cworkers_interrupt(cworkers_team *team);
bool cworkers_is_interrupted(const cworkers_team *team);

/* The size of the longest note, with its end. */
#define CWORKERS_LONGEST_NOTE 1024

/* Leaves a line for member 0; lost if it is longer than that, or if many were left. */
void cworkers_note(cworkers_team *team, const char *line);

/* In member 0: copies the next line that a member left, which every member but one that leaves lines at this moment has
 * completed. False if there is none. */
bool cworkers_next_note(cworkers_team *team, char *out, size_t size);

/* Ends the team, and requests that all members stop. Only the first call counts: its member, code and text (cut at
 * 16 KiB) are recorded. */
void cworkers_break(cworkers_team *team, int32_t code, const char *text);

/* The member that ended the team, or −1; its code and its text. */
int32_t cworkers_breaker(const cworkers_team *team);
int32_t cworkers_code(const cworkers_team *team);
const char *cworkers_reason(const cworkers_team *team);

/* Starts a process of this executable outside of the team, in the same process group; returns its id, or −1. SIGINT,
 * SIGTERM and SIGHUP are blocked in it until it has handlers. `arguments` ends with NULL. */
int32_t cworkers_spawn(const char *executable, const char *_Nullable const *_Nonnull arguments);

/* The same, with nothing to read, and with output and errors appended to two files. */
int32_t cworkers_spawn_apart(const char *executable, const char *_Nullable const *_Nonnull arguments,
                             const char *output, const char *errors);

/* Waits for a process that was spawned, at most for this time: `waiting`, or `gone` with its exit code or minus the
 * number of the signal that ended it. */
cworkers_status cworkers_await(int32_t process, int32_t milliseconds, int32_t *ending);

/* Sends SIGINT to a process, as Ctrl-C does. */
void cworkers_ask_to_stop(int32_t process);

/* Ends this process when its parent ends, or at once if `parent` is no longer its parent. */
void cworkers_end_with(int32_t parent);

/* Locks `count` bytes of an open file from `first` on for this process, without waiting: 0, EAGAIN if another process
 * has locked one of them, or another errno if the file system has no such locks. The lock (a POSIX record lock) ends
 * with the process; a forked child does not have it. It also ends when this process closes any descriptor of the file. */
int32_t cworkers_lock(int32_t descriptor, int64_t first, int64_t count);

/* The id of another process that has locked one of these bytes, −1 if its id is not known here (it is on another machine
 * or in another container), or 0 if there is none. */
int32_t cworkers_lock_holder(int32_t descriptor, int64_t first, int64_t count);

/* Opens what the parent closed of the descriptors 0, 1 and 2, before another file gets its number: nothing can be read
 * from 0, writes to 1 fail, and writes to 2 vanish. */
void cworkers_open_streams(void);

/* Moves results to a descriptor of their own, which no started or forked process has; 1 is then another name of standard
 * error. False if the system has no descriptor left. */
bool cworkers_keep_results(void);

/* The descriptor of results: 1, its successor after cworkers_keep_results, or −1 in a forked process. */
int32_t cworkers_results(void);

/* True if standard error goes to a pipe that its reader has closed. */
bool cworkers_is_unread(void);

/* Waits until a descriptor that does not block can be written. */
void cworkers_await_room(int32_t descriptor);

/* The resident memory of this process in bytes, or −1. */
int64_t cworkers_resident_bytes(void);

/* The time at which a file or a folder was made; false if it does not exist, or its file system does not record it. */
bool cworkers_birth(const char *path, int64_t *seconds, uint32_t *nanoseconds);

/* In a started process: shows that it takes part in no further meeting, but has still to close its environments. */
void cworkers_begin_leaving(cworkers_team *team);

/* Leaves the team and frees the member's memory. Member 0 first gives the started processes this number of milliseconds
 * to begin to leave, and those that have begun the second number to end; it kills those that do not. */
void cworkers_leave(cworkers_team *team, int32_t milliseconds, int32_t milliseconds_to_end);

_Pragma("clang assume_nonnull end")

#endif
