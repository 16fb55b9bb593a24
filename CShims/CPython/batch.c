/* Batches as floats: arrays with one row for each environment of a vector. */
#include "internal.h"
#include <stdlib.h>

/* The arrays of a leaf, one for each row. */
typedef struct arrays {
  const leaf *leaf;
  PyObject *value; /* the array */
  Py_buffer buffer;
  char format;
  float *values; /* room for the elements of one row */
} arrays;

/* Reads one row of a batch as floats, whatever its strides. */
static void read_row(const arrays *batch, size_t row, float *out) {
  const Py_buffer *buffer = &batch->buffer;
  const leaf *leaf = batch->leaf;
  const char *start = (const char *)buffer->buf + (Py_ssize_t)row * buffer->strides[0];
  Py_ssize_t step = buffer->itemsize;
  int is_contiguous = 1;
  for (int d = buffer->ndim - 1; d > 0; step *= buffer->shape[d--])
    is_contiguous &= buffer->strides[d] == step;
  if (is_contiguous) {
    elements_read(batch->format, start, leaf->description.count, out);
    return;
  }
  for (size_t k = 0; k < leaf->description.count; k++) {
    size_t left = k;
    Py_ssize_t offset = 0;
    for (int d = buffer->ndim - 1; d > 0; d--) {
      offset += (Py_ssize_t)(left % (size_t)buffer->shape[d]) * buffer->strides[d];
      left /= (size_t)buffer->shape[d];
    }
    elements_read(batch->format, start + offset, 1, out + k);
  }
}

static cpython_fault flatten_row(const arrays *batch, size_t row, float *out, cpython_failure *failure) {
  const cpython_leaf *d = &batch->leaf->description;
  if (d->kind == cpython_leaf_kind_box || d->kind == cpython_leaf_kind_multi_binary) {
    read_row(batch, row, out);
    return d->kind == cpython_leaf_kind_box
               ? elements_check_finite(out, d->count, batch->value, row * d->count, failure)
               : cpython_fault_none;
  }
  read_row(batch, row, batch->values);
  return leaf_write_one_hots(d, batch->values, out, failure);
}

static cpython_fault flatten_batch(const leaf *leaf, PyObject *value, size_t rows, float *out, size_t stride,
                                   cpython_failure *failure) {
  arrays batch = {.leaf = leaf, .value = value};
  batch.format = array_take(leaf, value, rows, &batch.buffer, failure);
  if (!batch.format) return failure->fault;
  float room[64];
  batch.values = leaf->description.count <= 64 ? room : malloc(sizeof(float) * leaf->description.count);
  cpython_fault fault = batch.values ? cpython_fault_none : failure_no_memory(failure);
  for (size_t row = 0; fault == cpython_fault_none && row < rows; row++, out += stride) {
    fault = flatten_row(&batch, row, out, failure);
  }
  if (batch.values != room) free(batch.values);
  PyBuffer_Release(&batch.buffer);
  return fault;
}

cpython_fault leaves_flatten_rows(const leaf *leaves, size_t count, PyObject *value, size_t rows, float *out,
                                  cpython_failure *failure) {
  size_t stride = 0;
  for (size_t k = 0; k < count; k++) stride += leaves[k].flat_size;
  for (size_t k = 0; k < count; k++) {
    PyObject *part = leaf_find(&leaves[k], value, failure);
    if (!part) return failure->fault;
    cpython_fault fault = flatten_batch(&leaves[k], part, rows, out, stride, failure);
    Py_DECREF(part);
    if (fault != cpython_fault_none) return fault;
    out += leaves[k].flat_size;
  }
  return cpython_fault_none;
}
