/* Matrix products with one chain of fused multiply-adds for each output element, in one order on every path.
 *
 * A block of rows × a few vector registers of columns is kept in registers while the chain runs. Which elements
 * share a block changes neither an element's operands nor their order, so rows may come one by one or all at once.
 *
 * Two bodies carry all three products: `product` runs over a shared row-major operand b[k×n] and multiplies it by
 * a(i, p) = a[i·row + p·column]; strides choose between x · w, dy · wᵀ (with wᵀ made first) and xᵀ · dy. */
#include "dispatch.h"

/* c[m×n] = start + Σ_{p<k} a(i,p) · b[p×n], start being c itself (`continues`), a row vector, or 0. */
typedef struct product_operands {
  size_t m, k, n;
  const float *a;
  size_t a_row, a_column;
  const float *b;
  const float *_Nullable start;
  int continues;
  float *c;
} product_operands;

static void product_portable(const product_operands *o) {
  for (size_t i = 0; i < o->m; i++) {
    for (size_t j = 0; j < o->n; j++) {
      float sum = o->continues ? o->c[i * o->n + j] : o->start ? o->start[j] : 0;
      for (size_t p = 0; p < o->k; p++) {
        sum = FMA(o->a[i * o->a_row + p * o->a_column], o->b[p * o->n + j], sum);
      }
      o->c[i * o->n + j] = sum;
    }
  }
}

#if defined(__x86_64__)
#include <immintrin.h>

/* One block of ROWS × VECTORS registers at (i, j); the last register may be masked. */
#define BLOCK_512(ROWS, VECTORS)                                                                             \
  TARGET_AVX512 static void block512_##ROWS##_##VECTORS(const product_operands *o, size_t i, size_t j,       \
                                                        __mmask16 last) {                                    \
    __m512 c[ROWS][VECTORS];                                                                                 \
    for (int r = 0; r < ROWS; r++) {                                                                         \
      for (int v = 0; v < VECTORS; v++) {                                                                    \
        __mmask16 mask = v == VECTORS - 1 ? last : 0xFFFF;                                                   \
        const float *from = o->continues ? o->c + (i + (size_t)r) * o->n + j : o->start ? o->start + j : 0;  \
        c[r][v] = from ? _mm512_maskz_loadu_ps(mask, from + 16 * v) : _mm512_setzero_ps();                   \
      }                                                                                                      \
    }                                                                                                        \
    const float *a = o->a + i * o->a_row;                                                                    \
    const float *b = o->b + j;                                                                               \
    for (size_t p = 0; p < o->k; p++, a += o->a_column, b += o->n) {                                         \
      __m512 row[VECTORS];                                                                                   \
      for (int v = 0; v < VECTORS - 1; v++) row[v] = _mm512_loadu_ps(b + 16 * v);                            \
      row[VECTORS - 1] = _mm512_maskz_loadu_ps(last, b + 16 * (VECTORS - 1));                                \
      for (int r = 0; r < ROWS; r++) {                                                                       \
        __m512 x = _mm512_set1_ps(a[(size_t)r * o->a_row]);                                                  \
        for (int v = 0; v < VECTORS; v++) c[r][v] = _mm512_fmadd_ps(x, row[v], c[r][v]);                     \
      }                                                                                                      \
    }                                                                                                        \
    for (int r = 0; r < ROWS; r++) {                                                                         \
      for (int v = 0; v < VECTORS; v++) {                                                                    \
        __mmask16 mask = v == VECTORS - 1 ? last : 0xFFFF;                                                   \
        _mm512_mask_storeu_ps(o->c + (i + (size_t)r) * o->n + j + 16 * v, mask, c[r][v]);                    \
      }                                                                                                      \
    }                                                                                                        \
  }

BLOCK_512(6, 4)
BLOCK_512(1, 4)
BLOCK_512(8, 2)
BLOCK_512(1, 2)
BLOCK_512(12, 1)
BLOCK_512(4, 1)
BLOCK_512(1, 1)

static void product_avx512(const product_operands *o) {
  size_t j = 0;
  for (; j + 48 < o->n; j += 64) {
    size_t left = o->n - j;
    __mmask16 last = left >= 64 ? 0xFFFF : (__mmask16)((1u << (left - 48)) - 1);
    size_t i = 0;
    for (; i + 6 <= o->m; i += 6) block512_6_4(o, i, j, last);
    for (; i < o->m; i++) block512_1_4(o, i, j, last);
  }
  for (; j + 16 < o->n; j += 32) {
    size_t left = o->n - j;
    __mmask16 last = left >= 32 ? 0xFFFF : (__mmask16)((1u << (left - 16)) - 1);
    size_t i = 0;
    for (; i + 8 <= o->m; i += 8) block512_8_2(o, i, j, last);
    for (; i < o->m; i++) block512_1_2(o, i, j, last);
  }
  for (; j < o->n; j += 16) {
    size_t left = o->n - j;
    __mmask16 last = left >= 16 ? 0xFFFF : (__mmask16)((1u << left) - 1);
    size_t i = 0;
    for (; i + 12 <= o->m; i += 12) block512_12_1(o, i, j, last);
    for (; i + 4 <= o->m; i += 4) block512_4_1(o, i, j, last);
    for (; i < o->m; i++) block512_1_1(o, i, j, last);
  }
}

