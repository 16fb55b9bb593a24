/* Elementary functions in double precision whose results are the same on every processor and with every compiler: musl's
   (folder musl), in plain arithmetic, without fused multiply-add. The C library's own choose instructions by processor. */
#ifndef ASCENT_CMATH_H
#define ASCENT_CMATH_H

#ifdef __cplusplus
extern "C" {
#endif

double cmath_acos(double x);
double cmath_acosh(double x);
double cmath_asin(double x);
double cmath_asinh(double x);
double cmath_atan(double x);
double cmath_atan2(double y, double x);
double cmath_atanh(double x);
double cmath_cos(double x);
double cmath_cosh(double x);
double cmath_exp(double x);
double cmath_expm1(double x);
double cmath_hypot(double x, double y);
double cmath_log(double x);
double cmath_log1p(double x);
double cmath_pow(double x, double y);
double cmath_sin(double x);
void cmath_sincos(double x, double *sine, double *cosine);
double cmath_sinh(double x);
double cmath_tan(double x);
double cmath_tanh(double x);

#ifdef __cplusplus
}
#endif

#endif
