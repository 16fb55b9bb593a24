/* One environment: cached bound reset and step, and the one call per step. */
#include "internal.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void environment_use(const cpython_environment *e) {
  ascent_module_use(e->has_source ? &e->source : NULL);
  generator_begin();
}

void environment_leave(void) { ascent_module_use(NULL); }

/* --- opening and closing */

static int prepare_integers(cpython_environment *e) {
  const cpython_leaf *d = &e->actions[0].description;
  if (d->counts[0] > 65536) return 1; /* made one by one instead */
  e->integers = calloc((size_t)d->counts[0], sizeof *e->integers);
  if (!e->integers) return PyErr_NoMemory() != NULL;
  for (int64_t k = 0; k < d->counts[0]; k++) {
    e->integers[k] = PyLong_FromLongLong(d->starts[0] + k);
    if (!e->integers[k]) return 0;
  }
  return 1;
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
  case cpython_leaf_kind_discrete: return prepare_integers(e);
  case cpython_leaf_kind_box: {
    PyObject *description = PyList_GET_ITEM(actions, 0);
    return prepare_array(e, PyObject_CallMethod(host_module(), "action_array", "(O)", description),
                         is_reusable);
  }
  default: return 1;
  }
}

PyObject *list_of_texts(const char *const *texts, size_t count) {
  PyObject *list = PyList_New((Py_ssize_t)count);
  for (size_t k = 0; list && k < count; k++) {
    PyObject *text = PyUnicode_FromString(texts[k]);
    if (!text)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, (Py_ssize_t)k, text);
  }
  return list;
}

cpython_fault cpython_environment_open(const char *reference, const char *const *registrations,
                                       size_t registration_count, const char *const *emissions,
                                       size_t emission_count, cpython_environment **out,
                                       cpython_failure *failure) {
  *out = NULL;
  cpython_environment *e = calloc(1, sizeof *e);
  if (!e) return failure_no_memory(failure);
  int state = cpython_attach();
  PyObject *functions = list_of_texts(registrations, registration_count);
  PyObject *classes = functions ? list_of_texts(emissions, emission_count) : NULL;
  PyObject *opened =
      classes ? PyObject_CallMethod(host_module(), "open_environment", "sOO", reference, functions, classes)
              : NULL;
  cpython_fault fault = environment_hand_over(e, opened && environment_adopt(e, opened, NULL), out, failure);
  Py_XDECREF(opened);
  Py_XDECREF(classes);
  Py_XDECREF(functions);
  cpython_detach(state);
  return fault;
}

cpython_fault environment_hand_over(cpython_environment *e, int is_whole, cpython_environment **out,
                                    cpython_failure *failure) {
  *out = is_whole ? e : NULL;
  if (is_whole) return cpython_fault_none;
  cpython_fault fault = failure_from_exception(failure);
  cpython_environment_close(e);
  return fault;
}

void cpython_environment_close(cpython_environment *e) {
  int state = cpython_attach();
  PyObject *closed = e->environment && PyObject_HasAttrString(e->environment, "close")
                         ? PyObject_CallMethod(e->environment, "close", NULL)
                         : NULL;
  Py_XDECREF(closed);
  PyErr_Clear();
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
  Py_XDECREF(e->seed_name);
  Py_XDECREF(e->reset);
  Py_XDECREF(e->step);
  Py_XDECREF(e->unwrapped);
  Py_XDECREF(e->environment);
  cpython_detach(state);
  free(e);
}

int64_t cpython_environment_time_limit(const cpython_environment *e) { return e->time_limit; }

const char *cpython_environment_left_out(const cpython_environment *e) {
  int state = cpython_attach();
  const char *text = PyUnicode_AsUTF8(e->left_out); /* lives as long as the object */
  PyErr_Clear();
  cpython_detach(state);
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
  int state = cpython_attach();
  int is_known = mask_prepare(&e->mask, e->environment, e->actions, e->action_count);
  cpython_fault fault = is_known ? cpython_fault_none : failure_from_exception(failure);
  *size = e->mask.size;
  cpython_detach(state);
  return fault;
}

/* --- randomness */

void cpython_environment_set_source(cpython_environment *e, cpython_source source) {
  e->source = source;
  e->has_source = 1;
}

/* Puts our generator where the environment draws from, when something else is there; 0 with an exception. */
static int put_generator(cpython_environment *e) {
  if (e->rows > 0) {
    PyObject *put = PyObject_CallMethod(vectors_module(), "put_generator", "OO", e->unwrapped, e->generator);
    Py_XDECREF(put);
    return put != NULL;
  }
  PyObject *there = PyObject_GetAttrString(e->unwrapped, "np_random");
  int is_ours = there == e->generator;
  if (!there) PyErr_Clear();
  Py_XDECREF(there);
  return is_ours || !there || PyObject_SetAttrString(e->unwrapped, "np_random", e->generator) == 0;
}

