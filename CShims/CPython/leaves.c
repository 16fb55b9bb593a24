/* The leaves of a space, from their description in Python. */
#include "internal.h"
#include <stdlib.h>
#include <string.h>

/* The element types by numpy's name, and in the notation of the buffer protocol: one letter for each type and size. */
static const struct {
  const char *name;
  char format;
} formats[] = {{"bool", '?'},   {"int8", 'b'},    {"int16", 'h'},   {"int32", 'i'},
               {"int64", 'q'},  {"uint8", 'B'},   {"uint16", 'H'},  {"uint32", 'I'},
               {"uint64", 'Q'}, {"float16", 'e'}, {"float32", 'f'}, {"float64", 'd'}};

static char format_of_name(const char *name) {
  for (size_t k = 0; k < sizeof formats / sizeof *formats; k++) {
    if (strcmp(formats[k].name, name) == 0) return formats[k].format;
  }
  return 0;
}

const char *elements_name(char format) {
  for (size_t k = 0; k < sizeof formats / sizeof *formats; k++) {
    if (formats[k].format == format) return formats[k].name;
  }
  return NULL;
}

static size_t align(size_t size) { return (size + 7) & ~(size_t)7; }

/* Copies a list of numbers to `*next`, and advances `*next`. */
static int take_doubles(PyObject *list, const double **out, char **next) {
  double *numbers = (double *)(void *)*next;
  *out = numbers;
  for (Py_ssize_t k = 0; k < PyList_GET_SIZE(list); k++)
    numbers[k] = PyFloat_AsDouble(PyList_GET_ITEM(list, k));
  *next += sizeof(double) * (size_t)PyList_GET_SIZE(list);
  return !PyErr_Occurred();
}

static int take_integers(PyObject *sequence, const int64_t **out, char **next) {
  int64_t *numbers = (int64_t *)(void *)*next;
  *out = numbers;
  Py_ssize_t size = PySequence_Size(sequence);
  for (Py_ssize_t k = 0; k < size; k++) {
    PyObject *item = PySequence_GetItem(sequence, k);
    numbers[k] = item ? PyLong_AsLongLong(item) : 0;
    Py_XDECREF(item);
  }
  *next += sizeof(int64_t) * (size_t)(size < 0 ? 0 : size);
  return !PyErr_Occurred();
}

static void take_text(const char *text, const char **out, char **next) {
  size_t size = strlen(text) + 1;
  memcpy(*next, text, size);
  *out = *next;
  *next += align(size);
}

static int leaf_from_python(PyObject *item, leaf *out) {
  const char *path, *element, *encoded;
  int kind;
  PyObject *keys, *shape, *low, *high, *counts, *starts;
  if (!PyArg_ParseTuple(item, "sOiOsO!O!O!O!s", &path, &keys, &kind, &shape, &element, &PyList_Type, &low,
                        &PyList_Type, &high, &PyList_Type, &counts, &PyList_Type, &starts, &encoded)) {
    return 0;
  }
  Py_ssize_t rank = PySequence_Size(shape);
  if (rank < 0) return 0;
  size_t numbers = (size_t)(PyList_GET_SIZE(low) + PyList_GET_SIZE(high) + PyList_GET_SIZE(counts) +
                            PyList_GET_SIZE(starts) + rank);
  size_t texts = align(strlen(path) + 1) + align(strlen(element) + 1) + align(strlen(encoded) + 1);
  out->memory = calloc(1, 8 * numbers + texts + sizeof(oddity));
  if (!out->memory) {
    PyErr_NoMemory();
    return 0;
  }
  char *next = out->memory;
  cpython_leaf *d = &out->description;
  d->kind = (cpython_leaf_kind)kind;
  d->rank = (size_t)rank;
  if (!take_integers(shape, &d->shape, &next) || !take_doubles(low, &d->low, &next) ||
      !take_doubles(high, &d->high, &next) || !take_integers(counts, &d->counts, &next) ||
      !take_integers(starts, &d->starts, &next)) {
    return 0;
  }
  take_text(path, &d->path, &next);
  take_text(element, &d->element, &next);
  take_text(encoded, &d->keys, &next);
  out->odd = (oddity *)(void *)next;
  d->count = 1;
  for (size_t k = 0; k < d->rank; k++) d->count *= (size_t)d->shape[k];
  out->flat_size = d->count;
  if (PyList_GET_SIZE(counts) > 0) {
    out->flat_size = 0;
    for (size_t k = 0; k < d->count; k++)
      out->flat_size += d->counts[k] > MOST_ONE_HOT ? 1 : (size_t)d->counts[k];
  }
  out->format = format_of_name(element);
  out->keys = Py_NewRef(keys);
  if (out->format) return 1;
  PyErr_Format(PyExc_TypeError, "spaces of %s elements are not supported", element);
  return 0;
}

void leaves_free(leaf *leaves, size_t count) {
  for (size_t k = 0; leaves && k < count; k++) {
    Py_XDECREF(leaves[k].keys);
    free(leaves[k].memory);
  }
  free(leaves);
}

leaf *leaves_from_python(PyObject *list, size_t *count) {
  *count = (size_t)PyList_Size(list);
  leaf *leaves = calloc(*count ? *count : 1, sizeof *leaves);
  if (!leaves) {
    PyErr_NoMemory();
    return NULL;
  }
  for (size_t k = 0; k < *count; k++) {
    if (!leaf_from_python(PyList_GET_ITEM(list, (Py_ssize_t)k), &leaves[k])) {
      leaves_free(leaves, *count);
      return NULL;
    }
  }
  return leaves;
}
