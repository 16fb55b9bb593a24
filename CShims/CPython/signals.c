/* The signals of a process that hosts Python: Ctrl-C, SIGTERM and SIGHUP are the run's, whatever Python code installs. */
#define _GNU_SOURCE 1 /* sigaction */
#include "internal.h"
#include <signal.h>
#include <unistd.h>

/* Those that the run handles, with their handlers under python. */
static struct {
  int number;
  const char *handler;
  struct sigaction ours;
} signals[] = {{SIGINT, "default_int_handler", {0}}, {SIGTERM, "SIG_DFL", {0}}, {SIGHUP, "SIG_DFL", {0}}};

enum { SIGNAL_COUNT = sizeof signals / sizeof *signals };

static pid_t own;
static PyObject *set_handler; /* signal() of the module _signal */

/* The module _signal installs a handler of SIGINT when it is loaded. */
void signals_remember(void) {
  own = getpid();
  for (int k = 0; k < SIGNAL_COUNT; k++) sigaction(signals[k].number, NULL, &signals[k].ours);
}

/* signal.signal() for Python code: in this process the handler of one of our signals is only what getsignal() returns,
 * in forked processes it is in force. */
static PyObject *signal_of_python(PyObject *module, PyObject *arguments) {
  (void)module;
  PyObject *first = PyTuple_GET_SIZE(arguments) > 0 ? PyTuple_GET_ITEM(arguments, 0) : NULL;
  long number = first && PyLong_Check(first) ? PyLong_AsLong(first) : 0;
  PyErr_Clear();
  int is_ours = 0;
  for (int k = 0; k < SIGNAL_COUNT; k++) is_ours |= number == signals[k].number;
  if (!is_ours || getpid() != own) return PyObject_CallObject(set_handler, arguments);
  struct sigaction ours;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  int is_known = sigaction((int)number, NULL, &ours) == 0;
  PyObject *result = PyObject_CallObject(set_handler, arguments);
  if (is_known) sigaction((int)number, &ours, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return result;
}

static PyMethodDef method = {"signal", signal_of_python, METH_VARARGS,
                             "signal(number, handler): sets the handler that a signal has in Python."};

/* Makes signal.getsignal() return what it returns under python, while the run's own action stays in force. */
static int pretend_handler(PyObject *module, int number, const char *handler) {
  PyObject *function = PyObject_GetAttrString(module, handler);
  PyObject *arguments = function ? Py_BuildValue("(iO)", number, function) : NULL;
  PyObject *before = arguments ? signal_of_python(module, arguments) : NULL;
  int is_done = before != NULL;
  Py_XDECREF(before);
  Py_XDECREF(arguments);
  Py_XDECREF(function);
  return is_done;
}

/* Restores the default actions of fatal signals. A crash is nearly always an environment's: Python's stack shows where,
 * and no other handler adds pages of registers. Like python itself, ignores the signals for which the failure of a
 * write to a closed pipe, or beyond the limit of a file's size, is an exception instead. */
static void take_signals(void) {
  const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
  for (size_t k = 0; k < sizeof fatal / sizeof *fatal; k++) signal(fatal[k], SIG_DFL);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  watching_take_signal();
}

int signals_set_up(void) {
  take_signals();
  PyObject *module = PyImport_ImportModule("_signal");
  set_handler = module ? PyObject_GetAttrString(module, "signal") : NULL;
  int is_done = set_handler != NULL;
  for (int k = 0; is_done && k < SIGNAL_COUNT; k++) {
    sigaction(signals[k].number, &signals[k].ours, NULL);
    /* Python knows a signal that nohup or a shell ignores. */
    if (signals[k].ours.sa_handler != SIG_IGN)
      is_done = pretend_handler(module, signals[k].number, signals[k].handler);
  }
  PyObject *function = is_done ? PyCFunction_New(&method, NULL) : NULL;
  is_done = function && PyObject_SetAttrString(module, "signal", function) == 0;
  Py_XDECREF(function);
  Py_XDECREF(module);
  return is_done;
}
