/* CWorkers under the sanitizers: members as threads that hand boxes over, a broken team, processes and forks. */
#include "CWorkers.h"
#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMBERS 3
#define MEETINGS 50

static cworkers_status meet(cworkers_team *team) {
  cworkers_arrive(team);
  cworkers_status status;
  while ((status = cworkers_wait(team, 20)) == cworkers_status_waiting) {}
  return status;
}

/* Boxes of other sizes at each meeting, up to some hundred kilobytes, so that they grow under the readers. */
static size_t size_of(int32_t rank, int meeting) { return (size_t)(rank + 1) * 997 * (size_t)(meeting % 20); }

static void take_part(cworkers_team *team) {
  int32_t own = cworkers_rank(team);
  for (int k = 0; k < MEETINGS; k++) {
    for (int part = 0; part < 2; part++) {
      size_t size = size_of(own, k);
      uint8_t *bytes = malloc(size + 1);
      memset(bytes, own * 100 + k + part, size);
      assert(cworkers_write(team, bytes, size) == cworkers_status_ok);
      free(bytes);
    }
    cworkers_beat(team);
    assert(meet(team) == cworkers_status_ok);
    for (int32_t r = 0; r < cworkers_count(team); r++) {
      for (int part = 0; part < 2; part++) {
        size_t size = size_of(r, k);
        uint8_t *bytes = malloc(size + 1);
        assert(cworkers_read(team, r, bytes, size) == cworkers_status_ok);
        for (size_t i = 0; i < size; i++) assert(bytes[i] == (uint8_t)(r * 100 + k + part));
        free(bytes);
      }
      uint8_t more;
      assert(cworkers_read(team, r, &more, 1) == cworkers_status_short);
    }
  }
}

struct place {
  int32_t rank, descriptor;
};

static void *member(void *argument) {
  struct place *place = argument;
  cworkers_team *team = cworkers_join(place->rank, place->descriptor);
  assert(team && cworkers_count(team) == MEMBERS);
  take_part(team);
  if (place->rank == 2) cworkers_break(team, 7, "enough");
  assert(meet(team) == cworkers_status_broken);
  assert(cworkers_breaker(team) == 2 && cworkers_code(team) == 7);
  assert(strcmp(cworkers_reason(team), "enough") == 0);
  cworkers_leave(team, 0, 0);
  return NULL;
}

static void threads(void) {
  cworkers_team *team = cworkers_create(MEMBERS);
  assert(team);
  pthread_t all[MEMBERS];
  struct place places[MEMBERS];
  for (int32_t r = 1; r < MEMBERS; r++) {
    places[r] = (struct place){r, cworkers_descriptor(team)};
    assert(pthread_create(&all[r], NULL, member, &places[r]) == 0);
  }
  take_part(team);
  assert(cworkers_beats(team, 1) == MEETINGS);
  while (cworkers_breaker(team) < 0) {}
  cworkers_break(team, 8, "too late");
  assert(cworkers_code(team) == 7);
  for (int32_t r = 1; r < MEMBERS; r++) pthread_join(all[r], NULL);
  cworkers_leave(team, 0, 0);
}

static void processes(void) {
  const char *ends[] = {"/bin/sh", "-c", "exit 5", NULL};
  const char *killed[] = {"/bin/sh", "-c", "kill -9 $$", NULL};
  const char *stays[] = {"/bin/sleep", "100", NULL};
  cworkers_team *team = cworkers_create(4);
  assert(team);
  assert(cworkers_start(team, 1, ends[0], ends) == cworkers_status_ok);
  cworkers_arrive(team);
  cworkers_status status;
  while ((status = cworkers_wait(team, 20)) == cworkers_status_waiting) {}
  assert(status == cworkers_status_gone && cworkers_missing(team) == 1 && cworkers_ending(team, 1) == 5);
  assert(cworkers_start(team, 2, killed[0], killed) == cworkers_status_ok);
  assert(cworkers_start(team, 3, stays[0], stays) == cworkers_status_ok);
  cworkers_leave(team, 200, 200);
  team = cworkers_create(2);
  assert(cworkers_start(team, 1, "/nowhere", ends) == cworkers_status_failed);
  cworkers_leave(team, 0, 0);
}

