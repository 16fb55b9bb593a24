/* Declarations that the shim's files share. */
#ifndef CWORKERS_INTERNAL_H
#define CWORKERS_INTERNAL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "CWorkers.h"
#include <stdatomic.h>
#include <sys/types.h>

#define TEXT_SIZE 16384
#define NOTE_SIZE CWORKERS_LONGEST_NOTE
#define NOTES_SIZE 16384

/* The state that a member publishes to the others, on a cache line of its own. */
struct face {
  _Alignas(64) _Atomic uint64_t beats;
  _Atomic uint32_t met;      /* the number of meetings at which it has arrived */
  _Atomic uint64_t sizes[2]; /* the number of bytes in each of its boxes */
  int32_t boxes[2];          /* the descriptors of its boxes */
  _Atomic uint32_t leaving;  /* 1 when it begins to end */
};

/* The shared memory of a team. */
struct control {
  uint64_t magic;
  int32_t count;
  pid_t parent;
  _Alignas(64) _Atomic uint32_t arrived;
  _Alignas(64) _Atomic uint32_t meetings; /* the number of complete meetings; members wait on this futex */
  _Alignas(64) _Atomic uint32_t interrupted;
  _Atomic uint32_t broken; /* 0 no, 1 the text is being written, 2 yes */
  int32_t breaker, code;
  char text[TEXT_SIZE];
  _Atomic uint32_t noted; /* the bytes of `notes` that are given away */
  _Atomic char notes[NOTES_SIZE];
  struct face faces[CWORKERS_MOST];
};

/* A box as mapped into this process. */
struct box {
  int descriptor;
  uint8_t *bytes;
  uint64_t mapped;
};

struct process {
  pid_t id;    /* 0: none was started */
  int watched; /* a pidfd, readable after the process ends, or −1 */
  int32_t ending;
  bool is_gone;
};

struct cworkers_team {
  struct control *control;
  cworkers_team *next; /* of this process */
  int32_t count;       /* as in control, which a forked process does not have */
  int descriptor;
  int32_t rank;
  int turn;         /* the index of the box that is written */
  uint32_t meeting; /* the number of meetings at which this member has arrived */
  int32_t processors;
  uint64_t written;
  uint32_t notes_read; /* the bytes of the notes that member 0 has read */
  uint64_t read[CWORKERS_MOST];
  struct box boxes[CWORKERS_MOST][2];
  struct process processes[CWORKERS_MOST];
};

/* Checks whether started processes have ended, and records how. Returns the first that has, or −1. */
int32_t cworkers_first_gone(cworkers_team *team);

/* forks.c: the teams of this process, whose descriptors a forked process closes. */
void cworkers_register(cworkers_team *team);
void cworkers_unregister(cworkers_team *team);

#endif
