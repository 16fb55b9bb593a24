/* The source of an environment's random numbers, and the lane and episode of the current call. */
#include "internal.h"

void cpython_environment_set_source(cpython_environment *e, cpython_source source) {
  e->source = source;
  e->has_source = 1;
}

int environment_put_generator(cpython_environment *e) {
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
  int is_put = e->generator && environment_put_generator(e);
  cpython_fault fault = is_put ? cpython_fault_none : failure_from_exception(failure);
  cpython_detach(state);
  return fault;
}

cpython_fault cpython_environment_seed_first(cpython_environment *e, int64_t seed, cpython_failure *failure) {
  int state = environment_enter(e);
  int64_t began = calls_begin(e);
  PyObject *done =
      PyObject_CallMethod(randomness_module(), "seed_first", "OL", e->environment, (long long)seed);
  calls_end(began);
  cpython_fault fault = done ? cpython_fault_none : failure_from_exception(failure);
  Py_XDECREF(done);
  environment_leave(state);
  return fault;
}

void cpython_environment_set_location(cpython_environment *e, int64_t lane, int64_t episode) {
  e->location.lane = lane;
  e->location.episode = episode;
}
