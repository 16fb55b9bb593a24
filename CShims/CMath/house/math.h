/* The <math.h> of musl's files: it gives their functions the names of CMath.h, so that they stand beside the C library's
   functions, which Python and its packages go on calling. Only what those files use is here. */
#ifndef ASCENT_CMATH_MATH_H
#define ASCENT_CMATH_MATH_H

#include <features.h>
#include <float.h>

#if FLT_EVAL_METHOD != 0
#error "double must be computed in double precision: -mfpmath=sse"
#endif

#define acos cmath_acos
#define acosh cmath_acosh
#define asin cmath_asin
#define asinh cmath_asinh
#define atan cmath_atan
#define atan2 cmath_atan2
#define atanh cmath_atanh
#define cos cmath_cos
#define cosh cmath_cosh
#define exp cmath_exp
#define expm1 cmath_expm1
#define hypot cmath_hypot
#define log cmath_log
#define log1p cmath_log1p
#define pow cmath_pow
#define sin cmath_sin
#define sincos cmath_sincos
#define sinh cmath_sinh
#define tan cmath_tan
#define tanh cmath_tanh
#include "CMath.h"

typedef double double_t;

/* Exact operations: one instruction, or their own function here. */
#define fabs __builtin_fabs
#define sqrt __builtin_sqrt
#define isnan(x) __builtin_isnan(x)
#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")
#define floor cmath_floor
#define scalbn cmath_scalbn
hidden double floor(double);
hidden double scalbn(double, int);

#endif
