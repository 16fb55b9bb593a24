/* Array elements of all types, as floats. */
#include "internal.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

char elements_format(const Py_buffer *buffer) {
  const char *format = buffer->format ? buffer->format : "B";
  if (*format == '@' || *format == '=' || *format == '<') format++;
  if (format[0] == 0 || format[1] != 0) return 0;
  if (*format == 'l') return buffer->itemsize == 8 ? 'q' : 'i';
  if (*format == 'L') return buffer->itemsize == 8 ? 'Q' : 'I';
  return *format;
}

/* IEEE 754 half precision. */
static float from_half(uint16_t half) {
  int exponent = half >> 10 & 31, mantissa = half & 1023;
  float magnitude = exponent == 31  ? (mantissa ? NAN : INFINITY)
                    : exponent == 0 ? ldexpf((float)mantissa, -24)
                                    : ldexpf((float)(mantissa + 1024), exponent - 25);
  return half & 0x8000 ? -magnitude : magnitude;
}

#define CONVERT(type, expression)                                                                            \
  for (size_t k = 0; k < count; k++) {                                                                       \
    type x = ((const type *)from)[k];                                                                        \
    out[k] = (expression);                                                                                   \
  }                                                                                                          \
  return 1;

int elements_read(char format, const void *from, size_t count, float *out) {
  switch (format) {
  case 'f': memcpy(out, from, count * sizeof(float)); return 1;
  case 'd': CONVERT(double, (float)x)
  case '?': CONVERT(uint8_t, x ? 1 : 0)
  case 'b': CONVERT(int8_t, (float)x)
  case 'B': CONVERT(uint8_t, (float)x)
  case 'h': CONVERT(int16_t, (float)x)
  case 'H': CONVERT(uint16_t, (float)x)
  case 'i': CONVERT(int32_t, (float)x)
  case 'I': CONVERT(uint32_t, (float)x)
  case 'q': CONVERT(int64_t, (float)x)
  case 'Q': CONVERT(uint64_t, (float)x)
  case 'e': CONVERT(uint16_t, from_half(x))
  default: return 0;
  }
}

#define WRITE(type)                                                                                          \
  for (size_t k = 0; k < count; k++) ((type *)to)[k] = (type)from[k];                                        \
  break;

void elements_write(char format, const float *from, size_t count, void *to) {
  switch (format) {
  case 'f': memcpy(to, from, count * sizeof(float)); break;
  case 'd': WRITE(double)
  case 'b': WRITE(int8_t)
  case '?':
  case 'B': WRITE(uint8_t)
  case 'h': WRITE(int16_t)
  case 'H': WRITE(uint16_t)
  case 'i': WRITE(int32_t)
  case 'I': WRITE(uint32_t)
  case 'q': WRITE(int64_t)
  case 'Q': WRITE(uint64_t)
  default: break;
  }
}

void elements_write_whole(char format, int64_t number, void *to) {
  switch (format) {
  case 'b': *(int8_t *)to = (int8_t)number; break;
  case '?':
  case 'B': *(uint8_t *)to = (uint8_t)number; break;
  case 'h': *(int16_t *)to = (int16_t)number; break;
  case 'H': *(uint16_t *)to = (uint16_t)number; break;
  case 'i': *(int32_t *)to = (int32_t)number; break;
  case 'I': *(uint32_t *)to = (uint32_t)number; break;
  default: *(int64_t *)to = number; break;
  }
}

void elements_write_bounded(const cpython_leaf *leaf, const float *from, size_t rows, double *to) {
  for (size_t k = 0; k < rows * leaf->count; k++) {
    double x = (double)from[k], low = leaf->low[k % leaf->count], high = leaf->high[k % leaf->count];
    to[k] = x < low ? low : x > high ? high : x;
  }
}

