/* Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers, as easy as 1, 2, 3; 2011) as a gsl_rng_type.
 *
 * The four words of the 128-bit counter are, from the lowest: the low 32 bits of the block's index; its high 24 bits,
 * with the purpose above them in the highest 8; the lane; the episode. The key of Philox is the seed. So unequal stream
 * keys never share a counter and a seed within the 2^58 numbers that a stream has. */
#include "internal.h"
#include <string.h>

static inline void philox_block(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++) {
    uint64_t a = (uint64_t)0xD2511F53u * c0;
    uint64_t b = (uint64_t)0xCD9E8D57u * c2;
    c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
    c1 = (uint32_t)b;
    c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
    c3 = (uint32_t)a;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

void cgsl_philox_block(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  philox_block(counter, key, out);
}

void cgsl_philox_restart(cgsl_philox *state, cgsl_key key) {
  state->key[0] = (uint32_t)key.seed;
  state->key[1] = (uint32_t)(key.seed >> 32);
  state->counter[0] = 0;
  state->counter[1] = (uint32_t)key.purpose << 24;
  state->counter[2] = key.lane;
  state->counter[3] = key.episode;
  memset(state->block, 0, sizeof state->block);
  state->used = 4;
}

static void set(void *state, unsigned long seed) {
  cgsl_philox_restart(state, (cgsl_key){.seed = seed, .purpose = 0, .lane = 0, .episode = 0});
}

static inline uint32_t next(cgsl_philox *state) {
  if (state->used >= 4) {
    philox_block(state->counter, state->key, state->block);
    state->used = 0;
    if (++state->counter[0] == 0) {
      uint32_t high = (state->counter[1] + 1) & 0x00FFFFFFu;
      state->counter[1] = (state->counter[1] & 0xFF000000u) | high;
    }
  }
  return state->block[state->used++];
}

static unsigned long get(void *state) { return next(state); }

/* 53 bits, like cgsl_stream_uniform, since GSL's usual 32 bits leave gaps. */
static double get_double(void *state) {
  uint64_t high = next(state);
  uint64_t bits = high << 32 | next(state);
  return (double)(bits >> 11) * 0x1p-53;
}

const gsl_rng_type cgsl_philox_type = {
    "philox4x32-10", 0xFFFFFFFFu, 0, sizeof(cgsl_philox), set, get, get_double,
};
