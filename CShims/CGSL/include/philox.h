#ifndef ASCENT_CGSL_PHILOX_H
#define ASCENT_CGSL_PHILOX_H

#include <stdint.h>

_Pragma("clang assume_nonnull begin")

/* One block of Philox4x32-10 (Salmon et al. 2011): out = f(counter, key), as in the published known answers. */
void cgsl_philox_block(const uint32_t counter[_Nonnull 4], const uint32_t key[_Nonnull 2],
                       uint32_t out[_Nonnull 4]);

_Pragma("clang assume_nonnull end")

#endif
