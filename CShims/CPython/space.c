/* Values of a space as floats, as gymnasium.spaces.flatten writes them. */
#include "internal.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buffer_describe(const Py_buffer *buffer, char *out, size_t size) {
  size_t used = (size_t)snprintf(out, size, "shape (");
  for (int k = 0; k < buffer->ndim && used < size; k++) {
    used += (size_t)snprintf(out + used, size - used, k ? ", %zd" : "%zd", buffer->shape[k]);
  }
  if (used < size)
    snprintf(out + used, size - used, ") of element type '%s'", buffer->format ? buffer->format : "B");
}

void leaf_describe(const leaf *leaf, char *out, size_t size) {
  const cpython_leaf *d = &leaf->description;
  size_t used = (size_t)snprintf(out, size, "an array of shape (");
  for (size_t k = 0; k < d->rank && used < size; k++) {
    used += (size_t)snprintf(out + used, size - used, k ? ", %lld" : "%lld", (long long)d->shape[k]);
  }
  if (used < size) snprintf(out + used, size - used, ") of %s", d->element);
}

static int is_shape_right(const leaf *leaf, const Py_buffer *buffer) {
  if ((size_t)buffer->ndim != leaf->description.rank) return 0;
  for (int k = 0; k < buffer->ndim; k++) {
    if (buffer->shape[k] != leaf->description.shape[k]) return 0;
  }
  return 1;
}

int elements_are_whole(char format) { return strchr("?bBhHiIqQ", format) != NULL && format != 0; }

/* Reads the elements of an array leaf as floats. Boxes must have the declared element type; vectors of integers may
 * have any integer type. */
static cpython_fault read_array(const leaf *leaf, PyObject *value, float *out, cpython_failure *failure) {
  char expected[160], found[160];
  Py_buffer buffer;
  if (PyObject_GetBuffer(value, &buffer, PyBUF_STRIDES | PyBUF_FORMAT) != 0) {
    leaf_describe(leaf, expected, sizeof expected);
    return failure_mismatched_type(failure, "observation", expected, value);
  }
  char format = elements_format(&buffer);
  int is_right = is_shape_right(leaf, &buffer) &&
                 (format == leaf->format ||
                  (leaf->description.kind != cpython_leaf_kind_box && elements_are_whole(format)));
  cpython_fault fault = cpython_fault_none;
  if (!is_right) {
    leaf_describe(leaf, expected, sizeof expected);
    buffer_describe(&buffer, found, sizeof found);
    fault = failure_mismatch(failure, "observation", expected, found);
  } else if (PyBuffer_IsContiguous(&buffer, 'C')) {
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
  long long number = index ? PyLong_AsLongLong(index) : 0;
  int is_number = index && !PyErr_Occurred();
  Py_XDECREF(index);
  if (!is_number) return failure_mismatched_type(failure, "observation", "a whole number", value);
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

cpython_fault elements_check_finite(const float *out, size_t count, cpython_failure *failure) {
  float finite = 0; /* stays 0 as long as every element is finite: ∞ − ∞ and NaN are NaN */
  for (size_t k = 0; k < count; k++) finite += out[k] - out[k];
  if (finite == 0) return cpython_fault_none;
  size_t k = 0;
  while (isfinite(out[k])) k++;
  return failure_not_finite(failure, "observation", (double)out[k], k);
}

static cpython_fault flatten_box(const leaf *leaf, PyObject *value, float *out, cpython_failure *failure) {
  cpython_fault fault = read_array(leaf, value, out, failure);
  return fault == cpython_fault_none ? elements_check_finite(out, leaf->description.count, failure) : fault;
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
      failure_mismatched_type(failure, "observation", expected, at);
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