#define BLOCK_256(ROWS, VECTORS)                                                                             \
  TARGET_AVX2 static void block256_##ROWS##_##VECTORS(const product_operands *o, size_t i, size_t j,         \
                                                      __m256i last) {                                        \
    __m256i whole = _mm256_set1_epi32(-1);                                                                   \
    __m256 c[ROWS][VECTORS];                                                                                 \
    for (int r = 0; r < ROWS; r++) {                                                                         \
      for (int v = 0; v < VECTORS; v++) {                                                                    \
        __m256i mask = v == VECTORS - 1 ? last : whole;                                                      \
        const float *from = o->continues ? o->c + (i + (size_t)r) * o->n + j : o->start ? o->start + j : 0;  \
        c[r][v] = from ? _mm256_maskload_ps(from + 8 * v, mask) : _mm256_setzero_ps();                       \
      }                                                                                                      \
    }                                                                                                        \
    const float *a = o->a + i * o->a_row;                                                                    \
    const float *b = o->b + j;                                                                               \
    for (size_t p = 0; p < o->k; p++, a += o->a_column, b += o->n) {                                         \
      __m256 row[VECTORS];                                                                                   \
      for (int v = 0; v < VECTORS - 1; v++) row[v] = _mm256_loadu_ps(b + 8 * v);                             \
      row[VECTORS - 1] = _mm256_maskload_ps(b + 8 * (VECTORS - 1), last);                                    \
      for (int r = 0; r < ROWS; r++) {                                                                       \
        __m256 x = _mm256_set1_ps(a[(size_t)r * o->a_row]);                                                  \
        for (int v = 0; v < VECTORS; v++) c[r][v] = _mm256_fmadd_ps(x, row[v], c[r][v]);                     \
      }                                                                                                      \
    }                                                                                                        \
    for (int r = 0; r < ROWS; r++) {                                                                         \
      for (int v = 0; v < VECTORS; v++) {                                                                    \
        __m256i mask = v == VECTORS - 1 ? last : whole;                                                      \
        _mm256_maskstore_ps(o->c + (i + (size_t)r) * o->n + j + 8 * v, mask, c[r][v]);                       \
      }                                                                                                      \
    }                                                                                                        \
  }

BLOCK_256(6, 2)
BLOCK_256(1, 2)
BLOCK_256(8, 1)
BLOCK_256(1, 1)

/* A mask of the first `count` of 8 lanes. */
TARGET_AVX2 static __m256i first_lanes(size_t count) {
  __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count > 8 ? 8 : (int)count), lane);
}

TARGET_AVX2 static void product_avx2(const product_operands *o) {
  size_t j = 0;
  for (; j + 8 < o->n; j += 16) {
    __m256i last = first_lanes(o->n - j - 8);
    size_t i = 0;
    for (; i + 6 <= o->m; i += 6) block256_6_2(o, i, j, last);
    for (; i < o->m; i++) block256_1_2(o, i, j, last);
  }
  for (; j < o->n; j += 8) {
    __m256i last = first_lanes(o->n - j);
    size_t i = 0;
    for (; i + 8 <= o->m; i += 8) block256_8_1(o, i, j, last);
    for (; i < o->m; i++) block256_1_1(o, i, j, last);
  }
}
#endif

static void product(const product_operands *o) {
  switch (ckernels_current_path()) {
  case ckernels_path_portable: product_portable(o); break;
#if defined(__x86_64__)
  case ckernels_path_avx2: product_avx2(o); break;
  case ckernels_path_avx512: product_avx512(o); break;
#else
  default: product_portable(o); break;
#endif
  }
}

void ckernels_affine(size_t m, size_t k, size_t n, const float *x, const float *w, const float *b, float *y) {
  product(&(product_operands){
      .m = m, .k = k, .n = n, .a = x, .a_row = k, .a_column = 1, .b = w, .start = b, .continues = 0, .c = y});
}

void ckernels_affine_adjoint_input(size_t m, size_t k, size_t n, const float *dy, const float *w, float *wt,
                                   float *dx) {
  for (size_t p = 0; p < k; p++) {
    for (size_t j = 0; j < n; j++) wt[j * k + p] = w[p * n + j];
  }
  product(&(product_operands){.m = m,
                              .k = n,
                              .n = k,
                              .a = dy,
                              .a_row = n,
                              .a_column = 1,
                              .b = wt,
                              .start = NULL,
                              .continues = 0,
                              .c = dx});
}

void ckernels_affine_adjoint_weights(size_t m, size_t k, size_t n, const float *x, const float *dy, float *dw,
                                     float *db) {
  product(&(product_operands){.m = k,
                              .k = m,
                              .n = n,
                              .a = x,
                              .a_row = 1,
                              .a_column = k,
                              .b = dy,
                              .start = NULL,
                              .continues = 1,
                              .c = dw});
  for (size_t i = 0; i < m; i++) ckernels_add(n, dy + i * n, db);
}
