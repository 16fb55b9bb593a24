/* The choice of the path that a call takes. */
#include "CKernels.h"

ckernels_path ckernels_path_taken(ckernels_path path) {
  ckernels_path best = ckernels_path_portable;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    best = __builtin_cpu_supports("avx512f") ? ckernels_path_avx512 : ckernels_path_avx2;
  }
#endif
  return path == ckernels_path_automatic || path > best ? best : path;
}
