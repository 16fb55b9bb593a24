/* Values of a space as floats, as gymnasium.spaces.flatten writes them. */
#include "internal.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Returns 1 if a buffer has the shape of a leaf, or of a batch of `rows`. */
static int is_shape_right(const leaf *leaf, size_t rows, const Py_buffer *buffer) {
  int first = rows > 0;
  if ((size_t)buffer->ndim != leaf->description.rank + (size_t)first) return 0;
  if (first && (size_t)buffer->shape[0] != rows) return 0;
  for (int k = first; k < buffer->ndim; k++) {
    if (buffer->shape[k] != leaf->description.shape[k - first]) return 0;
  }
  return 1;
}

int elements_are_whole(char format) { return strchr("?bBhHiIqQ", format) != NULL && format != 0; }

static int is_real(char format) { return format == 'e' || format == 'f' || format == 'd'; }

/* array_take() of a buffer that has another shape or element type than the leaf declares. */
__attribute__((noinline)) static char take_other(const leaf *leaf, PyObject *value, size_t rows,
                                                 Py_buffer *buffer, cpython_failure *failure) {
  char format = elements_format(buffer);
  if (is_shape_right(leaf, rows, buffer)) {
    int is_box = leaf->description.kind == cpython_leaf_kind_box;
    if (!is_box && elements_are_whole(format)) return format;
    if (is_box && is_real(leaf->format) && elements_name(format)) {
      oddity_note(leaf->odd, elements_name(format), leaf->description.element);
      return format;
    }
  }
  PyBuffer_Release(buffer);
  return array_convert(leaf, value, rows, buffer, failure);
}

/* array_take(), as a part of the function that calls it. */
static inline __attribute__((always_inline)) char take(const leaf *leaf, PyObject *value, size_t rows,
                                                       Py_buffer *buffer, cpython_failure *failure) {
  if (PyObject_GetBuffer(value, buffer, PyBUF_STRIDES | PyBUF_FORMAT) != 0)
    return array_convert(leaf, value, rows, buffer, failure);
  if (elements_format(buffer) == leaf->format && is_shape_right(leaf, rows, buffer)) return leaf->format;
  return take_other(leaf, value, rows, buffer, failure);
}

char array_take(const leaf *leaf, PyObject *value, size_t rows, Py_buffer *buffer, cpython_failure *failure) {
  return take(leaf, value, rows, buffer, failure);
}

/* Reads the elements of an array leaf as floats. */
static cpython_fault read_array(const leaf *leaf, PyObject *value, float *out, cpython_failure *failure) {
  Py_buffer buffer;
  char format = take(leaf, value, 0, &buffer, failure);
  if (!format) return failure->fault;
  cpython_fault fault = cpython_fault_none;
  if (PyBuffer_IsContiguous(&buffer, 'C')) {
    elements_read(format, buffer.buf, leaf->description.count, out);
  } else {
    void *copy = malloc((size_t)buffer.len);
    if (!copy) {
      fault = failure_no_memory(failure);
    } else if (PyBuffer_ToContiguous(copy, &buffer, buffer.len, 'C') != 0) {
      fault = failure_from_exception(failure);
    } else {
      elements_read(format, copy, leaf->description.count, out);
    }
    free(copy);
  }
  PyBuffer_Release(&buffer);
  return fault;
}

static cpython_fault write_one_hot(const cpython_leaf *d, size_t k, long long value, float *out,
                                   cpython_failure *failure) {
  long long index = value - d->starts[k];
  if (index < 0 || index >= d->counts[k]) {
    char allowed[96];
    snprintf(allowed, sizeof allowed, "%lld … %lld", (long long)d->starts[k],
             (long long)(d->starts[k] + d->counts[k] - 1));
    return failure_outside(failure, "observation", (double)value, allowed);
  }
  if (d->counts[k] > MOST_ONE_HOT) {
    *out = (float)index;
    return cpython_fault_none;
  }
  memset(out, 0, sizeof(float) * (size_t)d->counts[k]);
  out[index] = 1;
  return cpython_fault_none;
}

cpython_fault leaf_write_one_hots(const cpython_leaf *d, const float *values, float *out,
                                  cpython_failure *failure) {
  cpython_fault fault = cpython_fault_none;
  for (size_t k = 0; fault == cpython_fault_none && k < d->count; k++) {
    fault = write_one_hot(d, k, (long long)values[k], out, failure);
    out += d->counts[k] > MOST_ONE_HOT ? 1 : d->counts[k];
  }
  return fault;
}

