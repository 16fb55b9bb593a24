/* A process that an environment forks must not hold the memory of a team: MADV_DONTFORK keeps the mappings from it, and
 * this file the descriptors. Started processes share the caller's mappings until they are executed, so they are not
 * affected. */
#include "internal.h"
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static cworkers_team *teams;

static void before(void) { pthread_mutex_lock(&lock); }

static void after(void) { pthread_mutex_unlock(&lock); }

static void in_child(void) {
  for (cworkers_team *team = teams; team; team = team->next) {
    close(team->descriptor);
    for (int32_t k = 0; k < 2 * team->count; k++) close(team->boxes[k / 2][k % 2].descriptor);
    for (int32_t r = 0; r < team->count; r++) {
      if (team->processes[r].watched >= 0) close(team->processes[r].watched);
    }
  }
  teams = NULL;
  pthread_mutex_unlock(&lock);
}

static void watch_forks(void) { pthread_atfork(before, after, in_child); }

void cworkers_register(cworkers_team *team) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, watch_forks);
  before();
  team->next = teams;
  teams = team;
  after();
}

void cworkers_unregister(cworkers_team *team) {
  before();
  cworkers_team **at = &teams;
  while (*at && *at != team) at = &(*at)->next;
  if (*at) *at = team->next;
  after();
}
