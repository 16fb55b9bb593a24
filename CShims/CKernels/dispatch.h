/* One body, compiled for each path.
 *
 * CKERNELS_PATHS(name, parameters, arguments) takes a `static inline` function name_body(parameters) and makes from it
 * name_portable, name_avx2, name_avx512 and the public ckernels_name that calls the one in use. The bodies contain
 * fused multiply-adds by name (FMA) and nothing that the compiler may reorder, so the copies have equal bits. */
#ifndef ASCENT_CKERNELS_DISPATCH_H
#define ASCENT_CKERNELS_DISPATCH_H

#include "CKernels.h"

#define FMA(a, b, c) __builtin_fmaf(a, b, c)
#define BODY static inline __attribute__((always_inline)) void

#if defined(__x86_64__)
#define TARGET_AVX2 __attribute__((target("avx2,fma")))
#define TARGET_AVX512 __attribute__((target("avx512f,avx512dq,avx2,fma")))
#define CKERNELS_PATHS(name, parameters, arguments)                                                          \
  static void name##_portable parameters { name##_body arguments; }                                          \
  TARGET_AVX2 static void name##_avx2 parameters { name##_body arguments; }                                  \
  TARGET_AVX512 static void name##_avx512 parameters { name##_body arguments; }                              \
  void ckernels_##name parameters {                                                                          \
    switch (ckernels_current_path()) {                                                                       \
    case ckernels_path_portable: name##_portable arguments; break;                                           \
    case ckernels_path_avx2: name##_avx2 arguments; break;                                                   \
    case ckernels_path_avx512: name##_avx512 arguments; break;                                               \
    }                                                                                                        \
  }
#else
#define CKERNELS_PATHS(name, parameters, arguments)                                                          \
  void ckernels_##name parameters { name##_body arguments; }
#endif

#endif
