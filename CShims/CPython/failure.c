/* The conversion of the pending exception to type, message and traceback, which no other file does. */
#define _GNU_SOURCE 1 /* strdup */
#include "internal.h"
#include <stdlib.h>
#include <string.h>

char *text_copy(PyObject *text) {
  /* A text with surrogates, such as a file's name that is not UTF-8, has no UTF-8 of its own. */
  PyObject *bytes = PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace");
  if (!bytes) return NULL;
  const char *from = PyBytes_AS_STRING(bytes);
  size_t size = (size_t)PyBytes_GET_SIZE(bytes), zeros = 0;
  for (size_t k = 0; k < size; k++) zeros += from[k] == 0;
  char *out = malloc(size + 3 * zeros + 1);
  char *to = out;
  for (size_t k = 0; out && k < size; k++) {
    /* A zero would end the text. */
    if (from[k] == 0)
      to = (char *)memcpy(to, "\\x00", 4) + 4;
    else
      *to++ = from[k];
  }
  if (out) *to = 0;
  Py_DECREF(bytes);
  return out;
}

/* str(object) as a new text; exceptions of str() are dropped. */
static char *text_of(PyObject *object) {
  PyObject *text = object ? PyObject_Str(object) : NULL;
  char *out = text ? text_copy(text) : NULL;
  Py_XDECREF(text);
  PyErr_Clear();
  return out ? out : strdup("");
}

/* The message of an exception, by host.py, which names the line where there is none. */
static char *message_of(PyObject *value) {
  PyObject *text =
      value && host_module() ? PyObject_CallMethod(host_module(), "message_of", "O", value) : NULL;
  PyErr_Clear();
  char *out = text_of(text ? text : value);
  Py_XDECREF(text);
  return out;
}

static char *traceback_of(PyObject *type, PyObject *value, PyObject *traceback) {
  PyObject *module = PyImport_ImportModule("traceback");
  PyObject *lines = module ? PyObject_CallMethod(module, "format_exception", "OOO", type,
                                                 value ? value : Py_None, traceback ? traceback : Py_None)
                           : NULL;
  PyObject *empty = lines ? PyUnicode_FromString("") : NULL;
  PyObject *joined = empty ? PyUnicode_Join(empty, lines) : NULL;
  char *out = text_of(joined);
  Py_XDECREF(joined);
  Py_XDECREF(empty);
  Py_XDECREF(lines);
  Py_XDECREF(module);
  PyErr_Clear();
  return out;
}

void cpython_failure_clear(cpython_failure *failure) {
  free(failure->first);
  free(failure->second);
  free(failure->third);
  memset(failure, 0, sizeof *failure);
}

static cpython_fault put(cpython_failure *failure, cpython_fault fault, char *first, char *second,
                         char *third) {
  cpython_failure_clear(failure);
  failure->fault = fault;
  failure->first = first;
  failure->second = second;
  failure->third = third;
  return fault;
}

cpython_fault failure_from_exception(cpython_failure *failure) {
  ending_of_fork();
  PyObject *type = NULL, *value = NULL, *traceback = NULL;
  PyErr_Fetch(&type, &value, &traceback);
  if (!type)
    return put(failure, cpython_fault_raised, strdup("SystemError"), strdup("no exception was set"),
               strdup(""));
  PyErr_NormalizeException(&type, &value, &traceback);
  if (traceback && value) PyException_SetTraceback(value, traceback);
  PyObject *kind = value ? PyObject_GetAttrString(value, "kind") : NULL;
  PyErr_Clear();
  const char *name = ((PyTypeObject *)type)->tp_name;
  cpython_fault fault;
  if (kind && PyUnicode_Check(kind) && strcmp(name, "Refusal") == 0) {
    fault = put(failure, cpython_fault_refused, text_of(kind), text_of(value), NULL);
  } else {
    fault = put(failure, cpython_fault_raised, strdup(name), message_of(value),
                traceback_of(type, value, traceback));
  }
  Py_XDECREF(kind);
  Py_XDECREF(type);
  Py_XDECREF(value);
  Py_XDECREF(traceback);
  return fault;
}

cpython_fault failure_at_opening(const char *reference, cpython_failure *failure) {
  if (!PyErr_ExceptionMatches(PyExc_ModuleNotFoundError)) return failure_from_exception(failure);
  PyObject *type = NULL, *value = NULL, *traceback = NULL;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  PyObject *refusal = PyObject_CallMethod(packages_module(), "missing", "Os", value, reference);
  if (refusal) {
    PyErr_SetObject((PyObject *)Py_TYPE(refusal), refusal);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    Py_DECREF(refusal);
  } else {
    PyErr_Restore(type, value, traceback); /* instead of the exception of missing() */
  }
  return failure_from_exception(failure);
}

cpython_fault failure_mismatch(cpython_failure *failure, const char *what, const char *expected,
                               const char *found) {
  return put(failure, cpython_fault_mismatch, strdup(what), strdup(expected), strdup(found));
}

cpython_fault failure_mismatched_type(cpython_failure *failure, const char *what, const char *expected,
                                      PyObject *found) {
  PyErr_Clear();
  return failure_mismatch(failure, what, expected, Py_TYPE(found)->tp_name);
}

cpython_fault failure_not_finite(cpython_failure *failure, const char *what, double value, size_t index) {
  put(failure, cpython_fault_not_finite, strdup(what), NULL, NULL);
  failure->value = value;
  failure->index = (int64_t)index;
  return cpython_fault_not_finite;
}

cpython_fault failure_outside(cpython_failure *failure, const char *what, double value, const char *allowed) {
  put(failure, cpython_fault_outside, strdup(what), strdup(allowed), NULL);
  failure->value = value;
  return cpython_fault_outside;
}

cpython_fault failure_no_memory(cpython_failure *failure) {
  return put(failure, cpython_fault_no_memory, NULL, NULL, NULL);
}
