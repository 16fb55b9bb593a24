/* Hosted calls: timed for profiles, and watched, so that a call that does not return is reported. */
#define _GNU_SOURCE 1 /* clock_gettime, nanosleep, dprintf */
#include "internal.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static int is_timed;
static int64_t sum;

/* Written by the calling thread, read by the watching thread. `called` is NULL in a phase. */
static _Atomic uint64_t begun, ended;
static _Atomic(const cpython_environment *) called;
static _Atomic calls_phase current_phase;

static int64_t now(void) {
  struct timespec time;
  return clock_gettime(CLOCK_MONOTONIC, &time) == 0 ? (int64_t)time.tv_sec * 1000000000 + time.tv_nsec : 0;
}

/* The mode in which environments are made: what the last one that was made left, since what it loaded stays loaded. */
static mode made_mode = MODE_USUAL;

/* The call in which a thread is: the run's mode, and whose call it is. Calls within it change nothing. */
static _Thread_local struct {
  int depth;
  mode ours;
  cpython_environment *whose;
} call;

static void mode_enter(const cpython_environment *e) {
  if (call.depth++ > 0) return;
  call.ours = mode_read();
  call.whose = (cpython_environment *)e; /* only its mode is written */
  mode theirs = e ? e->mode : made_mode;
  if (!mode_equal(theirs, call.ours)) mode_write(theirs);
}

static void mode_leave(void) {
  if (--call.depth > 0) return;
  mode theirs = mode_read();
  if (call.whose) {
    call.whose->mode = theirs;
  } else {
    made_mode = theirs;
  }
  if (!mode_equal(theirs, call.ours)) mode_write(call.ours);
}

void calls_adopt_mode(cpython_environment *e) { e->mode = made_mode; }

int64_t calls_begin(const cpython_environment *e) {
  mode_enter(e);
  atomic_store_explicit(&called, e, memory_order_relaxed);
  atomic_store_explicit(&begun, atomic_load_explicit(&begun, memory_order_relaxed) + 1, memory_order_relaxed);
  return is_timed ? now() : 0;
}

int64_t calls_begin_phase(calls_phase phase) {
  atomic_store(&current_phase, phase);
  return calls_begin(NULL);
}

void calls_end(int64_t began) {
  mode_leave();
  atomic_store_explicit(&ended, atomic_load_explicit(&begun, memory_order_relaxed), memory_order_relaxed);
  if (is_timed) sum += now() - began;
}

void cpython_time_calls(void) { is_timed = 1; }

double cpython_call_seconds(void) { return (double)sum * 1e-9; }

/* --- watching */

/* Written by the thread that asks for it, read by the watching thread. */
static struct {
  int is_on;
  _Atomic double seconds;
  _Atomic int exit_code;
  _Atomic pthread_t caller;
  _Atomic int signal; /* the signal on which Python shows the caller's stack */
} watched;

static void pause_for(int64_t nanoseconds) {
  struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  nanosleep(&time, NULL);
}

static void write_sentence(const cpython_environment *e) {
  double seconds = watched.seconds;
  if (e) {
    dprintf(STDERR_FILENO,
            "ascent: the environment has not returned for %g seconds (lane %lld, episode %lld, step %lld): "
            "it hangs, or a step takes longer than --patience allows; Python's stack:\n",
            seconds, (long long)e->location.lane, (long long)e->location.episode,
            (long long)e->location.step);
    return;
  }
  switch (atomic_load(&current_phase)) {
  case calls_phase_making:
    dprintf(STDERR_FILENO,
            "ascent: the environment has not been made for %g seconds: its constructor hangs, or takes "
            "longer than "
            "--patience allows; Python's stack:\n",
            seconds);
    return;
  case calls_phase_closing:
    dprintf(STDERR_FILENO,
            "ascent: the environment has not closed for %g seconds: its close() hangs, or takes longer than "
            "--patience allows; Python's stack:\n",
            seconds);
    return;
  case calls_phase_finishing:
    dprintf(STDERR_FILENO,
            "ascent: Python has not ended for %g seconds: an exit handler of the environment, or a thread or "
            "process "
            "that it waits for, hangs; all results are saved; Python's stack:\n",
            seconds);
    return;
  }
}

static void report(void) {
  write_sentence(atomic_load_explicit(&called, memory_order_relaxed));
  pthread_kill(watched.caller, watched.signal);
  pause_for(1000000000); /* a busy machine may deliver the signal late */
}

static void *watch(void *unused) {
  (void)unused;
  uint64_t last = 0;
  int64_t since = now();
  int64_t looked = since;
  for (;;) {
    pause_for(50000000);
    /* A process that was stopped (Ctrl-Z, a suspended machine) did not hang. */
    if (now() - looked > 1000000000) since = now();
    looked = now();
    uint64_t call = atomic_load_explicit(&begun, memory_order_relaxed);
    if (call != last || call == atomic_load_explicit(&ended, memory_order_relaxed)) {
      last = call;
      since = now();
    } else if ((double)(now() - since) * 1e-9 > watched.seconds) {
      report();
      if (watched.exit_code >= 0) _exit(watched.exit_code);
      since = now(); /* reported once; another process ends this one */
    }
  }
}

cpython_fault cpython_watch_calls(double seconds, int exit_code, cpython_failure *failure) {
  int state = cpython_attach();
  watched.seconds = seconds;
  watched.exit_code = exit_code;
  watched.caller = pthread_self();
  watched.signal = SIGRTMAX - 1;
  /* Blocked signals may be inherited from a thread of the parent process. */
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, watched.signal);
  /* What faulthandler restores when Python ends: the signal may come later. */
  if (!watched.is_on) signal(watched.signal, SIG_IGN);
  pthread_sigmask(SIG_UNBLOCK, &wanted, NULL);
  PyObject *done = PyObject_CallMethod(host_module(), "show_stack_at", "i", watched.signal);
  cpython_fault fault = done ? cpython_fault_none : failure_from_exception(failure);
  Py_XDECREF(done);
  cpython_detach(state);
  if (fault != cpython_fault_none || watched.is_on) return fault;
  pthread_t thread;
  if (pthread_create(&thread, NULL, watch, NULL) != 0) return failure_no_memory(failure);
  pthread_detach(thread);
  watched.is_on = 1;
  return cpython_fault_none;
}

/* --- processes */

PyObject *calls_end_with_parent(PyObject *host, PyObject *parent) {
  (void)host;
  long id = PyLong_AsLong(parent);
  if (id == -1 && PyErr_Occurred()) return NULL;
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != (pid_t)id) raise(SIGTERM);
  Py_RETURN_NONE;
}
