/* Compiles the file BODY once for each path. The source is the same, so the operations are the same; only the width of
 * the vectors differs. Inside of BODY, NAME(f) is the name of f on that path. There is no include guard, since each
 * kernel file includes this file once. */
#include "CKernels.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))
/* Precedes a loop whose number of iterations is constant after inlining. */
#define UNROLL _Pragma("clang loop unroll(full)")

#define LANES 4
#define NAME(x) x##_portable
#include "vector.h"
#include BODY
#undef LANES
#undef NAME

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LANES 8
#define NAME(x) x##_avx2
#include "vector.h"
#include BODY
#undef LANES
#undef NAME
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f"))), apply_to = function)
#define LANES 16
#define NAME(x) x##_avx512
#include "vector.h"
#include BODY
#undef LANES
#undef NAME
#pragma clang attribute pop

/* Calls `function` on the path that `path` selects on this processor. */
#define ON_PATH(path, function, ...)                                                                         \
  switch (ckernels_path_taken(path)) {                                                                       \
  case ckernels_path_avx512: function##_avx512(__VA_ARGS__); break;                                          \
  case ckernels_path_avx2: function##_avx2(__VA_ARGS__); break;                                              \
  case ckernels_path_automatic:                                                                              \
  case ckernels_path_portable: function##_portable(__VA_ARGS__); break;                                      \
  }

#else

#define ON_PATH(path, function, ...)                                                                         \
  {                                                                                                          \
    (void)(path);                                                                                            \
    function##_portable(__VA_ARGS__);                                                                        \
  }

#endif