/* One element as a float64, in which every number of 32 bits is exact. */
static double read_number(char format, const void *at) {
  int64_t whole;
  uint64_t natural;
  int32_t integer;
  uint32_t counted;
  double real;
  float single = 0;
  switch (format) {
  case 'd': memcpy(&real, at, sizeof real); return real;
  case 'q': memcpy(&whole, at, sizeof whole); return (double)whole;
  case 'Q': memcpy(&natural, at, sizeof natural); return (double)natural;
  case 'i': memcpy(&integer, at, sizeof integer); return (double)integer;
  case 'I': memcpy(&counted, at, sizeof counted); return (double)counted;
  default: elements_read(format, at, 1, &single); return (double)single;
  }
}

/* Gets a vector of `rows` numbers as a buffer; 0 with the failure filled in. */
static int take_vector(PyObject *value, const char *what, size_t rows, Py_buffer *buffer,
                       cpython_failure *failure) {
  char expected[64];
  snprintf(expected, sizeof expected, "a vector of %zu numbers", rows);
  if (PyObject_GetBuffer(value, buffer, PyBUF_STRIDES | PyBUF_FORMAT) != 0) {
    failure_of_value(failure, what, expected, value);
    return 0;
  }
  if (buffer->ndim == 1 && (size_t)buffer->shape[0] == rows) return 1;
  char found[64];
  if (buffer->ndim == 1)
    snprintf(found, sizeof found, "%zd of them", buffer->shape[0]);
  else
    snprintf(found, sizeof found, "an array of %d dimensions", buffer->ndim);
  failure_mismatch(failure, what, expected, found);
  PyBuffer_Release(buffer);
  return 0;
}

/* The vector of `rows` elements with the numbers of a value, or the value itself if it is an array; a new reference. */
static PyObject *vector_of(PyObject *value, size_t rows, const char *element, oddity *odd) {
  PyObject *vector = PyObject_CheckBuffer(value) ? NULL : vector_convert(value, rows, element, odd);
  return vector ? vector : Py_NewRef(value);
}

cpython_fault numbers_read(PyObject *value, const char *what, size_t rows, double *out, oddity *odd,
                           cpython_failure *failure) {
  Py_buffer buffer;
  PyObject *vector = vector_of(value, rows, "float64", odd);
  int is_vector = take_vector(vector, what, rows, &buffer, failure);
  Py_DECREF(vector); /* the buffer has a reference */
  if (!is_vector) return failure->fault;
  char format = elements_format(&buffer);
  cpython_fault fault = cpython_fault_none;
  if (!elements_name(format)) fault = failure_mismatched_type(failure, what, "a vector of numbers", value);
  for (size_t k = 0; fault == cpython_fault_none && k < rows; k++) {
    out[k] = read_number(format, (const char *)buffer.buf + (Py_ssize_t)k * buffer.strides[0]);
    if (!isfinite(out[k])) fault = failure_not_finite(failure, what, out[k], k);
  }
  PyBuffer_Release(&buffer);
  return fault;
}

cpython_fault flags_read(PyObject *value, const char *what, size_t rows, uint8_t *out, oddity *odd,
                         cpython_failure *failure) {
  Py_buffer buffer;
  PyObject *vector = vector_of(value, rows, "bool", odd);
  int is_vector = take_vector(vector, what, rows, &buffer, failure);
  Py_DECREF(vector);
  if (!is_vector) return failure->fault;
  if (elements_format(&buffer) != '?') {
    /* Numbers other than 0 and 1 are no flags. */
    PyBuffer_Release(&buffer);
    vector = vector_convert(value, rows, "bool", odd);
    if (!vector || PyObject_GetBuffer(vector, &buffer, PyBUF_STRIDES | PyBUF_FORMAT) != 0) {
      Py_XDECREF(vector);
      return failure_mismatched_type(failure, what, "a vector of bools", value);
    }
    Py_DECREF(vector);
  }
  for (size_t k = 0; k < rows; k++) {
    out[k] = *((const uint8_t *)buffer.buf + (Py_ssize_t)k * buffer.strides[0]) != 0;
  }
  PyBuffer_Release(&buffer);
  return cpython_fault_none;
}
