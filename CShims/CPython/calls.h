/* Every entry into Python: acquires the lock, and is watched until it is left (watching.c), so that nothing that runs
 * inside of Python can hang unnoticed: imports, constructors, calls, values that are read, finalizers, exit handlers. */
#ifndef ASCENT_CPYTHON_CALLS_H
#define ASCENT_CPYTHON_CALLS_H

#include "mode.h"
#include <stdatomic.h>
#include <stdint.h>

/* The kinds of entries that are no call of an environment in an episode. */
typedef enum calls_phase {
  calls_phase_none = 0,
  calls_phase_starting = 1,  /* the interpreter starts: files of its packages run */
  calls_phase_loading = 2,   /* modules are imported, and asked */
  calls_phase_waiting = 3,   /* the lock is acquired for the calls of a rollout */
  calls_phase_making = 4,    /* the file is run and the constructor is called */
  calls_phase_checking = 5,  /* the checks inside of Python */
  calls_phase_closing = 6,   /* close() */
  calls_phase_finishing = 7, /* the interpreter ends: exit handlers, threads that are joined, finalizers */
  calls_phase_exiting = 8,   /* the process ends: exit handlers of libraries */
  calls_phase_count = 9,
} calls_phase;

/* The present entry of a thread, which another thread watches: 0 outside of Python, a phase, or the address of the
 * environment that is called. */
typedef struct calls_record {
  _Atomic uintptr_t place;
  _Atomic uint64_t changes; /* rises with each entry and each return */
} calls_record;

/* The record of this thread; all threads that are not watched share one that nobody reads. */
extern calls_record calls_nobody __attribute__((visibility("hidden")));
extern _Thread_local calls_record *calls_own __attribute__((visibility("hidden")));

/* Shows that the thread is alive. */
static inline void calls_go_on(calls_record *own) {
  uint64_t changes = atomic_load_explicit(&own->changes, memory_order_relaxed);
  atomic_store_explicit(&own->changes, changes + 1, memory_order_relaxed);
}

/* Begins an entry; returns the one inside of which it is, which calls_end restores. */
static inline uintptr_t calls_begin(uintptr_t place) {
  calls_record *own = calls_own;
  uintptr_t before = atomic_load_explicit(&own->place, memory_order_relaxed);
  atomic_store_explicit(&own->place, place, memory_order_relaxed);
  calls_go_on(own);
  return before;
}

static inline void calls_end(uintptr_t before) {
  calls_record *own = calls_own;
  atomic_store_explicit(&own->place, before, memory_order_relaxed);
  calls_go_on(own);
}

/* An entry with the lock, and with the floating-point mode that it had: whatever runs inside, it is left with that. */
typedef struct calls_entry {
  uintptr_t before;
  int lock;
  mode mode;
} calls_entry;

/* Returns to the mode of the caller after code ran that may have changed it; environments are made in what it left. */
void calls_keep_mode(mode ours);

/* Enters Python in a phase, or for the call of an environment (its address), and leaves it. */
calls_entry calls_enter_at(uintptr_t place);
calls_entry calls_enter(calls_phase phase);
void calls_leave(calls_entry entry);

/* The signal on which Python writes the stack of the thread that receives it. */
int calls_stack_signal(void);

/* The time of a clock that stands while the machine sleeps, in nanoseconds. */
int64_t calls_now(void);

#endif
