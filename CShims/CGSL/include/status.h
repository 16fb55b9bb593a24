#ifndef ASCENT_CGSL_STATUS_H
#define ASCENT_CGSL_STATUS_H

#include <stdint.h>

_Pragma("clang assume_nonnull begin")

/* The status of a call. */
typedef enum __attribute__((enum_extensibility(closed))) cgsl_status : int32_t {
  cgsl_status_ok = 0,
  cgsl_status_no_memory = 1,
  cgsl_status_unknown_generator = 2,
  cgsl_status_domain = 3,
  cgsl_status_failed = 4,
  cgsl_status_arithmetic = 5, /* GSL's calls of elementary functions cannot be bound to CMath */
} cgsl_status;

/* The version of the linked GSL, as a static text. */
const char *cgsl_version(void);

_Pragma("clang assume_nonnull end")

#endif
