/* Spaces: a flat description of leaves, and values of them as floats, as gymnasium.spaces.flatten writes them. */
#include "internal.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The element type as the buffer protocol spells it, one letter for one size. */
static char format_of_name(const char *name) {
  static const struct {
    const char *name;
    char format;
  } formats[] = {{"bool", '?'},   {"int8", 'b'},    {"int16", 'h'},   {"int32", 'i'},
                 {"int64", 'q'},  {"uint8", 'B'},   {"uint16", 'H'},  {"uint32", 'I'},
                 {"uint64", 'Q'}, {"float16", 'e'}, {"float32", 'f'}, {"float64", 'd'}};
  for (size_t k = 0; k < sizeof formats / sizeof *formats; k++) {
    if (strcmp(formats[k].name, name) == 0) return formats[k].format;
  }
  return 0;
}

static size_t align(size_t size) { return (size + 7) & ~(size_t)7; }

/* Copies a list of numbers to where `next` points, and moves it on. */
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
  const char *path, *element;
  int kind;
  PyObject *keys, *shape, *low, *high, *counts, *starts;
  if (!PyArg_ParseTuple(item, "sOiOsO!O!O!O!", &path, &keys, &kind, &shape, &element, &PyList_Type, &low,
                        &PyList_Type, &high, &PyList_Type, &counts, &PyList_Type, &starts)) {
    return 0;
  }
  Py_ssize_t rank = PySequence_Size(shape);
  if (rank < 0) return 0;
  size_t numbers = (size_t)(PyList_GET_SIZE(low) + PyList_GET_SIZE(high) + PyList_GET_SIZE(counts) +
                            PyList_GET_SIZE(starts) + rank);
  out->memory = calloc(1, 8 * numbers + align(strlen(path) + 1) + align(strlen(element) + 1));
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
  d->count = 1;
  for (size_t k = 0; k < d->rank; k++) d->count *= (size_t)d->shape[k];
  out->flat_size = d->count;
  if (PyList_GET_SIZE(counts) > 0) {
    out->flat_size = 0;
    for (size_t k = 0; k < d->count; k++) out->flat_size += (size_t)d->counts[k];
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

static void describe_shape(const Py_buffer *buffer, char *out, size_t size) {
  size_t used = (size_t)snprintf(out, size, "shape (");
  for (int k = 0; k < buffer->ndim && used < size; k++) {
    used += (size_t)snprintf(out + used, size - used, k ? ", %zd" : "%zd", buffer->shape[k]);
  }
  if (used < size)
    snprintf(out + used, size - used, ") of element type '%s'", buffer->format ? buffer->format : "B");
}

static void describe_leaf(const leaf *leaf, char *out, size_t size) {
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

static int is_whole(char format) { return strchr("?bBhHiIqQ", format) != NULL && format != 0; }

/* The elements of an array leaf as floats. Boxes must have the declared element type; vectors of whole numbers may have
 * any whole one. */
static cpython_fault read_array(const leaf *leaf, PyObject *value, float *out, cpython_failure *failure) {
  char expected[160], found[160];
  Py_buffer buffer;
  if (PyObject_GetBuffer(value, &buffer, PyBUF_STRIDES | PyBUF_FORMAT) != 0) {
    describe_leaf(leaf, expected, sizeof expected);
    return failure_mismatched_type(failure, "observation", expected, value);
  }
  char format = elements_format(&buffer);
  int is_right =
      is_shape_right(leaf, &buffer) &&
      (format == leaf->format || (leaf->description.kind != cpython_leaf_kind_box && is_whole(format)));
  cpython_fault fault = cpython_fault_none;
  if (!is_right) {
    describe_leaf(leaf, expected, sizeof expected);
    describe_shape(&buffer, found, sizeof found);
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
  memset(out, 0, sizeof(float) * (size_t)d->counts[k]);
  out[index] = 1;
  return cpython_fault_none;
}

static cpython_fault write_one_hots(const cpython_leaf *d, const float *values, float *out,
                                    cpython_failure *failure) {
  cpython_fault fault = cpython_fault_none;
  for (size_t k = 0; fault == cpython_fault_none && k < d->count; k++) {
    fault = write_one_hot(d, k, (long long)values[k], out, failure);
    out += d->counts[k];
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
  if (fault == cpython_fault_none) fault = write_one_hots(d, values, out, failure);
  if (values != room) free(values);
  return fault;
}

static cpython_fault check_finite(const float *out, size_t count, cpython_failure *failure) {
  float finite = 0; /* stays 0 as long as every element is finite: ∞ − ∞ and NaN are NaN */
  for (size_t k = 0; k < count; k++) finite += out[k] - out[k];
  if (finite == 0) return cpython_fault_none;
  size_t k = 0;
  while (isfinite(out[k])) k++;
  return failure_not_finite(failure, "observation", (double)out[k], k);
}

static cpython_fault flatten_box(const leaf *leaf, PyObject *value, float *out, cpython_failure *failure) {
  cpython_fault fault = read_array(leaf, value, out, failure);
  return fault == cpython_fault_none ? check_finite(out, leaf->description.count, failure) : fault;
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

/* Goes from the whole value to a leaf's; a new reference, or NULL with the failure filled. */
static PyObject *walk(const leaf *leaf, PyObject *value, cpython_failure *failure) {
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
    PyObject *part = walk(&leaves[k], value, failure);
    if (!part) return failure->fault;
    cpython_fault fault = flatten_leaf(&leaves[k], part, out, failure);
    Py_DECREF(part);
    if (fault != cpython_fault_none) return fault;
    out += leaves[k].flat_size;
  }
  return cpython_fault_none;
}

/* --- batches */

/* Whether a buffer is a batch of the leaf's arrays. */
static int is_batch_right(const leaf *leaf, const Py_buffer *buffer, size_t rows) {
  if ((size_t)buffer->ndim != leaf->description.rank + 1 || (size_t)buffer->shape[0] != rows) return 0;
  for (int k = 1; k < buffer->ndim; k++) {
    if (buffer->shape[k] != leaf->description.shape[k - 1]) return 0;
  }
  return 1;
}

/* One row of a batch as floats, wherever its elements lie. */
static void read_row(const leaf *leaf, const Py_buffer *buffer, char format, size_t row, float *out) {
  const char *start = (const char *)buffer->buf + (Py_ssize_t)row * buffer->strides[0];
  Py_ssize_t step = buffer->itemsize;
  int is_contiguous = 1;
  for (int d = buffer->ndim - 1; d > 0; step *= buffer->shape[d--])
    is_contiguous &= buffer->strides[d] == step;
  if (is_contiguous) {
    elements_read(format, start, leaf->description.count, out);
    return;
  }
  for (size_t k = 0; k < leaf->description.count; k++) {
    size_t left = k;
    Py_ssize_t offset = 0;
    for (int d = buffer->ndim - 1; d > 0; d--) {
      offset += (Py_ssize_t)(left % (size_t)buffer->shape[d]) * buffer->strides[d];
      left /= (size_t)buffer->shape[d];
    }
    elements_read(format, start + offset, 1, out + k);
  }
}

static cpython_fault flatten_row(const leaf *leaf, const Py_buffer *buffer, char format, size_t row,
                                 float *values, float *out, cpython_failure *failure) {
  const cpython_leaf *d = &leaf->description;
  if (d->kind == cpython_leaf_kind_box || d->kind == cpython_leaf_kind_multi_binary) {
    read_row(leaf, buffer, format, row, out);
    return d->kind == cpython_leaf_kind_box ? check_finite(out, d->count, failure) : cpython_fault_none;
  }
  read_row(leaf, buffer, format, row, values);
  return write_one_hots(d, values, out, failure);
}

static cpython_fault flatten_batch(const leaf *leaf, PyObject *value, size_t rows, float *out, size_t stride,
                                   cpython_failure *failure) {
  char expected[160], found[160];
  Py_buffer buffer;
  size_t used = (size_t)snprintf(expected, sizeof expected, "%zu times ", rows);
  describe_leaf(leaf, expected + used, sizeof expected - used);
  if (PyObject_GetBuffer(value, &buffer, PyBUF_STRIDES | PyBUF_FORMAT) != 0) {
    return failure_mismatched_type(failure, "batch of observations", expected, value);
  }
  char format = elements_format(&buffer);
  int is_box = leaf->description.kind == cpython_leaf_kind_box;
  int is_right =
      is_batch_right(leaf, &buffer, rows) && (format == leaf->format || (!is_box && is_whole(format)));
  cpython_fault fault = cpython_fault_none;
  float room[64];
  float *values = leaf->description.count <= 64 ? room : malloc(sizeof(float) * leaf->description.count);
  if (!is_right) {
    describe_shape(&buffer, found, sizeof found);
    fault = failure_mismatch(failure, "batch of observations", expected, found);
  } else if (!values) {
    fault = failure_no_memory(failure);
  }
  for (size_t row = 0; fault == cpython_fault_none && row < rows; row++, out += stride) {
    fault = flatten_row(leaf, &buffer, format, row, values, out, failure);
  }
  if (values != room) free(values);
  PyBuffer_Release(&buffer);
  return fault;
}

cpython_fault leaves_flatten_rows(const leaf *leaves, size_t count, PyObject *value, size_t rows, float *out,
                                  cpython_failure *failure) {
  size_t stride = 0;
  for (size_t k = 0; k < count; k++) stride += leaves[k].flat_size;
  for (size_t k = 0; k < count; k++) {
    PyObject *part = walk(&leaves[k], value, failure);
    if (!part) return failure->fault;
    cpython_fault fault = flatten_batch(&leaves[k], part, rows, out, stride, failure);
    Py_DECREF(part);
    if (fault != cpython_fault_none) return fault;
    out += leaves[k].flat_size;
  }
  return cpython_fault_none;
}
