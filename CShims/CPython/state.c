/* The state that an environment keeps across episodes, saved and restored as bytes. */
#include "internal.h"
#include <stdlib.h>
#include <string.h>

int state_prepare(cpython_environment *e) {
  e->keepers = PyObject_CallMethod(states_module(), "keepers", "O", e->environment);
  return e->keepers != NULL;
}

int cpython_environment_keeps_state(const cpython_environment *e) {
  calls_entry entry = calls_enter(calls_phase_loading);
  int keeps = PyList_GET_SIZE(e->keepers) > 0;
  calls_leave(entry);
  return keeps;
}

/* Calls a function of states.py; a new reference, or NULL with an exception. */
static PyObject *call(const cpython_environment *e, const char *function, PyObject *argument) {
  int64_t began = calls_run(e);
  PyObject *result = argument ? PyObject_CallMethod(states_module(), function, "OO", e->keepers, argument)
                              : PyObject_CallMethod(states_module(), function, "O", e->keepers);
  calls_return(began);
  return result;
}

cpython_fault cpython_environment_get_state(const cpython_environment *e, char **out, size_t *size,
                                            cpython_failure *failure) {
  *out = NULL;
  *size = 0;
  calls_entry entry = environment_enter(e);
  PyObject *bytes = call(e, "give", NULL);
  cpython_fault fault = bytes ? cpython_fault_none : failure_from_exception(failure);
  if (bytes) {
    *size = (size_t)PyBytes_GET_SIZE(bytes);
    *out = malloc(*size + 1);
    if (*out)
      memcpy(*out, PyBytes_AS_STRING(bytes), *size);
    else
      fault = failure_no_memory(failure);
  }
  Py_XDECREF(bytes);
  environment_leave(entry);
  return fault;
}

cpython_fault cpython_environment_set_state(const cpython_environment *e, const char *bytes, size_t size,
                                            cpython_failure *failure) {
  calls_entry entry = environment_enter(e);
  PyObject *argument = PyBytes_FromStringAndSize(bytes, (Py_ssize_t)size);
  PyObject *done = argument ? call(e, "take", argument) : NULL;
  cpython_fault fault = done ? cpython_fault_none : failure_from_exception(failure);
  Py_XDECREF(done);
  Py_XDECREF(argument);
  environment_leave(entry);
  return fault;
}
