/* The thread that watches another one inside of Python: an entry that is not left is reported, and ends the process. */
#define _GNU_SOURCE 1 /* nanosleep, dprintf */
#include "internal.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Written by the thread that is watched, read by the one that watches. */
static struct {
  int is_on;
  _Atomic double seconds;
  _Atomic int exit_code;
  _Atomic pthread_t caller;
  _Atomic(calls_record *) record;
  _Atomic int is_reported;
} watched;

int calls_stack_signal(void) { return SIGRTMAX - 1; }

/* What has not happened in a phase, and why. */
static const struct {
  const char *what, *why;
} sentences[calls_phase_count] = {
    [calls_phase_starting] = {"Python has not started", "a file that it runs at its start (a .pth file, "
                                                        "sitecustomize) hangs, or takes longer than "
                                                        "--patience allows"},
    [calls_phase_loading] = {"Python has not answered",
                             "a module that is imported hangs, or takes longer than --patience allows"},
    [calls_phase_waiting] = {"Python's lock has not been free", "a thread of the environment holds it"},
    [calls_phase_making] = {"the environment has not been made",
                            "its module, its constructor, a wrapper or a space hangs, or takes longer than "
                            "--patience allows"},
    [calls_phase_checking] = {"the checks in Python have not gone on",
                              "the environment hangs, or a step takes longer than --patience allows"},
    [calls_phase_closing] = {"the environment has not closed",
                             "its close() or a finalizer hangs, or takes longer than --patience allows"},
    [calls_phase_finishing] = {"Python has not ended",
                               "an exit handler of the environment, or a thread or process that it waits "
                               "for, hangs; all results are saved"},
    [calls_phase_exiting] = {"the process has not ended",
                             "an exit handler of a library hangs; all results are saved"},
};

static void write_sentence(uintptr_t place) {
  double seconds = watched.seconds;
  if (place < calls_phase_count) {
    const int has_stack = place != calls_phase_starting && place != calls_phase_exiting;
    dprintf(STDERR_FILENO, "ascent: %s for %g seconds: %s%s\n", sentences[place].what, seconds,
            sentences[place].why, has_stack ? "; Python's stack:" : "");
    return;
  }
  const cpython_environment *e = (const cpython_environment *)place;
  dprintf(STDERR_FILENO,
          "ascent: the environment has not returned for %g seconds (lane %lld, episode %lld, step %lld): "
          "it hangs, or a step takes longer than --patience allows; Python's stack:\n",
          seconds, (long long)e->location.lane, (long long)e->location.episode, (long long)e->location.step);
}

static void pause_for(int64_t nanoseconds) {
  struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  nanosleep(&time, NULL);
}

/* Called in the thread that hangs, after Python wrote its stack: it does not go on, even if the signal woke it up. */
static void end_process(int number) {
  (void)number;
  if (watched.is_reported) _exit(watched.exit_code);
}

/* faulthandler calls the handler that it finds, and leaves it when Python ends. */
void watching_take_signal(void) { signal(calls_stack_signal(), end_process); }

static void report(uintptr_t place) {
  write_sentence(place);
  watched.is_reported = 1;
  pthread_kill(watched.caller, calls_stack_signal());
  pause_for(1000000000); /* a busy machine may deliver the signal late */
}

static void *watch(void *unused) {
  (void)unused;
  const int64_t glance = 50000000, most = 1000000000;
  uint64_t last = 0;
  int64_t silent = 0, looked = calls_now();
  for (;;) {
    pause_for(glance);
    /* The time in which this process was stopped (Ctrl-Z) does not count; the clock stands while a machine sleeps. */
    int64_t now = calls_now(), passed = now - looked < most ? now - looked : most;
    looked = now;
    calls_record *record = watched.record;
    uint64_t changes = atomic_load(&record->changes);
    uintptr_t place = atomic_load(&record->place);
    if (changes != last || place == calls_phase_none) {
      last = changes;
      silent = 0;
      continue;
    }
    silent += passed;
    if ((double)silent * 1e-9 <= watched.seconds) continue;
    report(place);
    _exit(watched.exit_code);
  }
}

/* Gives this thread a record of its own, which lives as long as the process. */
static int is_record_made(void) {
  if (calls_own != &calls_nobody) return 1;
  calls_record *made = calloc(1, sizeof *made);
  if (made) calls_own = made;
  return made != NULL;
}

cpython_fault cpython_watch_calls(double seconds, int exit_code, cpython_failure *failure) {
  if (!is_record_made()) return failure_no_memory(failure);
  watched.seconds = seconds;
  watched.exit_code = exit_code;
  watched.caller = pthread_self();
  watched.record = calls_own;
  /* Blocked signals may be inherited from a thread of the parent process. */
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, calls_stack_signal());
  pthread_sigmask(SIG_UNBLOCK, &wanted, NULL);
  if (!Py_IsInitialized()) watching_take_signal();
  if (watched.is_on) return cpython_fault_none;
  /* Signals of the process go to its other threads, which block them where that matters. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int error = pthread_create(&thread, NULL, watch, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (error != 0) return failure_no_memory(failure);
  pthread_detach(thread);
  watched.is_on = 1;
  return cpython_fault_none;
}

void watching_end_with(int exit_code) { watched.exit_code = exit_code; }
