/* A numpy Generator over a lane's stream. numpy asks for an object with `capsule` and `lock`; the capsule holds a
 * struct of functions whose layout numpy documents (numpy/random/bitgen.h) and keeps, so no numpy header is needed. */
#include "internal.h"
#include <stdlib.h>

typedef struct bit_generator {
  void *state;
  uint64_t (*next_uint64)(void *state);
  uint32_t (*next_uint32)(void *state);
  double (*next_double)(void *state);
  uint64_t (*next_raw)(void *state);
} bit_generator;

static void release(PyObject *capsule) { free(PyCapsule_GetPointer(capsule, "BitGenerator")); }

PyObject *generator_new(const cpython_source *source) {
  bit_generator *bits = malloc(sizeof *bits);
  if (!bits) return PyErr_NoMemory();
  *bits = (bit_generator){source->state, source->next_uint64, source->next_uint32, source->next_double,
                          source->next_uint64};
  PyObject *capsule = PyCapsule_New(bits, "BitGenerator", release);
  if (!capsule) {
    free(bits);
    return NULL;
  }
  PyObject *generator = PyObject_CallMethod(host_module(), "generator", "O", capsule);
  Py_DECREF(capsule);
  return generator;
}
