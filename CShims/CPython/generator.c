/* numpy's bit generators over random streams. numpy keeps a struct of functions in a bit generator's capsule; its layout
 * is documented (numpy/random/bitgen.h) and stable, so no numpy header is needed. */
#include "internal.h"
#include <stdlib.h>

typedef struct bit_generator {
  void *state;
  uint64_t (*next_uint64)(void *state);
  uint32_t (*next_uint32)(void *state);
  double (*next_double)(void *state);
  uint64_t (*next_raw)(void *state);
} bit_generator;

/* --- the stream of the environment that is called, or one for draws elsewhere, such as in constructors and in modules
 * that are loading. */

static cpython_source elsewhere;
static int is_captured;

const cpython_source *source_elsewhere(void) { return &elsewhere; }

static const cpython_source *shared(void) {
  const cpython_source *source = ascent_module_source();
  return source ? source : &elsewhere;
}

static uint64_t shared_uint64(void *unused) {
  (void)unused;
  return shared()->next_uint64(shared()->state);
}

static uint32_t shared_uint32(void *unused) {
  (void)unused;
  return shared()->next_uint32(shared()->state);
}

static double shared_double(void *unused) {
  (void)unused;
  return shared()->next_double(shared()->state);
}

/* --- sources as Python objects: capsules with a copy of the struct; None is the shared one. */

static const char *const source_name = "ascent.source";

static void release_source(PyObject *capsule) { free(PyCapsule_GetPointer(capsule, source_name)); }

static void release_copy(PyObject *capsule) {
  cpython_source *source = PyCapsule_GetPointer(capsule, source_name);
  source->release(source->state);
  free(source);
}

static PyObject *source_capsule(const cpython_source *source, PyCapsule_Destructor release) {
  cpython_source *content = malloc(sizeof *content);
  if (!content) return PyErr_NoMemory();
  *content = *source;
  PyObject *capsule = PyCapsule_New(content, source_name, release);
  if (!capsule) free(content);
  return capsule;
}

/* The source of an object; NULL with an exception. */
static const cpython_source *source_of(PyObject *object) {
  const cpython_source *source = object == Py_None ? shared() : PyCapsule_GetPointer(object, source_name);
  if (source && source->state) return source;
  if (source) PyErr_SetString(PyExc_RuntimeError, "there is no random stream before the first environment");
  return NULL;
}

/* --- the module `_ascent_bits` */

static PyObject *bits_fill(PyObject *self, PyObject *arguments) {
  (void)self;
  PyObject *capsule, *object;
  if (!PyArg_ParseTuple(arguments, "OO:fill", &capsule, &object)) return NULL;
  bit_generator *bits = PyCapsule_GetPointer(capsule, "BitGenerator");
  const cpython_source *source = bits && object != Py_None ? source_of(object) : NULL;
  if (!bits || (object != Py_None && !source)) return NULL;
  *bits = source ? (bit_generator){source->state, source->next_uint64, source->next_uint32,
                                   source->next_double, source->next_uint64}
                 : (bit_generator){NULL, shared_uint64, shared_uint32, shared_double, shared_uint64};
  Py_RETURN_NONE;
}

static PyObject *bits_copy(PyObject *self, PyObject *object) {
  (void)self;
  const cpython_source *source = source_of(object);
  if (!source) return NULL;
  cpython_source copy = *source;
  copy.state = source->copy(source->state);
  if (!copy.state) return PyErr_NoMemory();
  PyObject *capsule = source_capsule(&copy, release_copy);
  if (!capsule) copy.release(copy.state);
  return capsule;
}

static PyObject *bits_save(PyObject *self, PyObject *object) {
  (void)self;
  const cpython_source *source = source_of(object);
  if (!source) return NULL;
  PyObject *bytes = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)source->save(source->state, NULL));
  if (bytes) source->save(source->state, (uint8_t *)PyBytes_AS_STRING(bytes));
  return bytes;
}

