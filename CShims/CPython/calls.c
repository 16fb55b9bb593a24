/* Entries into Python, the time inside of hosted calls, and the processes that environments start. */
#define _GNU_SOURCE 1 /* clock_gettime */
#include "internal.h"
#include <signal.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

calls_record calls_nobody;
_Thread_local calls_record *calls_own = &calls_nobody;

calls_entry calls_enter_at(uintptr_t place) {
  calls_entry entry;
  entry.before = calls_begin(place);
  entry.lock = (int)PyGILState_Ensure();
  entry.mode = mode_read();
  return entry;
}

calls_entry calls_enter(calls_phase phase) { return calls_enter_at((uintptr_t)phase); }

void calls_leave(calls_entry entry) {
  ending_of_return();
  if (!mode_equal(mode_read(), entry.mode)) mode_write(entry.mode);
  PyGILState_Release((PyGILState_STATE)entry.lock);
  calls_end(entry.before);
}

int cpython_attach(void) {
  uintptr_t before = calls_begin(calls_phase_waiting);
  int lock = (int)PyGILState_Ensure();
  calls_end(before);
  return lock;
}

void cpython_detach(int lock) {
  ending_of_return();
  PyGILState_Release((PyGILState_STATE)lock);
}

/* --- time */

static int is_timed;
static int64_t sum;

int64_t calls_now(void) {
  struct timespec time;
  return clock_gettime(CLOCK_MONOTONIC, &time) == 0 ? (int64_t)time.tv_sec * 1000000000 + time.tv_nsec : 0;
}

void cpython_time_calls(void) { is_timed = 1; }

double cpython_call_seconds(void) { return (double)sum * 1e-9; }

/* --- an environment's own code

 * The run's mode is left in two ways: calls_run and calls_return exchange it with the environment's own around the code of
 * an environment, and calls_leave returns to it after other code of Python, such as a value's __float__. */

/* The mode in which environments are made and closed: what the last start of Python, making or closing left, since what
 * they loaded stays loaded. */
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

void calls_keep_mode(mode ours) {
  made_mode = mode_read();
  if (!mode_equal(made_mode, ours)) mode_write(ours);
}

void calls_adopt_mode(cpython_environment *e) { e->mode = made_mode; }

int64_t calls_run(const cpython_environment *e) {
  mode_enter(e);
  return is_timed ? calls_now() : 0;
}

void calls_return(int64_t began) {
  mode_leave();
  if (is_timed) sum += calls_now() - began;
}

/* --- long calls that Python code of ours makes of many short ones */

static volatile sig_atomic_t is_stop_requested;

void cpython_request_stop(void) { is_stop_requested = 1; }

PyObject *calls_python_go_on(PyObject *host, PyObject *unused) {
  (void)host, (void)unused;
  calls_go_on(calls_own);
  return PyBool_FromLong(!is_stop_requested);
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