cpython_fault cpython_environment_adopt_generator(cpython_environment *e, cpython_failure *failure) {
  int state = cpython_attach();
  Py_XSETREF(e->generator, generator_new(&e->source));
  int is_put = e->generator && put_generator(e);
  cpython_fault fault = is_put ? cpython_fault_none : failure_from_exception(failure);
  cpython_detach(state);
  return fault;
}

cpython_fault cpython_environment_seed_first(cpython_environment *e, int64_t seed, cpython_failure *failure) {
  int state = cpython_attach();
  environment_use(e);
  int64_t began = calls_begin(e);
  PyObject *done =
      PyObject_CallMethod(randomness_module(), "seed_first", "OL", e->environment, (long long)seed);
  calls_end(began);
  cpython_fault fault = done ? cpython_fault_none : failure_from_exception(failure);
  Py_XDECREF(done);
  environment_leave();
  cpython_detach(state);
  return fault;
}

void cpython_environment_place(cpython_environment *e, int64_t lane, int64_t episode) {
  e->place.lane = lane;
  e->place.episode = episode;
}

cpython_fault cpython_environment_table(cpython_environment *e, char **out, cpython_failure *failure) {
  int state = cpython_attach();
  PyObject *text = PyObject_CallMethod(tables_module(), "transition_table", "O", e->environment);
  cpython_fault fault = text_hand_over(text, out, failure);
  cpython_detach(state);
  return fault;
}

cpython_fault cpython_environment_examine(const char *reference, const char *const *registrations,
                                          size_t registration_count, int64_t steps, char **out,
                                          cpython_failure *failure) {
  int state = cpython_attach();
  PyObject *functions = list_of_texts(registrations, registration_count);
  PyObject *checks = functions ? checks_module() : NULL;
  PyObject *text =
      checks ? PyObject_CallMethod(checks, "examine", "sOL", reference, functions, (long long)steps) : NULL;
  cpython_fault fault = text_hand_over(text, out, failure);
  Py_XDECREF(functions);
  cpython_detach(state);
  return fault;
}

/* --- reset and step; the lock is held */

static cpython_fault read_reset(cpython_environment *e, PyObject *result, float *observation,
                                cpython_failure *failure) {
  if (!PyTuple_Check(result) || PyTuple_GET_SIZE(result) != 2) {
    return failure_mismatched_type(failure, "result of reset()", "a pair (observation, info)", result);
  }
  cpython_fault fault = leaves_flatten(e->observations, e->observation_count, PyTuple_GET_ITEM(result, 0),
                                       observation, failure);
  if (fault == cpython_fault_none && e->mask.size > 0) {
    fault = mask_read(&e->mask, e->environment, PyTuple_GET_ITEM(result, 1), e->actions, e->action_count,
                      observation + e->observation_size, failure);
  }
  return fault;
}

PyObject *environment_call_reset(cpython_environment *e, int64_t seed) {
  PyObject *result = NULL;
  if (e->generator && !put_generator(e)) return NULL;
  e->place.step = 0;
  int64_t began = calls_begin(e);
  if (seed >= 0) {
    PyObject *number = PyLong_FromLongLong(seed);
    PyObject *arguments[2] = {NULL, number};
    if (number) {
      result = PyObject_Vectorcall(e->reset, arguments + 1, PY_VECTORCALL_ARGUMENTS_OFFSET, e->seed_name);
    }
    Py_XDECREF(number);
  } else {
    result = PyObject_CallNoArgs(e->reset);
  }
  calls_end(began);
  return result;
}

cpython_fault cpython_environment_reset(cpython_environment *e, int64_t seed, float *observation,
                                        cpython_failure *failure) {
  int state = cpython_attach();
  environment_use(e);
  PyObject *result = environment_call_reset(e, seed);
  cpython_fault fault =
      result ? read_reset(e, result, observation, failure) : failure_from_exception(failure);
  Py_XDECREF(result);
  environment_leave();
  cpython_detach(state);
  return fault;
}

/* The action as a new reference, or NULL with an exception. */
static PyObject *action_of(cpython_environment *e, const float *action) {
  if (e->integers) return Py_NewRef(e->integers[(int64_t)action[0]]);
  if (e->array && e->actions[0].format != 'e') {
    elements_write(e->actions[0].format, action, e->action_values, e->array_memory.buf);
    return e->copy ? PyObject_CallNoArgs(e->copy) : Py_NewRef(e->array);
  }
  PyObject *values = PyList_New((Py_ssize_t)e->action_values);
  for (size_t k = 0; values && k < e->action_values; k++) {
    PyObject *value = PyFloat_FromDouble((double)action[k]);
    if (!value) {
      Py_DECREF(values);
      return NULL;
    }
    PyList_SET_ITEM(values, (Py_ssize_t)k, value);
  }
  if (!values) return NULL;
  PyObject *built = PyObject_CallMethod(host_module(), "build_action", "OO", e->environment, values);
  Py_DECREF(values);
  return built;
}

