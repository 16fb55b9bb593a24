/* Array elements of all types, as floats. */
#include "internal.h"
#include <math.h>
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

/* Gets a vector of `rows` numbers as a buffer; 0 with the failure filled in. */
static int take_vector(PyObject *value, const char *what, size_t rows, Py_buffer *buffer,
                       cpython_failure *failure) {
  char expected[64];
  snprintf(expected, sizeof expected, "a vector of %zu numbers", rows);
  if (PyObject_GetBuffer(value, buffer, PyBUF_STRIDES | PyBUF_FORMAT) != 0) {
    failure_mismatched_type(failure, what, expected, value);
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

cpython_fault numbers_read(PyObject *value, const char *what, size_t rows, double *out,
                           cpython_failure *failure) {
  Py_buffer buffer;
  if (!take_vector(value, what, rows, &buffer, failure)) return failure->fault;
  char format = elements_format(&buffer);
  cpython_fault fault = cpython_fault_none;
  for (size_t k = 0; fault == cpython_fault_none && k < rows; k++) {
    const char *at = (const char *)buffer.buf + (Py_ssize_t)k * buffer.strides[0];
    float single = 0;
    if (format == 'd')
      memcpy(&out[k], at, sizeof(double));
    else if (elements_read(format, at, 1, &single))
      out[k] = (double)single;
    else
      fault = failure_mismatched_type(failure, what, "a vector of numbers", value);
    if (fault == cpython_fault_none && !isfinite(out[k]))
      fault = failure_not_finite(failure, what, out[k], k);
  }
  PyBuffer_Release(&buffer);
  return fault;
}

cpython_fault flags_read(PyObject *value, const char *what, size_t rows, uint8_t *out,
                         cpython_failure *failure) {
  Py_buffer buffer;
  if (!take_vector(value, what, rows, &buffer, failure)) return failure->fault;
  cpython_fault fault = cpython_fault_none;
  if (elements_format(&buffer) != '?')
    fault = failure_mismatched_type(failure, what, "a vector of bools", value);
  for (size_t k = 0; fault == cpython_fault_none && k < rows; k++) {
    out[k] = *((const uint8_t *)buffer.buf + (Py_ssize_t)k * buffer.strides[0]) != 0;
  }
  PyBuffer_Release(&buffer);
  return fault;
}