enum { NOTES = 50 };

static void *note(void *place) {
  struct place *own = place;
  cworkers_team *team = cworkers_join(own->rank, own->descriptor);
  assert(team);
  char line[CWORKERS_LONGEST_NOTE];
  for (int k = 0; k < NOTES; k++) {
    snprintf(line, sizeof line, "member %d has line %d to tell", own->rank, k);
    cworkers_note(team, line);
  }
  cworkers_leave(team, 0, 0);
  return NULL;
}

/* Lines that members leave at the same time arrive whole, each member's in its order, and no more than fit. */
static void notes(void) {
  cworkers_team *team = cworkers_create(3);
  assert(team);
  pthread_t both[3];
  struct place places[3];
  for (int32_t r = 1; r < 3; r++) {
    places[r] = (struct place){r, cworkers_descriptor(team)};
    assert(pthread_create(&both[r], NULL, note, &places[r]) == 0);
  }
  char line[CWORKERS_LONGEST_NOTE], longest[2 * CWORKERS_LONGEST_NOTE];
  int found[3] = {0, 0, 0};
  while (found[1] + found[2] < 2 * NOTES) {
    if (!cworkers_next_note(team, line, sizeof line)) continue;
    int rank = 0, number = 0;
    assert(sscanf(line, "member %d has line %d to tell", &rank, &number) == 2);
    assert(number == found[rank]++);
  }
  for (int32_t r = 1; r < 3; r++) pthread_join(both[r], NULL);
  memset(longest, 'x', sizeof longest - 1);
  longest[sizeof longest - 1] = 0;
  cworkers_note(team, longest);
  assert(!cworkers_next_note(team, line, sizeof line));
  longest[CWORKERS_LONGEST_NOTE - 1] = 0;
  for (int k = 0; k < 100; k++) cworkers_note(team, longest);
  int fitting = 0;
  while (cworkers_next_note(team, line, sizeof line)) fitting++;
  assert(fitting > 8 && fitting < 100 && !strcmp(line, longest));
  cworkers_leave(team, 0, 0);
}

/* The number of a process's mappings of a team's memory. */
static int mappings(void) {
  FILE *maps = fopen("/proc/self/maps", "re");
  assert(maps);
  char line[1024];
  int count = 0;
  while (fgets(line, sizeof line, maps)) count += strstr(line, "memfd:ascent") != NULL;
  fclose(maps);
  return count;
}

/* A forked process has neither the mappings, also those of grown boxes, nor the descriptor. */
static void forks(void) {
  cworkers_team *gone = cworkers_create(2), *team = cworkers_create(2);
  cworkers_leave(gone, 0, 0);
  uint8_t *bytes = calloc(1, 1 << 20);
  assert(cworkers_write(team, bytes, 1000) == cworkers_status_ok);
  assert(cworkers_write(team, bytes, 1 << 20) == cworkers_status_ok);
  free(bytes);
  assert(mappings() >= 2);
  pid_t child = fork();
  assert(child >= 0);
  if (child == 0) _exit(mappings() == 0 && fcntl(cworkers_descriptor(team), F_GETFD) < 0 ? 0 : 1);
  int status = 1;
  assert(waitpid(child, &status, 0) == child && status == 0);
  assert(mappings() >= 2 && fcntl(cworkers_descriptor(team), F_GETFD) >= 0);
  cworkers_leave(team, 0, 0);
}

int main(void) {
  assert(!cworkers_create(0) && !cworkers_create(CWORKERS_MOST + 1));
  assert(!cworkers_join(1, -1) && !cworkers_join(1, 0));
  assert(cworkers_processors() >= 1);
  int64_t seconds;
  uint32_t nanoseconds = 0;
  assert(!cworkers_birth("/no such folder", &seconds, &nanoseconds));
  assert(!cworkers_birth("/", &seconds, &nanoseconds) || nanoseconds < 1000000000);
  threads();
  notes();
  processes();
  forks();
  puts("cworkers: no faults");
  return 0;
}
