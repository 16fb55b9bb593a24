/* An environment, or a vector of them: opening, closing, and its description. */
#include "internal.h"
#include <stdlib.h>

calls_entry environment_enter(const cpython_environment *e) {
  calls_entry entry = calls_enter_at((uintptr_t)e);
  ascent_module_use(e->has_source ? &e->source : NULL);
  generator_begin();
  return entry;
}

void environment_leave(calls_entry entry) {
  ascent_module_use(NULL);
  calls_leave(entry);
}

/* --- opening and closing */

/* Makes the actions of a discrete space, as its own sample() returns them. */
static int prepare_integers(cpython_environment *e, PyObject *description) {
  int64_t count = e->actions[0].description.counts[0];
  if (count > 65536) return 1; /* too many: each is made when it is needed */
  PyObject *list = PyObject_CallMethod(spaces_module(), "discrete_actions", "(O)", description);
  if (!list) return 0;
  e->integers = calloc((size_t)count, sizeof *e->integers);
  for (int64_t k = 0; e->integers && k < count; k++) e->integers[k] = Py_NewRef(PyList_GET_ITEM(list, k));
  Py_DECREF(list);
  if (!e->integers) PyErr_NoMemory();
  return e->integers != NULL;
}

static int prepare_array(cpython_environment *e, PyObject *array, int is_reusable) {
  e->array = array;
  if (!e->array) return 0;
  if (PyObject_GetBuffer(e->array, &e->array_memory, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS) != 0) {
    Py_CLEAR(e->array);
    return 0;
  }
  if (is_reusable) return 1;
  e->copy = PyObject_GetAttrString(e->array, "copy");
  return e->copy != NULL;
}

int environment_adopt(cpython_environment *e, PyObject *opened, PyObject *array) {
  PyObject *environment, *unwrapped, *observations, *actions, *left_out;
  long long time_limit;
  int is_reusable;
  if (!PyArg_ParseTuple(opened, "OOLO!O!pU", &environment, &unwrapped, &time_limit, &PyList_Type,
                        &observations, &PyList_Type, &actions, &is_reusable, &left_out)) {
    return 0;
  }
  calls_adopt_mode(e);
  e->environment = Py_NewRef(environment);
  e->unwrapped = Py_NewRef(unwrapped);
  e->time_limit = time_limit;
  e->left_out = Py_NewRef(left_out);
  e->step = PyObject_GetAttrString(environment, "step");
  e->reset = e->step ? PyObject_GetAttrString(environment, "reset") : NULL;
  e->seed_name = e->reset ? Py_BuildValue("(s)", "seed") : NULL;
  if (!e->seed_name || !state_prepare(e)) return 0;
  e->observations = leaves_from_python(observations, &e->observation_count);
  e->actions = e->observations ? leaves_from_python(actions, &e->action_count) : NULL;
  if (!e->actions) return 0;
  for (size_t k = 0; k < e->action_count; k++) e->action_values += e->actions[k].description.count;
  for (size_t k = 0; k < e->observation_count; k++) e->observation_size += e->observations[k].flat_size;
  if (array) return prepare_array(e, Py_NewRef(array), is_reusable);
  if (e->action_count != 1 || PyTuple_GET_SIZE(e->actions[0].keys) != 0) return 1;
  switch (e->actions[0].description.kind) {
  case cpython_leaf_kind_discrete: return prepare_integers(e, PyList_GET_ITEM(actions, 0));
  case cpython_leaf_kind_box: {
    PyObject *description = PyList_GET_ITEM(actions, 0);
    return prepare_array(e, PyObject_CallMethod(spaces_module(), "action_array", "(O)", description),
                         is_reusable);
  }
  default: return 1;
  }
}

cpython_fault cpython_environment_open(const cpython_opening *opening, cpython_environment **out,
                                       cpython_failure *failure) {
  *out = NULL;
  cpython_environment *e = calloc(1, sizeof *e);
  if (!e) return failure_no_memory(failure);
  e->mode = MODE_USUAL; /* one that cannot be opened is closed in it */
  calls_entry entry = calls_enter(calls_phase_making);
  int64_t began = calls_run(NULL);
  PyObject *opened =
      PyObject_CallMethod(opening_module(), "open_environment", "ss", opening->reference, opening->options);
  calls_return(began);
  cpython_fault fault = environment_hand_over(e, opened && environment_adopt(e, opened, NULL),
                                              opening->reference, out, failure);
  Py_XDECREF(opened);
  calls_leave(entry);
  return fault;
}

cpython_fault environment_hand_over(cpython_environment *e, int is_whole, const char *reference,
                                    cpython_environment **out, cpython_failure *failure) {
  *out = is_whole ? e : NULL;
  if (is_whole) return cpython_fault_none;
  cpython_fault fault = failure_at_opening(reference, failure);
  cpython_environment_close(e);
  return fault;
}

/* Calls close(), if the environment has it, and keeps the environment if processes still talk to it; exceptions are
 * dropped. */
static void call_close(PyObject *environment) {
  PyObject *closed = environment ? PyObject_CallMethod(host_module(), "close", "O", environment) : NULL;
  Py_XDECREF(closed);
  PyErr_Clear();
}

void cpython_environment_close(cpython_environment *e) {
  if (ending_is_over()) return;
  calls_entry entry = calls_enter(calls_phase_closing);
  int64_t began = calls_run(e);
  call_close(e->environment);
  calls_return(began);
  began = calls_run(NULL);
  if (e->integers) {
    for (int64_t k = 0; k < e->actions[0].description.counts[0]; k++) Py_XDECREF(e->integers[k]);
    free(e->integers);
  }
  if (e->array) PyBuffer_Release(&e->array_memory);
  leaves_free(e->observations, e->observation_count);
  leaves_free(e->actions, e->action_count);
  Py_XDECREF(e->left_out);
  Py_XDECREF(e->mask.method);
  Py_XDECREF(e->keepers);
  Py_XDECREF(e->copy);
  Py_XDECREF(e->array);
  Py_XDECREF(e->generator);
  Py_XDECREF(e->generators);
  Py_XDECREF(e->seed_name);
  Py_XDECREF(e->reset);
  Py_XDECREF(e->step);
  Py_XDECREF(e->unwrapped);
  Py_XDECREF(e->environment);
  calls_return(began);
  calls_leave(entry);
  free(e);
}

int64_t cpython_environment_time_limit(const cpython_environment *e) { return e->time_limit; }

const char *cpython_environment_left_out(const cpython_environment *e) {
  calls_entry entry = calls_enter(calls_phase_making);
  const char *text = PyUnicode_AsUTF8(e->left_out); /* valid as long as the object exists */
  PyErr_Clear();
  calls_leave(entry);
  return text ? text : "";
}

size_t cpython_environment_leaf_count(const cpython_environment *e, int of_actions) {
  return of_actions ? e->action_count : e->observation_count;
}

const cpython_leaf *cpython_environment_leaf(const cpython_environment *e, int of_actions, size_t index) {
  return &(of_actions ? e->actions : e->observations)[index].description;
}

cpython_fault cpython_environment_mask_actions(cpython_environment *e, size_t *size,
                                               cpython_failure *failure) {
  calls_entry entry = calls_enter(calls_phase_making);
  int is_known = mask_prepare(&e->mask, e->environment, e->actions, e->action_count);
  cpython_fault fault = is_known ? cpython_fault_none : failure_from_exception(failure);
  *size = e->mask.size;
  calls_leave(entry);
  return fault;
}
