/* The bridge under the sanitizers (`make sanitize`): environments of every kind of space, and every environment
 * that breaks its contract. The argument is the Python of the project's .venv. */
#include "CPython.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t bits = 1;

static uint64_t next64(void *state) {
  uint64_t *x = state;
  return *x = *x * 6364136223846793005u + 1442695040888963407u;
}
static uint32_t next32(void *state) { return (uint32_t)(next64(state) >> 32); }
static double next_double(void *state) { return (double)(next64(state) >> 11) * 0x1p-53; }

/* Uniform numbers whatever the distribution is; a parameter that is negative is refused. */
static int32_t draw(void *state, int32_t distribution, const double *parameters, ptrdiff_t parameter_count,
                    double *out, ptrdiff_t count) {
  (void)distribution;
  for (ptrdiff_t k = 0; k < parameter_count; k++) {
    if (parameters[k] < 0) return 1;
  }
  for (ptrdiff_t k = 0; k < count; k++) out[k] = next_double(state);
  return 0;
}

static void *copy(void *state) {
  uint64_t *x = malloc(sizeof *x);
  if (x) *x = *(uint64_t *)state;
  return x;
}

static size_t save(void *state, uint8_t *out) {
  if (out) memcpy(out, state, sizeof bits);
  return sizeof bits;
}

static int32_t load(void *state, const uint8_t *bytes, size_t size) {
  if (size != sizeof bits) return 1;
  memcpy(state, bytes, size);
  return 0;
}

static const cpython_source source = {.state = &bits,
                                      .next_uint64 = next64,
                                      .next_uint32 = next32,
                                      .next_double = next_double,
                                      .draw = draw,
                                      .copy = copy,
                                      .release = free,
                                      .save = save,
                                      .load = load,
                                      .feeds = 1};

/* No arguments, wrappers, registrations or emissions. */
static const char *const options =
    "{\"arguments\": {}, \"wrappers\": [], \"register\": [], \"emissions\": []}";

static size_t floats(const cpython_environment *e, int of_actions, int flat) {
  size_t sum = 0;
  for (size_t k = 0; k < cpython_environment_leaf_count(e, of_actions); k++) {
    const cpython_leaf *leaf = cpython_environment_leaf(e, of_actions, k);
    int is_one_hot =
        leaf->kind == cpython_leaf_kind_discrete || leaf->kind == cpython_leaf_kind_multi_discrete;
    if (flat && is_one_hot) {
      for (size_t i = 0; i < leaf->count; i++) sum += leaf->counts[i] > 4096 ? 1 : (size_t)leaf->counts[i];
    } else {
      sum += leaf->count;
    }
  }
  return sum;
}

/* An action in every leaf: the first index, a low bit, or 0 held inside of the box. */
static float *action_of(const cpython_environment *e) {
  float *action = calloc(floats(e, 1, 0), sizeof *action);
  if (action == NULL) exit(3);
  float *next = action;
  for (size_t k = 0; k < cpython_environment_leaf_count(e, 1); k++) {
    const cpython_leaf *leaf = cpython_environment_leaf(e, 1, k);
    for (size_t i = 0; i < leaf->count; i++, next++) {
      if (leaf->kind != cpython_leaf_kind_box) continue;
      if (leaf->low[i] > 0) *next = (float)leaf->low[i];
      if (leaf->high[i] < 0) *next = (float)leaf->high[i];
    }
  }
  return action;
}

/* Takes what an environment keeps and gives it back, then a state that is cut short, which it refuses. */
static cpython_fault exchange_state(const cpython_environment *e, cpython_failure *failure) {
  char *bytes = NULL;
  size_t size = 0;
  cpython_fault fault = cpython_environment_get_state(e, &bytes, &size, failure);
  if (fault == cpython_fault_none) fault = cpython_environment_set_state(e, bytes, size, failure);
  if (fault == cpython_fault_none && size > 0 &&
      cpython_environment_set_state(e, bytes, size - 1, failure) == cpython_fault_none)
    exit(4);
  cpython_failure_clear(failure);
  cpython_free(bytes);
  return fault;
}

