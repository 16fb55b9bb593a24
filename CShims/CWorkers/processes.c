/* The processes of a team: starting, watching, and ending them. */
#include "internal.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

int32_t cworkers_processors(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

static int64_t now_in_milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

/* Duplicating a descriptor onto itself leaves it open in the started process. */
static int inherit(const cworkers_team *team, posix_spawn_file_actions_t *actions) {
  int error = posix_spawn_file_actions_adddup2(actions, team->descriptor, team->descriptor);
  for (int32_t k = 0; error == 0 && k < 2 * team->control->count; k++) {
    int box = team->control->faces[k / 2].boxes[k % 2];
    error = posix_spawn_file_actions_adddup2(actions, box, box);
  }
  return error;
}

/* The signals that ask a run to stop. */
static sigset_t signals_of_stops(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  return set;
}

/* Blocks them in a started process until it has handlers: those of the terminal reach it, too. */
static int block_signals(posix_spawnattr_t *attributes) {
  sigset_t blocked = signals_of_stops();
  int error = posix_spawnattr_setsigmask(attributes, &blocked);
  return error ? error : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK);
}

cworkers_status cworkers_start(cworkers_team *team, int32_t rank, const char *executable,
                               const char *const *arguments) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (posix_spawn_file_actions_init(&actions) != 0) return cworkers_status_failed;
  if (posix_spawnattr_init(&attributes) != 0) {
    posix_spawn_file_actions_destroy(&actions);
    return cworkers_status_failed;
  }
  struct process *process = &team->processes[rank];
  pid_t id = 0;
  int error = inherit(team, &actions);
  if (error == 0) error = block_signals(&attributes);
  if (error == 0) {
    error = posix_spawn(&id, executable, &actions, &attributes, (char *const *)(uintptr_t)arguments, environ);
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return cworkers_status_failed;
  process->id = id;
  process->watched = (int)syscall(SYS_pidfd_open, id, 0);
  return cworkers_status_ok;
}

/* --- a single process, watched by another */

/* `actions` is what the system does with descriptors in the process. */
static int32_t spawn(const char *executable, const char *const *arguments,
                     const posix_spawn_file_actions_t *actions) {
  signal(SIGCHLD, SIG_DFL); /* if ignored, as some parents leave it, the exit status would be lost */
  posix_spawnattr_t attributes;
  if (posix_spawnattr_init(&attributes) != 0) return -1;
  pid_t id = -1;
  /* In the same process group, it has the terminal: in the background, tostop or a read would stop it for good. */
  int error = block_signals(&attributes);
  if (error == 0) {
    error = posix_spawn(&id, executable, actions, &attributes, (char *const *)(uintptr_t)arguments, environ);
  }
  posix_spawnattr_destroy(&attributes);
  return error == 0 ? id : -1;
}

int32_t cworkers_spawn(const char *executable, const char *const *arguments) {
  return spawn(executable, arguments, NULL);
}

int32_t cworkers_spawn_apart(const char *executable, const char *const *arguments, const char *output,
                             const char *errors) {
  posix_spawn_file_actions_t actions;
  if (posix_spawn_file_actions_init(&actions) != 0) return -1;
  int flags = O_WRONLY | O_CREAT | O_APPEND;
  int error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  if (error == 0) error = posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0644);
  if (error == 0) error = posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0644);
  int32_t id = error == 0 ? spawn(executable, arguments, &actions) : -1;
  posix_spawn_file_actions_destroy(&actions);
  return id;
}

cworkers_status cworkers_await(int32_t process, int32_t milliseconds, int32_t *ending) {
  int64_t end = now_in_milliseconds() + milliseconds;
  for (;;) {
    int status = 0;
    pid_t found = waitpid(process, &status, WNOHANG);
    if (found < 0 && errno != EINTR) return cworkers_status_failed;
    if (found > 0) {
      *ending = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
      return cworkers_status_gone;
    }
    if (now_in_milliseconds() >= end) return cworkers_status_waiting;
    usleep(5000);
  }
}

void cworkers_ask_to_stop(int32_t process) { kill(process, SIGINT); }