/* Whether a discrete action is one of its integers. */
static int is_action_known(const cpython_environment *e, const float *action) {
  return !e->integers || (action[0] >= 0 && action[0] < (float)e->actions[0].description.counts[0]);
}

static cpython_fault read_reward(PyObject *object, double *reward, cpython_failure *failure) {
  if (PyUnicode_Check(object) || PyBytes_Check(object)) {
    return failure_mismatched_type(failure, "reward", "a number", object);
  }
  *reward = PyFloat_AsDouble(object);
  if (*reward == -1 && PyErr_Occurred()) {
    int is_vector = !PyLong_Check(object) && PyObject_HasAttrString(object, "shape");
    return failure_mismatched_type(
        failure, is_vector ? "reward (vector rewards are not supported)" : "reward", "one number", object);
  }
  return isfinite(*reward) ? cpython_fault_none : failure_not_finite(failure, "reward", *reward, 0);
}

/* A flag by identity; numpy's own bools take the slow way. */
static cpython_fault read_flag(PyObject *object, const char *what, int *flag, cpython_failure *failure) {
  if (object == Py_True || object == Py_False) {
    *flag = object == Py_True;
    return cpython_fault_none;
  }
  const char *name = Py_TYPE(object)->tp_name;
  int is_flag = PyLong_Check(object) || strcmp(name, "numpy.bool") == 0 || strcmp(name, "numpy.bool_") == 0;
  *flag = is_flag ? PyObject_IsTrue(object) : -1;
  return *flag >= 0 ? cpython_fault_none : failure_mismatched_type(failure, what, "a bool", object);
}

static cpython_fault read_step(cpython_environment *e, PyObject *result, float *observation, double *reward,
                               int *terminated, int *truncated, cpython_failure *failure) {
  const char *expected = "five values (observation, reward, terminated, truncated, info)";
  if (!PyTuple_Check(result)) return failure_mismatched_type(failure, "result of step()", expected, result);
  if (PyTuple_GET_SIZE(result) != 5) {
    char found[96];
    snprintf(found, sizeof found,
             PyTuple_GET_SIZE(result) == 4 ? "%zd values, as in the old gym" : "%zd values",
             PyTuple_GET_SIZE(result));
    return failure_mismatch(failure, "result of step()", expected, found);
  }
  cpython_fault fault = leaves_flatten(e->observations, e->observation_count, PyTuple_GET_ITEM(result, 0),
                                       observation, failure);
  if (fault == cpython_fault_none) fault = read_reward(PyTuple_GET_ITEM(result, 1), reward, failure);
  if (fault == cpython_fault_none)
    fault = read_flag(PyTuple_GET_ITEM(result, 2), "terminated", terminated, failure);
  if (fault == cpython_fault_none)
    fault = read_flag(PyTuple_GET_ITEM(result, 3), "truncated", truncated, failure);
  if (fault != cpython_fault_none || e->mask.size == 0) return fault;
  float *allowed = observation + e->observation_size;
  if (*terminated || *truncated) {
    /* Nobody acts here any more. */
    mask_allow_all(&e->mask, allowed);
    return fault;
  }
  return mask_read(&e->mask, e->environment, PyTuple_GET_ITEM(result, 4), e->actions, e->action_count,
                   allowed, failure);
}

cpython_fault cpython_environment_step(cpython_environment *e, const float *action, float *observation,
                                       double *reward, int *terminated, int *truncated,
                                       cpython_failure *failure) {
  if (!is_action_known(e, action)) {
    return failure_outside(failure, "action", (double)action[0], "the indices of the action space");
  }
  int state = cpython_attach();
  environment_use(e);
  PyObject *object = action_of(e, action);
  PyObject *arguments[2] = {NULL, object};
  e->place.step++;
  int64_t began = calls_begin(e);
  PyObject *result =
      object ? PyObject_Vectorcall(e->step, arguments + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL) : NULL;
  calls_end(began);
  cpython_fault fault = result ? read_step(e, result, observation, reward, terminated, truncated, failure)
                               : failure_from_exception(failure);
  Py_XDECREF(object);
  Py_XDECREF(result);
  environment_leave();
  cpython_detach(state);
  return fault;
}
