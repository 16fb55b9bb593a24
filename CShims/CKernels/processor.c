/* What environments compute with: the processor, and the C library's choice among its functions. */
#include "CKernels.h"
#include <gnu/libc-version.h>
#include <stdlib.h>

#if defined(__x86_64__)
#include <cpuid.h>
#if __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#endif

uint32_t ckernels_processor_features(void) {
  uint32_t found = 0;
  if (__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt")) found |= ckernels_feature_v2;
  if (__builtin_cpu_supports("avx")) found |= ckernels_feature_avx;
  if (__builtin_cpu_supports("avx2")) found |= ckernels_feature_avx2;
  if (__builtin_cpu_supports("fma")) found |= ckernels_feature_fma;
  if (__builtin_cpu_supports("fma4")) found |= ckernels_feature_fma4;
  if (__builtin_cpu_supports("bmi2") && (found & ckernels_feature_avx2) && (found & ckernels_feature_fma))
    found |= ckernels_feature_v3;
  if (__builtin_cpu_supports("avx512f")) {
    found |= ckernels_feature_avx512f;
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
      found |= ckernels_feature_v4;
  }
  return found;
}

uint32_t ckernels_libc_features(void) {
  uint32_t found = 0;
#ifdef CPU_FEATURE_ACTIVE
  if (CPU_FEATURE_ACTIVE(AVX)) found |= ckernels_feature_avx;
  if (CPU_FEATURE_ACTIVE(AVX2)) found |= ckernels_feature_avx2;
  if (CPU_FEATURE_ACTIVE(FMA)) found |= ckernels_feature_fma;
  if (CPU_FEATURE_ACTIVE(FMA4)) found |= ckernels_feature_fma4;
  if (CPU_FEATURE_ACTIVE(AVX512F)) found |= ckernels_feature_avx512f;
  return found;
#else
  return ckernels_processor_features();
#endif
}

uint32_t ckernels_processor_vendor(int32_t part) {
  uint32_t level, words[3] = {0, 0, 0};
  if (!__get_cpuid(0, &level, &words[0], &words[2], &words[1])) return 0;
  return part < 0 || part > 2 ? 0 : words[part];
}
#else
uint32_t ckernels_processor_features(void) { return 0; }

uint32_t ckernels_libc_features(void) { return 0; }

uint32_t ckernels_processor_vendor(int32_t part) {
  (void)part;
  return 0;
}
#endif

uint32_t ckernels_libc_version(void) {
  char *end;
  const char *text = gnu_get_libc_version();
  unsigned long major = strtoul(text, &end, 10);
  unsigned long minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
  return (uint32_t)(major * 1000 + minor);
}
