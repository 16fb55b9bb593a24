/* The two calls of an episode: reset and step. */
#include "internal.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static cpython_fault read_reset(cpython_environment *e, PyObject *result, float *observation,
                                cpython_failure *failure) {
  if (!PyTuple_Check(result) || PyTuple_GET_SIZE(result) != 2) {
    return failure_mismatched_type(failure, "result of reset()", "a pair (observation, info)", result);
  }
  cpython_fault fault = leaves_flatten(e->observations, e->observation_count, PyTuple_GET_ITEM(result, 0),
                                       observation, failure);
  if (fault == cpython_fault_none && e->mask.size > 0) {
    fault = mask_read(e, PyTuple_GET_ITEM(result, 1), observation + e->observation_size, failure);
  }
  return fault;
}

PyObject *environment_call_reset(cpython_environment *e, int64_t seed) {
  PyObject *result = NULL;
  if (e->generator && seed < 0 && !environment_put_generator(e)) return NULL;
  e->location.step = 0;
  int64_t began = calls_run(e);
  if (seed >= 0 && e->source.feeds && (e->draws || !e->is_begun)) {
    result = environment_first_reset(e, seed);
  } else if (seed >= 0) {
    PyObject *number = PyLong_FromLongLong(seed);
    PyObject *arguments[2] = {NULL, number};
    if (number) {
      result = PyObject_Vectorcall(e->reset, arguments + 1, PY_VECTORCALL_ARGUMENTS_OFFSET, e->seed_name);
    }
    Py_XDECREF(number);
  } else {
    result = PyObject_CallNoArgs(e->reset);
  }
  calls_return(began);
  return result;
}

cpython_fault cpython_environment_reset(cpython_environment *e, int64_t seed, float *observation,
                                        cpython_failure *failure) {
  calls_entry entry = environment_enter(e);
  PyObject *result = environment_call_reset(e, seed);
  cpython_fault fault =
      result ? read_reset(e, result, observation, failure) : failure_from_exception(failure);
  Py_XDECREF(result);
  environment_leave(entry);
  return fault;
}

