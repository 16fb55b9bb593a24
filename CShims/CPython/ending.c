/* The end of the interpreter, in the process of the run and in those that an environment forks. */
#define _GNU_SOURCE 1 /* dprintf */
#include "internal.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The thread that started the interpreter, and its state in Python: only they can end it. */
static pthread_t starter;
static PyThreadState *starter_state;
static pid_t starter_process;

/* True from the start, or the adoption, of an interpreter until its end. */
static int is_running;

int ending_is_forked;

static void note_fork(void) { ending_is_forked = 1; }

void ending_prepare(PyThreadState *state) {
  starter = pthread_self();
  starter_state = state;
  ending_adopt();
}

void ending_adopt(void) {
  starter_process = getpid();
  is_running = 1;
  pthread_atfork(NULL, NULL, note_fork);
}

/* An adopted interpreter is ended by the program that started it. */
int ending_is_over(void) { return !is_running || !Py_IsInitialized(); }

static void finish(void) {
  if (!starter_state || !pthread_equal(starter, pthread_self())) return;
  PyThreadState *state = starter_state;
  starter_state = NULL;
  is_running = 0;
  uintptr_t before = calls_begin(calls_phase_finishing);
  PyEval_RestoreThread(state);
  Py_FinalizeEx();
  calls_end(before);
}

void cpython_exit(int exit_code) {
  watching_end_with(exit_code);
  finish();
  calls_begin(calls_phase_exiting);
  exit(exit_code);
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