/* Prints the notices; a second call has none. */
static void show_notices(cpython_environment *e) {
  cpython_failure failure = {0};
  char *text = NULL;
  if (cpython_environment_notices(e, &text, &failure) != cpython_fault_none) exit(5);
  if (text) printf("%s", text);
  cpython_free(text);
  if (cpython_environment_notices(e, &text, &failure) != cpython_fault_none || text) exit(6);
}

/* Plays some steps, in memory of exactly the right size; says how far it came. */
static void play(const char *reference, int steps, int64_t seed) {
  cpython_failure failure = {0};
  cpython_environment *e = NULL;
  int done = 0, episodes = 0;
  cpython_fault fault =
      cpython_environment_open(&(cpython_opening){.reference = reference, .options = options}, &e, &failure);
  if (fault == cpython_fault_none) {
    float *observation = calloc(floats(e, 0, 1), sizeof *observation), *action = action_of(e);
    if (observation == NULL) exit(3);
    char *table = NULL;
    fault = cpython_environment_table(e, &table, &failure);
    cpython_free(table);
    cpython_environment_set_source(e, source);
    cpython_environment_draw(e);
    if (fault == cpython_fault_none) fault = cpython_environment_seed_first(e, 5, &failure);
    if (fault == cpython_fault_none) fault = cpython_environment_reset(e, seed, observation, &failure);
    if (fault == cpython_fault_none) fault = exchange_state(e, &failure);
    int state = cpython_attach();
    for (; done < steps && fault == cpython_fault_none; done++) {
      cpython_outcome outcome = {0};
      fault = cpython_environment_step(e, action, observation, &outcome, &failure);
      if (fault == cpython_fault_none && (outcome.terminated || outcome.truncated)) {
        fault = cpython_environment_reset(e, -1, observation, &failure);
        episodes++;
      }
    }
    cpython_detach(state);
    show_notices(e);
    cpython_environment_close(e);
    free(observation);
    free(action);
  }
  printf("%s: %d steps, %d episodes, fault %d %.60s\n", reference, done, episodes, (int)fault,
         failure.first ? failure.first : "");
  cpython_failure_clear(&failure);
}

/* The same of a vector of three; a vector that resets nobody by itself is told to. */
static void play_vector(const char *reference, int steps) {
  enum { rows = 3 };
  cpython_failure failure = {0};
  cpython_environment *e = NULL;
  int done = 0;
  cpython_fault fault =
      cpython_vector_open(&(cpython_opening){.reference = reference, .options = options}, rows, &e, &failure);
  if (fault == cpython_fault_none) {
    size_t size = floats(e, 0, 1);
    float *observations = calloc(rows * size, sizeof *observations),
          *finals = calloc(rows * size, sizeof *finals);
    float *actions = calloc(rows * floats(e, 1, 0), sizeof *actions);
    double *rewards = calloc(rows, sizeof *rewards);
    uint8_t *terminated = calloc(rows, 1), *truncated = calloc(rows, 1);
    if (!observations || !finals || !actions || !rewards || !terminated || !truncated) exit(3);
    const cpython_batch batch = {observations, finals, rewards, terminated, truncated};
    cpython_environment_set_source(e, source);
    cpython_environment_draw(e);
    fault = cpython_environment_seed_first(e, 5, &failure);
    if (fault == cpython_fault_none) fault = cpython_vector_reset(e, -1, observations, &failure);
    for (; done < steps && fault == cpython_fault_none; done++) {
      fault = cpython_vector_step(e, actions, &batch, &failure);
      for (size_t row = 0; row < rows && fault == cpython_fault_none; row++) {
        int is_over = terminated[row] || truncated[row];
        if (is_over && cpython_vector_autoreset(e) == cpython_autoreset_disabled) {
          fault = cpython_vector_reset_row(e, row, observations + row * size, &failure);
        }
      }
    }
    show_notices(e);
    cpython_environment_close(e);
    free(observations);
    free(finals);
    free(actions);
    free(rewards);
    free(terminated);
    free(truncated);
  }
  printf("%s, %d of them: %d steps, fault %d %.60s\n", reference, (int)rows, done, (int)fault,
         failure.first ? failure.first : "");
  cpython_failure_clear(&failure);
}

