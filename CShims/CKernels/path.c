/* Which instruction set is used: asked of the processor once. */
#include "CKernels.h"
#include "dispatch.h"
#include <stdatomic.h>

static _Atomic int32_t chosen = -1;

ckernels_path ckernels_widest_path(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("fma")) {
    return ckernels_path_avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return ckernels_path_avx2;
#endif
  return ckernels_path_portable;
}

ckernels_path ckernels_current_path(void) {
  int32_t path = atomic_load_explicit(&chosen, memory_order_relaxed);
  if (path < 0) {
    path = ckernels_widest_path();
    atomic_store_explicit(&chosen, path, memory_order_relaxed);
  }
  return (ckernels_path)path;
}

void ckernels_use_path(ckernels_path path) {
  ckernels_path widest = ckernels_widest_path();
  atomic_store_explicit(&chosen, path > widest ? widest : path, memory_order_relaxed);
}