static cpython_fault flatten_discrete(const leaf *leaf, PyObject *value, float *out,
                                      cpython_failure *failure) {
  PyObject *index = PyFloat_Check(value) ? NULL : PyNumber_Index(value);
  if (!index) index = number_convert(value, "whole", leaf->description.element, leaf->odd);
  long long number = index ? PyLong_AsLongLong(index) : 0;
  int is_number = index && !PyErr_Occurred();
  Py_XDECREF(index);
  if (!is_number) return failure_of_value(failure, "observation", "a whole number", value);
  return write_one_hot(&leaf->description, 0, number, out, failure);
}

static cpython_fault flatten_multi_discrete(const leaf *leaf, PyObject *value, float *out,
                                            cpython_failure *failure) {
  const cpython_leaf *d = &leaf->description;
  float room[64];
  float *values = d->count <= 64 ? room : malloc(sizeof(float) * d->count);
  if (!values) return failure_no_memory(failure);
  cpython_fault fault = read_array(leaf, value, values, failure);
  if (fault == cpython_fault_none) fault = leaf_write_one_hots(d, values, out, failure);
  if (values != room) free(values);
  return fault;
}

/* The element at an index as a float64, or `single` if it cannot be read. */
static double original(PyObject *value, size_t index, float single) {
  PyObject *number = PyObject_CallMethod(casts_module(), "number_at", "On", value, (Py_ssize_t)index);
  double x = number ? PyFloat_AsDouble(number) : (double)single;
  Py_XDECREF(number);
  PyErr_Clear();
  return x;
}

/* The failure of the first element that is not finite. */
__attribute__((noinline)) static cpython_fault not_finite(const float *out, PyObject *value, size_t first,
                                                          cpython_failure *failure) {
  size_t k = 0;
  while (isfinite(out[k])) k++;
  return failure_not_finite(failure, "observation", original(value, first + k, out[k]), k);
}

cpython_fault elements_check_finite(const float *out, size_t count, PyObject *value, size_t first,
                                    cpython_failure *failure) {
  float finite = 0; /* stays 0 as long as every element is finite: ∞ − ∞ and NaN are NaN */
  for (size_t k = 0; k < count; k++) finite += out[k] - out[k];
  return finite == 0 ? cpython_fault_none : not_finite(out, value, first, failure);
}

static cpython_fault flatten_box(const leaf *leaf, PyObject *value, float *out, cpython_failure *failure) {
  cpython_fault fault = read_array(leaf, value, out, failure);
  return fault == cpython_fault_none ? elements_check_finite(out, leaf->description.count, value, 0, failure)
                                     : fault;
}

static cpython_fault flatten_leaf(const leaf *leaf, PyObject *value, float *out, cpython_failure *failure) {
  switch (leaf->description.kind) {
  case cpython_leaf_kind_box: return flatten_box(leaf, value, out, failure);
  case cpython_leaf_kind_discrete: return flatten_discrete(leaf, value, out, failure);
  case cpython_leaf_kind_multi_discrete: return flatten_multi_discrete(leaf, value, out, failure);
  case cpython_leaf_kind_multi_binary: return read_array(leaf, value, out, failure);
  }
  return cpython_fault_none;
}

PyObject *leaf_find(const leaf *leaf, PyObject *value, cpython_failure *failure) {
  PyObject *at = Py_NewRef(value);
  for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(leaf->keys); k++) {
    PyObject *key = PyTuple_GET_ITEM(leaf->keys, k);
    int is_kind_right = PyLong_Check(key) ? PyTuple_Check(at) || PyMapping_Check(at) : PyDict_Check(at);
    PyObject *next = is_kind_right ? PyObject_GetItem(at, key) : NULL;
    if (!next) {
      char expected[160];
      PyErr_Clear();
      snprintf(expected, sizeof expected, "a nested value with '%s'", leaf->description.path);
      failure_of_value(failure, "observation", expected, at);
      Py_DECREF(at);
      return NULL;
    }
    Py_DECREF(at);
    at = next;
  }
  return at;
}

cpython_fault leaves_flatten(const leaf *leaves, size_t count, PyObject *value, float *out,
                             cpython_failure *failure) {
  if (count == 1 && PyTuple_GET_SIZE(leaves[0].keys) == 0)
    return flatten_leaf(&leaves[0], value, out, failure);
  for (size_t k = 0; k < count; k++) {
    PyObject *part = leaf_find(&leaves[k], value, failure);
    if (!part) return failure->fault;
    cpython_fault fault = flatten_leaf(&leaves[k], part, out, failure);
    Py_DECREF(part);
    if (fault != cpython_fault_none) return fault;
    out += leaves[k].flat_size;
  }
  return cpython_fault_none;
}