/* The names of a fixture's classes, one a line; the caller frees them. */
static char *names_of(const char *file) {
  char program[256], *names = NULL;
  cpython_failure failure = {0};
  snprintf(
      program, sizeof program,
      "import re\ntext = open('%s', encoding='utf-8').read()\n"
      "result = '\\n'.join(re.findall(r'^(?:class |acting..|observing..|paying..)(\\w+)', text, re.M))\n",
      file);
  if (cpython_run(program, &names, &failure) != cpython_fault_none) {
    fprintf(stderr, "%s: %s\n", failure.first ? failure.first : "", failure.second ? failure.second : "");
    exit(1);
  }
  return names;
}

int main(int count, char **arguments) {
  cpython_failure failure = {0};
  if (cpython_start(count > 1 ? arguments[1] : NULL, NULL, NULL, 0, &failure) != cpython_fault_none) {
    fprintf(stderr, "%s\n", failure.first ? failure.first : "Python does not start");
    return 1;
  }
  if (cpython_draw_elsewhere(source, &failure) != cpython_fault_none) return 1;
  static const char *const good[] = {
      "CartPole-v1", "Pendulum-v1",    "FrozenLake-v1",  "Blackjack-v1",
      "Taxi-v4",     "LunarLander-v3", "HalfCheetah-v5", "envs/arrivals.py:Queue"};
  for (size_t k = 0; k < sizeof good / sizeof *good; k++) play(good[k], 300, k % 2 ? -1 : 7);
  play("NoSuch-v1", 1, -1);
  play("nowhere.py:Class", 1, -1);
  play("json:Id", 1, -1);

  static const char *const fixtures[] = {"Tests/Fixtures/misbehaving.py", "Tests/Fixtures/keeping.py",
                                         "Tests/Fixtures/hidden.py", "Tests/Fixtures/exact.py"};
  char *names = NULL;
  int played = 0;
  for (size_t k = 0; k < sizeof fixtures / sizeof *fixtures; k++) {
    names = names_of(fixtures[k]);
    for (char *name = strtok(names, "\n"); name != NULL; name = strtok(NULL, "\n"), played++) {
      char reference[256];
      snprintf(reference, sizeof reference, "%s:%s", fixtures[k], name);
      play(reference, 30, -1);
    }
    cpython_free(names);
  }
  play_vector("CartPole-v1", 600);
  play_vector("Acrobot-v1", 1);
  static const char *const vectors[] = {"Tests/Fixtures/vectors.py", "Tests/Fixtures/exact_vectors.py"};
  for (size_t k = 0; k < sizeof vectors / sizeof *vectors; k++) {
    names = names_of(vectors[k]);
    for (char *name = strtok(names, "\n"); name != NULL; name = strtok(NULL, "\n"), played++) {
      char reference[256];
      snprintf(reference, sizeof reference, "%s:%s", vectors[k], name);
      play_vector(reference, 30);
    }
    cpython_free(names);
  }
  char *text = NULL;
  if (cpython_identifiers(0, "gymnasium.envs.classic_control", &text, &failure) == cpython_fault_none)
    cpython_free(text);
  if (cpython_package_version("numpy", &text, &failure) == cpython_fault_none) cpython_free(text);
  if (cpython_run("raise ValueError('x')", &text, &failure) == cpython_fault_none) return 1;
  cpython_failure_clear(&failure);
  printf("Python %s, %d fixtures\n", cpython_version(), played);
  return played > 0 ? 0 : 1;
}
