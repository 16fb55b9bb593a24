/* A vector of LANES floats, and the operations that differ between paths. Included by paths.h, once for each path. */

typedef float NAME(vector) __attribute__((vector_size(4 * LANES)));
typedef int32_t NAME(integers) __attribute__((vector_size(4 * LANES)));
typedef uint32_t NAME(bits) __attribute__((vector_size(4 * LANES)));

#undef vector
#undef integers
#undef bits
#undef some
#define vector NAME(vector)
#define integers NAME(integers)
#define bits NAME(bits)
#define some NAME(some) /* the first elements of a vector */

INLINE vector NAME(load)(const float *p) {
  vector v;
  memcpy(&v, p, sizeof v);
  return v;
}

INLINE void NAME(store)(float *p, vector v) { memcpy(p, &v, sizeof v); }

#if LANES == 16

typedef __mmask16 some;
INLINE some NAME(first)(size_t count) { return (some)((1u << count) - 1); }
INLINE vector NAME(load_some)(some lanes, const float *p) { return _mm512_maskz_loadu_ps(lanes, p); }
INLINE void NAME(store_some)(some lanes, float *p, vector v) { _mm512_mask_storeu_ps(p, lanes, v); }
INLINE vector NAME(splat)(float x) { return _mm512_set1_ps(x); }

#elif LANES == 8

typedef __m256i some;
INLINE some NAME(first)(size_t count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
INLINE vector NAME(load_some)(some lanes, const float *p) { return _mm256_maskload_ps(p, lanes); }
INLINE void NAME(store_some)(some lanes, float *p, vector v) { _mm256_maskstore_ps(p, lanes, v); }
INLINE vector NAME(splat)(float x) { return _mm256_set1_ps(x); }

#else

typedef size_t some;
INLINE some NAME(first)(size_t count) { return count; }
INLINE vector NAME(load_some)(some lanes, const float *p) {
  vector v = {0};
  memcpy(&v, p, lanes * sizeof(float));
  return v;
}
INLINE void NAME(store_some)(some lanes, float *p, vector v) { memcpy(p, &v, lanes * sizeof(float)); }
INLINE vector NAME(splat)(float x) { return (vector){x, x, x, x}; }

#endif

/* a · b + c, rounded once. */
INLINE vector NAME(fma)(vector a, vector b, vector c) { return __builtin_elementwise_fma(a, b, c); }

/* `a` where all bits of the mask are 1, `b` where they are 0. */
INLINE vector NAME(select)(integers mask, vector a, vector b) {
  return (vector)((mask & (integers)a) | (~mask & (integers)b));
}