static PyObject *bits_load(PyObject *self, PyObject *arguments) {
  (void)self;
  PyObject *object;
  const char *bytes;
  Py_ssize_t size;
  if (!PyArg_ParseTuple(arguments, "Oy#:load", &object, &bytes, &size)) return NULL;
  const cpython_source *source = source_of(object);
  if (!source) return NULL;
  if (source->load(source->state, (const uint8_t *)bytes, (size_t)size) == 0) Py_RETURN_NONE;
  PyErr_SetString(PyExc_ValueError, "this is no state of the stream's generator");
  return NULL;
}

static PyObject *bits_address(PyObject *self, PyObject *object) {
  (void)self;
  const cpython_source *source = source_of(object);
  return source ? PyLong_FromVoidPtr(source->state) : NULL;
}

static PyObject *bits_peek(PyObject *self, PyObject *object) {
  (void)self;
  const cpython_source *source = source_of(object);
  void *copy = source ? source->copy(source->state) : NULL;
  if (!copy) return source ? PyErr_NoMemory() : NULL;
  uint32_t next = source->next_uint32(copy);
  source->release(copy);
  return PyLong_FromUnsignedLong(next);
}

static PyObject *bits_feeds(PyObject *self, PyObject *unused) {
  (void)self, (void)unused;
  return PyBool_FromLong(shared()->feeds);
}

static PyObject *bits_is_called(PyObject *self, PyObject *unused) {
  (void)self, (void)unused;
  return PyBool_FromLong(ascent_module_source() != NULL);
}

static PyMethodDef methods[] = {
    {"fill", bits_fill, METH_VARARGS,
     "fill(capsule, source): makes a numpy BitGenerator draw from a source."},
    {"copy", bits_copy, METH_O, "copy(source): a source with a stream of its own, at the same position."},
    {"save", bits_save, METH_O, "save(source): the position, as bytes."},
    {"load", bits_load, METH_VARARGS, "load(source, bytes): moves to a position."},
    {"address", bits_address, METH_O, "address(source): a number, the same for sources of one stream."},
    {"peek", bits_peek, METH_O, "peek(source): the next 32 bits, which are not taken."},
    {"feeds", bits_feeds, METH_NOARGS, "feeds(): True where Gymnasium's generators draw from the stream."},
    {"is_called", bits_is_called, METH_NOARGS, "is_called(): True inside of a call of an environment."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_ascent_bits", NULL, -1, methods, NULL, NULL, NULL, NULL,
};

PyObject *bits_module_init(void) { return PyModule_Create(&definition); }

/* --- the bridge's own calls */

PyObject *generators_new(const cpython_source *source) {
  PyObject *capsule = source_capsule(source, release_source);
  PyObject *streams = capsule ? streams_module() : NULL;
  PyObject *generators = streams ? PyObject_CallMethod(streams, "Generators", "O", capsule) : NULL;
  Py_XDECREF(capsule);
  return generators;
}

cpython_fault cpython_draw_elsewhere(cpython_source source, cpython_failure *failure) {
  calls_entry entry = calls_enter(calls_phase_loading);
  elsewhere = source;
  PyObject *done =
      source.feeds ? PyObject_CallMethod(randomness_module(), "install", NULL) : Py_NewRef(Py_False);
  /* What is installed imports the module of the generators by its name. */
  int is_ready = done && (done != Py_True || streams_module());
  cpython_fault fault = is_ready ? cpython_fault_none : failure_from_exception(failure);
  Py_XDECREF(done);
  calls_leave(entry);
  return fault;
}

cpython_fault cpython_capture_randomness(cpython_failure *failure) {
  calls_entry entry = calls_enter(calls_phase_loading);
  /* The module of the generators is loaded by name. */
  PyObject *done = streams_module() ? PyObject_CallMethod(randomness_module(), "capture", NULL) : NULL;
  is_captured = done != NULL;
  cpython_fault fault = done ? cpython_fault_none : failure_from_exception(failure);
  Py_XDECREF(done);
  calls_leave(entry);
  return fault;
}

void generator_begin(void) {
  if (!is_captured) return;
  PyObject *done = PyObject_CallMethod(randomness_module(), "begin", NULL);
  if (!done) PyErr_Clear(); /* no memory: the next call reports it */
  Py_XDECREF(done);
}