/* The action as a new reference, or NULL with an exception. */
static PyObject *action_of(cpython_environment *e, const float *action) {
  if (e->integers) return Py_NewRef(e->integers[(int64_t)action[0]]);
  if (e->array && e->actions[0].format != 'e') {
    if (e->actions[0].format == 'd')
      elements_write_bounded(&e->actions[0].description, action, 1, e->array_memory.buf);
    else
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
  PyObject *built = PyObject_CallMethod(spaces_module(), "build_action", "OO", e->environment, values);
  Py_DECREF(values);
  return built;
}

/* Returns 1 unless a discrete action is outside of its space. */
static int is_action_known(const cpython_environment *e, const float *action) {
  return !e->integers || (action[0] >= 0 && action[0] < (float)e->actions[0].description.counts[0]);
}

/* Reads a reward that is an array of one element, a number of float128 or the like, or the wrong thing. */
__attribute__((noinline)) static cpython_fault read_other_reward(cpython_environment *e, PyObject *object,
                                                                 double *reward, cpython_failure *failure) {
  PyErr_Clear();
  if (PyUnicode_Check(object) || PyBytes_Check(object))
    return failure_mismatched_type(failure, "reward", "a number", object);
  if (PyLong_Check(object))
    return failure_mismatched_type(failure, "reward", "a number that float64 can hold", object);
  PyObject *number = number_convert(object, "number", "one number", &e->odd_reward);
  *reward = PyFloat_AsDouble(number ? number : object);
  Py_XDECREF(number);
  if (!(*reward == -1 && PyErr_Occurred())) return cpython_fault_none;
  PyErr_Clear();
  if (!PyObject_HasAttrString(object, "shape"))
    return failure_of_value(failure, "reward", "one number", object);
  return failure_mismatched_type(failure, "reward (vector rewards are not supported)",
                                 "one number, such as the weighted sum of mo_gymnasium.wrappers:LinearReward",
                                 object);
}

static cpython_fault read_reward(cpython_environment *e, PyObject *object, double *reward,
                                 cpython_failure *failure) {
  if (PyFloat_Check(object)) {
    *reward = PyFloat_AS_DOUBLE(object);
  } else {
    /* Arrays are sequences, integers and numpy's scalars are not. */
    int is_scalar = !PySequence_Check(object);
    *reward = is_scalar ? PyFloat_AsDouble(object) : -1;
    if (!is_scalar || (*reward == -1 && PyErr_Occurred())) {
      cpython_fault fault = read_other_reward(e, object, reward, failure);
      if (fault != cpython_fault_none) return fault;
    }
  }
  return isfinite(*reward) ? cpython_fault_none : failure_not_finite(failure, "reward", *reward, 0);
}

/* Reads a flag that is an integer, a bool of numpy or an array of one element. */
__attribute__((noinline)) static cpython_fault read_other_flag(PyObject *object, const char *what, int *flag,
                                                               oddity *odd, cpython_failure *failure) {
  static PyTypeObject *numpy_bool; /* found by its name; numpy is never unloaded */
  PyTypeObject *type = Py_TYPE(object);
  if (type != numpy_bool &&
      (strcmp(type->tp_name, "numpy.bool") == 0 || strcmp(type->tp_name, "numpy.bool_") == 0))
    numpy_bool = type;
  int is_flag = type == numpy_bool || PyLong_Check(object);
  PyObject *other = is_flag ? NULL : number_convert(object, "flag", "a bool", odd);
  *flag = is_flag ? PyObject_IsTrue(object) : other ? PyObject_IsTrue(other) : -1;
  Py_XDECREF(other);
  return *flag >= 0 ? cpython_fault_none : failure_of_value(failure, what, "a bool", object);
}

/* Reads a flag: True and False by identity. */
static inline cpython_fault read_flag(PyObject *object, const char *what, int *flag, oddity *odd,
                                      cpython_failure *failure) {
  if (object != Py_True && object != Py_False) return read_other_flag(object, what, flag, odd, failure);
  *flag = object == Py_True;
  return cpython_fault_none;
}

static cpython_fault read_step(cpython_environment *e, PyObject *result, float *observation,
                               cpython_outcome *outcome, cpython_failure *failure) {
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
  if (fault == cpython_fault_none)
    fault = read_reward(e, PyTuple_GET_ITEM(result, 1), &outcome->reward, failure);
  if (fault == cpython_fault_none)
    fault = read_flag(PyTuple_GET_ITEM(result, 2), "terminated", &outcome->terminated, &e->odd_terminated,
                      failure);
  if (fault == cpython_fault_none)
    fault =
        read_flag(PyTuple_GET_ITEM(result, 3), "truncated", &outcome->truncated, &e->odd_truncated, failure);
  if (fault != cpython_fault_none || e->mask.size == 0) return fault;
  float *allowed = observation + e->observation_size;
  if (outcome->terminated || outcome->truncated) {
    /* The episode is over: no action is taken after it. */
    mask_allow_all(&e->mask, allowed);
    return fault;
  }
  return mask_read(e, PyTuple_GET_ITEM(result, 4), allowed, failure);
}

cpython_fault cpython_environment_step(cpython_environment *e, const float *action, float *observation,
                                       cpython_outcome *outcome, cpython_failure *failure) {
  if (!is_action_known(e, action)) {
    return failure_outside(failure, "action", (double)action[0], "the indices of the action space");
  }
  calls_entry entry = environment_enter(e);
  PyObject *object = action_of(e, action);
  PyObject *result = call_step(e, object);
  cpython_fault fault =
      result ? read_step(e, result, observation, outcome, failure) : failure_from_exception(failure);
  Py_XDECREF(object);
  Py_XDECREF(result);
  environment_leave(entry);
  return fault;
}
