/* What musl's own features.h adds to the system's. */
#ifndef ASCENT_CMATH_FEATURES_H
#define ASCENT_CMATH_FEATURES_H

#include_next <features.h>
#define hidden __attribute__((__visibility__("hidden")))

/* log and pow have other steps, with other last bits, for processors with fused multiply-add. */
#undef __FP_FAST_FMA

/* Names that begin with two underscores belong to the C library of the machine. */
#define __cos cmath_kernel_cos
#define __exp_data cmath_exp_data
#define __expo2 cmath_expo2
#define __log_data cmath_log_data
#define __math_divzero cmath_divzero
#define __math_invalid cmath_invalid
#define __math_oflow cmath_oflow
#define __math_uflow cmath_uflow
#define __math_xflow cmath_xflow
#define __pow_log_data cmath_pow_log_data
#define __rem_pio2 cmath_rem_pio2
#define __rem_pio2_large cmath_rem_pio2_large
#define __sin cmath_kernel_sin
#define __tan cmath_kernel_tan

#endif