void cworkers_end_with(int32_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
}

int64_t cworkers_resident_bytes(void) {
  FILE *file = fopen("/proc/self/statm", "re");
  if (!file) return -1;
  long long pages = 0;
  int count = fscanf(file, "%*s %lld", &pages);
  fclose(file);
  return count == 1 ? pages * sysconf(_SC_PAGESIZE) : -1;
}

static void do_nothing(int number) { (void)number; }

void cworkers_end_with_parent(const cworkers_team *team) {
  cworkers_end_with(team->control->parent);
  /* Processes that an environment starts must not have the team's memory or blocked signals. Handlers do not survive
   * exec, but a signal mask does. */
  fcntl(team->descriptor, F_SETFD, FD_CLOEXEC);
  for (int32_t k = 0; k < 2 * team->control->count; k++) {
    fcntl(team->control->faces[k / 2].boxes[k % 2], F_SETFD, FD_CLOEXEC);
  }
  struct sigaction nothing = {.sa_handler = do_nothing, .sa_flags = SA_RESTART}, before;
  sigaction(SIGINT, &nothing, NULL);
  sigaction(SIGTERM, &nothing, NULL);
  /* nohup ignores it, also in what an environment starts. */
  if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
    sigaction(SIGHUP, &nothing, NULL);
  sigset_t wanted = signals_of_stops();
  pthread_sigmask(SIG_UNBLOCK, &wanted, NULL);
}

void cworkers_begin_leaving(cworkers_team *team) {
  atomic_store(&team->control->faces[team->rank].leaving, 1);
}

static void look(struct process *process) {
  if (process->id == 0 || process->is_gone) return;
  struct pollfd ended = {process->watched, POLLIN, 0};
  if (process->watched >= 0 && poll(&ended, 1, 0) == 0) return;
  int status = 0;
  pid_t found = waitpid(process->id, &status, WNOHANG);
  if (found == 0) return;
  process->is_gone = true;
  /* Other code in this process may have waited for it first; then its exit status is unknown. */
  process->ending = found < 0 ? 0 : WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int32_t cworkers_first_gone(cworkers_team *team) {
  int32_t first = -1;
  for (int32_t r = team->control->count - 1; r > 0; r--) {
    look(&team->processes[r]);
    if (team->processes[r].is_gone) first = r;
  }
  return first;
}

int32_t cworkers_ending(const cworkers_team *team, int32_t rank) { return team->processes[rank].ending; }

/* Returns whether a process has not ended: any one, or one that has begun to leave. */
static bool is_any_left(cworkers_team *team, bool is_leaving) {
  bool any = false;
  for (int32_t r = 1; r < team->control->count; r++) {
    look(&team->processes[r]);
    if (team->processes[r].id == 0 || team->processes[r].is_gone) continue;
    if (!is_leaving || atomic_load(&team->control->faces[r].leaving)) any = true;
  }
  return any;
}

void cworkers_leave(cworkers_team *team, int32_t milliseconds, int32_t milliseconds_to_end) {
  /* Sleeps are counted, not the clock: time in which the processes were stopped is no time to end in. */
  int32_t waited = 0;
  for (; is_any_left(team, false) && waited < milliseconds; waited += 2) usleep(2000);
  for (; is_any_left(team, true) && waited < milliseconds_to_end; waited += 2) usleep(2000);
  for (int32_t r = 1; r < team->control->count; r++) {
    struct process *process = &team->processes[r];
    if (process->id != 0 && !process->is_gone) {
      kill(process->id, SIGKILL);
      while (waitpid(process->id, NULL, 0) < 0 && errno == EINTR) {}
    }
    if (process->watched >= 0) close(process->watched);
  }
  cworkers_unregister(team);
  bool is_owner = team->rank == 0;
  for (int32_t k = 0; k < 2 * team->control->count; k++) {
    struct box *box = &team->boxes[k / 2][k % 2];
    if (box->bytes) munmap(box->bytes, box->mapped);
    if (is_owner) close(box->descriptor);
  }
  if (is_owner) close(team->descriptor);
  munmap(team->control, sizeof *team->control);
  free(team);
}
