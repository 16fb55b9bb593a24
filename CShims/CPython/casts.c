/* Values that are not of the kind or element type that their space declares, but have its numbers: they are converted,
 * and the first one of each place is noted. */
#define _GNU_SOURCE /* open_memstream */
#include "internal.h"
#include <stdio.h>
#include <stdlib.h>

void oddity_note(oddity *odd, const char *found, const char *expected) {
  if (odd->found[0] != 0) return;
  snprintf(odd->found, sizeof odd->found, "%s", found);
  snprintf(odd->expected, sizeof odd->expected, "%s", expected);
}

/* The first member of a pair that a function of casts.py returned, a new reference; the second one is noted. NULL
 * without an exception if it returned None or raised. */
static PyObject *take_noted(PyObject *pair, oddity *odd, const char *expected) {
  PyObject *member = NULL;
  if (pair && PyTuple_Check(pair) && PyTuple_GET_SIZE(pair) == 2) {
    const char *found = PyUnicode_AsUTF8(PyTuple_GET_ITEM(pair, 1));
    member = Py_NewRef(PyTuple_GET_ITEM(pair, 0));
    oddity_note(odd, found ? found : "of another type", expected);
  }
  Py_XDECREF(pair);
  PyErr_Clear();
  return member;
}

/* --- descriptions */

static void describe_leaf(const leaf *leaf, size_t rows, char *out, size_t size) {
  const cpython_leaf *d = &leaf->description;
  size_t used = rows ? (size_t)snprintf(out, size, "%zu times ", rows) : 0;
  used += (size_t)snprintf(out + used, size - used, "an array of shape (");
  for (size_t k = 0; k < d->rank && used < size; k++) {
    used += (size_t)snprintf(out + used, size - used, k ? ", %lld" : "%lld", (long long)d->shape[k]);
  }
  if (used < size) snprintf(out + used, size - used, ") of %s", d->element);
}

static void describe_buffer(const Py_buffer *buffer, char *out, size_t size) {
  const char *name = elements_name(elements_format(buffer));
  size_t used = (size_t)snprintf(out, size, "shape (");
  for (int k = 0; k < buffer->ndim && used < size; k++) {
    used += (size_t)snprintf(out + used, size - used, k ? ", %zd" : "%zd", buffer->shape[k]);
  }
  if (used < size)
    snprintf(out + used, size - used, name ? ") of %s" : ") of element type '%s'",
             name ? name : buffer->format);
}

cpython_fault failure_of_value(cpython_failure *failure, const char *what, const char *expected,
                               PyObject *found) {
  char text[128];
  int is_collection = PyList_Check(found) || PyTuple_Check(found) || PyDict_Check(found);
  snprintf(text, sizeof text, "%.60s%s", Py_TYPE(found)->tp_name,
           is_collection ? ", perhaps one for each of many agents; Ascent supports one" : "");
  PyErr_Clear();
  return failure_mismatch(failure, what, expected, text);
}

/* --- arrays */

static PyObject *shape_of(const leaf *leaf, size_t rows) {
  size_t first = rows ? 1 : 0, rank = leaf->description.rank;
  PyObject *shape = PyTuple_New((Py_ssize_t)(first + rank));
  for (size_t k = 0; shape && k < first + rank; k++) {
    int64_t extent = k < first ? (int64_t)rows : leaf->description.shape[k - first];
    PyObject *number = PyLong_FromLongLong(extent);
    if (!number)
      Py_CLEAR(shape);
    else
      PyTuple_SET_ITEM(shape, (Py_ssize_t)k, number);
  }
  return shape;
}

/* Fills in the failure of a value that cannot be converted. */
static void refuse(const leaf *leaf, PyObject *value, size_t rows, cpython_failure *failure) {
  char expected[160], found[160];
  const char *what = rows ? "batch of observations" : "observation";
  Py_buffer buffer;
  describe_leaf(leaf, rows, expected, sizeof expected);
  if (PyObject_GetBuffer(value, &buffer, PyBUF_STRIDES | PyBUF_FORMAT) != 0) {
    failure_of_value(failure, what, expected, value);
    return;
  }
  describe_buffer(&buffer, found, sizeof found);
  PyBuffer_Release(&buffer);
  failure_mismatch(failure, what, expected, found);
}

char array_convert(const leaf *leaf, PyObject *value, size_t rows, Py_buffer *buffer,
                   cpython_failure *failure) {
  PyErr_Clear();
  const char *element = leaf->description.element;
  PyObject *shape = shape_of(leaf, rows);
  PyObject *pair =
      shape ? PyObject_CallMethod(casts_module(), "converted", "OOs", value, shape, element) : NULL;
  PyObject *array = take_noted(pair, leaf->odd, element);
  Py_XDECREF(shape);
  int is_taken = array && PyObject_GetBuffer(array, buffer, PyBUF_STRIDES | PyBUF_FORMAT) == 0;
  PyErr_Clear();
  Py_XDECREF(array); /* the buffer has a reference */
  if (is_taken) return elements_format(buffer);
  refuse(leaf, value, rows, failure);
  return 0;
}

PyObject *vector_convert(PyObject *value, size_t rows, const char *element, oddity *odd) {
  PyErr_Clear();
  return take_noted(
      PyObject_CallMethod(casts_module(), "converted", "O(n)s", value, (Py_ssize_t)rows, element), odd,
      element);
}

PyObject *number_convert(PyObject *value, const char *kind, const char *expected, oddity *odd) {
  PyErr_Clear();
  return take_noted(PyObject_CallMethod(casts_module(), "single", "Os", value, kind), odd, expected);
}

/* --- notices */

void cpython_environment_mode(cpython_environment *e, char *out, size_t size) {
  if (size > 0) out[0] = 0;
  if (e->is_mode_told || mode_equal(e->mode, MODE_USUAL)) return;
  e->is_mode_told = 1;
  mode_describe(e->mode, out, size);
}

static int is_news(const oddity *odd) { return odd->found[0] != 0 && !odd->is_told; }

/* Writes a notice, unless it was returned before. */
static void tell(FILE *out, oddity *odd, const char *what, const char *end) {
  if (!is_news(odd)) return;
  odd->is_told = 1;
  fprintf(out, "%s is %s where %s %s\n", what, odd->found, odd->expected, end);
}

static int has_news(const cpython_environment *e) {
  int found = is_news(&e->odd_reward) || is_news(&e->odd_terminated) || is_news(&e->odd_truncated);
  for (size_t k = 0; !found && k < e->observation_count; k++) found = is_news(e->observations[k].odd);
  return found;
}

cpython_fault cpython_environment_notices(cpython_environment *e, char **out, cpython_failure *failure) {
  size_t size;
  *out = NULL;
  if (!has_news(e)) return cpython_fault_none;
  FILE *stream = open_memstream(out, &size);
  if (!stream) return failure_no_memory(failure);
  for (size_t k = 0; k < e->observation_count; k++) {
    const char *path = e->observations[k].description.path;
    char what[160];
    snprintf(what, sizeof what, *path ? "the observation '%s'" : "the observation%s", path);
    tell(stream, e->observations[k].odd, what, "is declared; it is converted");
  }
  tell(stream, &e->odd_reward, "the reward", "is expected; it is converted");
  tell(stream, &e->odd_terminated, "terminated", "is expected; it is converted");
  tell(stream, &e->odd_truncated, "truncated", "is expected; it is converted");
  return fclose(stream) == 0 ? cpython_fault_none : failure_no_memory(failure);
}
