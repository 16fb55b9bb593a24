/* The end of the interpreter, in the process of the run and in those that an environment forks. */
#define _GNU_SOURCE 1 /* dprintf */
#include "internal.h"
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

/* The thread that started the interpreter, and its state in Python: only they can end it. */
static pthread_t starter;
static PyThreadState *starter_state;
static pid_t starter_process;

int ending_is_forked;

static void note_fork(void) { ending_is_forked = 1; }

void ending_prepare(PyThreadState *state) {
  starter = pthread_self();
  starter_state = state;
  starter_process = getpid();
  pthread_atfork(NULL, NULL, note_fork);
}

int ending_is_over(void) { return !starter_state; }

void cpython_finish(double seconds, int exit_code) {
  if (!starter_state || !pthread_equal(starter, pthread_self())) return;
  cpython_failure failure = {0};
  cpython_watch_calls(seconds, exit_code, &failure);
  cpython_failure_clear(&failure); /* without memory for a thread, it ends unwatched */
  PyThreadState *state = starter_state;
  starter_state = NULL;
  PyEval_RestoreThread(state);
  calls_begin_phase(calls_phase_finishing);
  Py_FinalizeEx();
  calls_end(0);
}

/* Under python, an exception that nothing catches ends a forked process, too: it must not go on with the run. */
void ending_of_fork(void) {
  if (!starter_process || getpid() == starter_process) return;
  PyErr_Print(); /* ends the process on SystemExit */
  Py_FinalizeEx();
  _exit(1);
}

/* Without exit handlers or buffers, of which the process of the run has the originals. */
void ending_of_stray(void) {
  dprintf(
      STDERR_FILENO,
      "ascent: a process that the environment forked returned from the environment instead of ending, and is "
      "ended here: end it with os._exit()\n");
  _exit(1);
}
