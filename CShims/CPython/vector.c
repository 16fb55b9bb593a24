/* Environments that one call steps: actions in, arrays out. */
#include "internal.h"
#include <stdlib.h>
#include <string.h>

static int adopt(cpython_environment *e, PyObject *found, size_t rows) {
  PyObject *opened, *array;
  if (!PyArg_ParseTuple(found, "O!lO", &PyTuple_Type, &opened, &e->autoreset, &array)) return 0;
  e->rows = rows;
  return environment_adopt(e, opened, array);
}

cpython_fault cpython_vector_open(const cpython_opening *opening, size_t rows, cpython_environment **out,
                                  cpython_failure *failure) {
  *out = NULL;
  cpython_environment *e = calloc(1, sizeof *e);
  if (!e) return failure_no_memory(failure);
  e->mode = MODE_USUAL; /* one that cannot be opened is closed in it */
  calls_entry entry = calls_enter(calls_phase_making);
  int64_t began = calls_run(NULL);
  PyObject *found = PyObject_CallMethod(vectors_module(), "open_vector", "sns", opening->reference,
                                        (Py_ssize_t)rows, opening->options);
  calls_return(began);
  cpython_fault fault =
      environment_hand_over(e, found && adopt(e, found, rows), opening->reference, out, failure);
  Py_XDECREF(found);
  calls_leave(entry);
  return fault;
}

cpython_autoreset cpython_vector_autoreset(const cpython_environment *e) {
  return (cpython_autoreset)e->autoreset;
}

/* Returns the observations of a reset's result. */
static PyObject *observations_of(PyObject *result, cpython_failure *failure) {
  if (PyTuple_Check(result) && PyTuple_GET_SIZE(result) == 2) return PyTuple_GET_ITEM(result, 0);
  failure_mismatched_type(failure, "result of reset()", "a pair (observations, infos)", result);
  return NULL;
}

/* Reads a reset's result, which it releases: writes the batch to `out`. A NULL result is an exception. */
static cpython_fault read_reset(cpython_environment *e, PyObject *result, float *out,
                                cpython_failure *failure) {
  if (!result) return failure_from_exception(failure);
  PyObject *batch = observations_of(result, failure);
  cpython_fault fault =
      batch ? leaves_flatten_rows(e->observations, e->observation_count, batch, e->rows, out, failure)
            : failure->fault;
  Py_DECREF(result);
  return fault;
}

cpython_fault cpython_vector_reset(cpython_environment *e, int64_t seed, float *observations,
                                   cpython_failure *failure) {
  calls_entry entry = environment_enter(e);
  cpython_fault fault = read_reset(e, environment_call_reset(e, seed), observations, failure);
  environment_leave(entry);
  return fault;
}

cpython_fault cpython_vector_reset_row(cpython_environment *e, size_t row, float *observation,
                                       cpython_failure *failure) {
  float *batch = malloc(sizeof(float) * e->rows * e->observation_size);
  if (!batch) return failure_no_memory(failure);
  calls_entry entry = environment_enter(e);
  int64_t began = calls_run(e);
  PyObject *result =
      PyObject_CallMethod(vectors_module(), "reset_row", "On", e->environment, (Py_ssize_t)row);
  calls_return(began);
  cpython_fault fault = read_reset(e, result, batch, failure);
  if (fault == cpython_fault_none) {
    memcpy(observation, batch + row * e->observation_size, sizeof(float) * e->observation_size);
  }
  environment_leave(entry);
  free(batch);
  return fault;
}

/* Writes the actions into the vector's array; discrete values are offset by their starts. */
static cpython_fault write_actions(cpython_environment *e, const float *actions, cpython_failure *failure) {
  const cpython_leaf *d = &e->actions[0].description;
  size_t count = e->rows * e->action_values;
  if (d->kind == cpython_leaf_kind_box && e->actions[0].format == 'd') {
    elements_write_bounded(d, actions, e->rows, e->array_memory.buf);
    return cpython_fault_none;
  }
  if (d->kind != cpython_leaf_kind_discrete && d->kind != cpython_leaf_kind_multi_discrete) {
    elements_write(e->actions[0].format, actions, count, e->array_memory.buf);
    return cpython_fault_none;
  }
  size_t size = (size_t)e->array_memory.itemsize;
  for (size_t k = 0; k < count; k++) {
    size_t value = k % e->action_values;
    if (!(actions[k] >= 0 && actions[k] < (float)d->counts[value])) {
      return failure_outside(failure, "action", (double)actions[k], "the indices of the action space");
    }
    elements_write_whole(e->actions[0].format, (int64_t)actions[k] + d->starts[value],
                         (char *)e->array_memory.buf + k * size);
  }
  return cpython_fault_none;
}

/* Writes the last observations of the episodes that ended; the batch may already have those of the next episodes. */
static cpython_fault read_finals(cpython_environment *e, PyObject *infos, const cpython_batch *batch,
                                 cpython_failure *failure) {
  size_t size = e->observation_size;
  cpython_fault fault = cpython_fault_none;
  for (size_t row = 0; fault == cpython_fault_none && row < e->rows; row++) {
    if (!batch->terminated[row] && !batch->truncated[row]) continue;
    float *final = batch->finals + row * size;
    if (e->autoreset != cpython_autoreset_same_step) {
      memcpy(final, batch->observations + row * size, sizeof(float) * size);
      continue;
    }
    PyObject *last = PyObject_CallMethod(vectors_module(), "final_observation", "On", infos, (Py_ssize_t)row);
    fault = last ? leaves_flatten(e->observations, e->observation_count, last, final, failure)
                 : failure_from_exception(failure);
    Py_XDECREF(last);
  }
  return fault;
}

static cpython_fault read_step(cpython_environment *e, PyObject *result, const cpython_batch *batch,
                               cpython_failure *failure) {
  if (!PyTuple_Check(result) || PyTuple_GET_SIZE(result) != 5) {
    const char *expected = "five values (observations, rewards, terminations, truncations, infos)";
    return failure_mismatched_type(failure, "result of step()", expected, result);
  }
  cpython_fault fault =
      leaves_flatten_rows(e->observations, e->observation_count, PyTuple_GET_ITEM(result, 0), e->rows,
                          batch->observations, failure);
  if (fault == cpython_fault_none)
    fault = numbers_read(PyTuple_GET_ITEM(result, 1), "rewards", e->rows, batch->rewards, &e->odd_reward,
                         failure);
  if (fault == cpython_fault_none)
    fault = flags_read(PyTuple_GET_ITEM(result, 2), "terminations", e->rows, batch->terminated,
                       &e->odd_terminated, failure);
  if (fault == cpython_fault_none)
    fault = flags_read(PyTuple_GET_ITEM(result, 3), "truncations", e->rows, batch->truncated,
                       &e->odd_truncated, failure);
  if (fault != cpython_fault_none) return fault;
  return read_finals(e, PyTuple_GET_ITEM(result, 4), batch, failure);
}

cpython_fault cpython_vector_step(cpython_environment *e, const float *actions, const cpython_batch *batch,
                                  cpython_failure *failure) {
  calls_entry entry = environment_enter(e);
  cpython_fault fault = write_actions(e, actions, failure);
  if (fault == cpython_fault_none) {
    PyObject *array = e->copy ? PyObject_CallNoArgs(e->copy) : Py_NewRef(e->array);
    PyObject *result = call_step(e, array);
    fault = result ? read_step(e, result, batch, failure) : failure_from_exception(failure);
    Py_XDECREF(array);
    Py_XDECREF(result);
  }
  environment_leave(entry);
  return fault;
}
