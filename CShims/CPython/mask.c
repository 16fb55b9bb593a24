/* Masks of the discrete actions: one float for each choice, 1 if it is allowed and 0 if not. */
#include "internal.h"
#include <stdio.h>

static int is_discrete(const leaf *leaf) {
  return leaf->description.kind == cpython_leaf_kind_discrete ||
         leaf->description.kind == cpython_leaf_kind_multi_discrete;
}

int mask_prepare(mask *mask, PyObject *environment, const leaf *actions, size_t count) {
  mask->size = 0;
  for (size_t k = 0; k < count; k++) {
    const cpython_leaf *d = &actions[k].description;
    for (size_t i = 0; is_discrete(&actions[k]) && i < d->count; i++) mask->size += (size_t)d->counts[i];
  }
  if (mask->size == 0) return 1;
  PyObject *method = PyObject_CallMethod(masks_module(), "mask_method", "O", environment);
  if (!method) return 0;
  if (method == Py_None) Py_CLEAR(method);
  mask->method = method;
  return 1;
}

void mask_allow_all(const mask *mask, float *out) {
  for (size_t k = 0; k < mask->size; k++) out[k] = 1;
}

/* Reads a row of bytes as floats; 0 if the object is something else. */
static int take_bytes(const mask *mask, PyObject *value, float *out) {
  Py_buffer buffer;
  if (PyObject_GetBuffer(value, &buffer, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) != 0) {
    PyErr_Clear();
    return 0;
  }
  const char *format = buffer.format ? buffer.format : "B";
  int is_right = buffer.ndim == 1 && buffer.itemsize == 1 && (size_t)buffer.len == mask->size &&
                 (*format == '?' || *format == 'b' || *format == 'B');
  for (size_t k = 0; is_right && k < mask->size; k++) out[k] = (float)((const uint8_t *)buffer.buf)[k];
  PyBuffer_Release(&buffer);
  return is_right;
}

static cpython_fault check(const cpython_environment *e, const float *mask, cpython_failure *failure) {
  for (size_t l = 0; l < e->action_count; l++) {
    const cpython_leaf *d = &e->actions[l].description;
    for (size_t k = 0; is_discrete(&e->actions[l]) && k < d->count; k++) {
      float allowed = 0;
      for (int64_t j = 0; j < d->counts[k]; j++) {
        if (mask[j] != 0 && mask[j] != 1)
          return failure_outside(failure, "action mask", (double)mask[j], "0 and 1");
        allowed += mask[j];
      }
      if (allowed == 0) {
        return failure_mismatch(failure, "action mask", "a mask with an allowed choice",
                                "one without an allowed choice");
      }
      mask += d->counts[k];
    }
  }
  return cpython_fault_none;
}

static cpython_fault wrong(const mask *mask, PyObject *value, cpython_failure *failure) {
  char expected[64];
  snprintf(expected, sizeof expected, "%zu zeros and ones, one for each choice", mask->size);
  return failure_mismatched_type(failure, "action mask", expected, value);
}

static PyObject *call(const cpython_environment *e) {
  int64_t began = calls_begin(e);
  PyObject *value = PyObject_CallNoArgs(e->mask.method);
  calls_end(began);
  return value;
}

cpython_fault mask_read(const cpython_environment *e, PyObject *info, float *out, cpython_failure *failure) {
  const mask *mask = &e->mask;
  PyObject *value = mask->method         ? call(e)
                    : PyDict_Check(info) ? Py_XNewRef(PyDict_GetItemString(info, "action_mask"))
                                         : NULL;
  if (!value && mask->method) return failure_from_exception(failure);
  if (!value) {
    return failure_mismatch(failure, "action mask",
                            "in info['action_mask'] or given by a method action_masks()", "nowhere");
  }
  cpython_fault fault = cpython_fault_none;
  if (!take_bytes(mask, value, out)) {
    PyObject *flat = PyObject_CallMethod(masks_module(), "flat_mask", "OO", e->environment, value);
    if (!flat) {
      fault = failure_from_exception(failure);
    } else if (!take_bytes(mask, flat, out)) {
      fault = wrong(mask, value, failure);
    }
    Py_XDECREF(flat);
  }
  Py_DECREF(value);
  return fault == cpython_fault_none ? check(e, out, failure) : fault;
}
