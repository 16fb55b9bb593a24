#ifndef ASCENT_CPYTHON_INTERPRETER_H
#define ASCENT_CPYTHON_INTERPRETER_H

#include "failure.h"
#include <stddef.h>

_Pragma("clang assume_nonnull begin")

/* The version of Python for which this was compiled. */
int cpython_major_version(void);
int cpython_minor_version(void);
const char *cpython_version(void);

/* The interpreter whose libpython is linked, as the build recorded it, or NULL; and the file that contains libpython: a
 * shared library, or the executable. The texts are static. */
const char *_Nullable cpython_linked_interpreter(void);
const char *_Nullable cpython_library_file(void);

/* Returns 1 if libpython is part of the executable, 0 if it is a shared library. */
int cpython_is_static(void);

/* Starts the interpreter, isolated, with this executable's prefix, and releases its lock. Call it once per process.
 * `site_folder`, if given, is added to the path: the packages of another build. The folders of `search_path` are put at
 * its front, as those of PYTHONPATH are. `optimization` 1 leaves assertions out, as python -O does. SIGPIPE and SIGXFSZ
 * are ignored from then on, as python does. */
cpython_fault cpython_start(const char *_Nullable executable, const char *_Nullable site_folder,
                            const char *_Nullable search_path, int optimization, cpython_failure *failure);

/* 1 if an interpreter runs in this process, whoever started it. */
int cpython_is_running(void);

/* Makes the running interpreter, which the program started by itself, host environments. Call it on a thread that may take
 * its lock. */
cpython_fault cpython_adopt(cpython_failure *failure);

/* Ends the process, and before it the interpreter as python ends: joins threads, calls exit handlers (multiprocessing's
 * ends or joins its processes), and closes files. Call it on the thread that called cpython_start, after the
 * environments are closed; elsewhere, and before cpython_start, only the process ends. If it takes longer than
 * cpython_watch_calls allows, it is reported, and the process ends with `exit_code` at once. */
_Noreturn void cpython_exit(int exit_code);

/* Acquires the interpreter's lock for this thread. Calls can be nested; the states are passed to cpython_detach in
 * reverse order. */
int cpython_attach(void);
void cpython_detach(int state);

/* The installed version of a package ("" if it is not installed), and an attribute of `sys` as text. The caller frees
 * them with cpython_free. */
cpython_fault cpython_package_version(const char *package, char *_Nullable *_Nonnull out,
                                      cpython_failure *failure);
cpython_fault cpython_system_text(const char *attribute, char *_Nullable *_Nonnull out,
                                  cpython_failure *failure);

/* The ids of Gymnasium's registry, or only those that a module registers, or that have a vector entry point, one per
 * line. The caller frees the text. */
cpython_fault cpython_identifiers(int of_vectors, const char *_Nullable module, char *_Nullable *_Nonnull out,
                                  cpython_failure *failure);

/* A Minari data set as the lines of a trajectory file. The caller frees the text. */
cpython_fault cpython_minari_lines(const char *name, char *_Nullable *_Nonnull out, cpython_failure *failure);

/* Runs a program and returns str(result). The caller frees the text. */
cpython_fault cpython_run(const char *program, char *_Nullable *_Nonnull out, cpython_failure *failure);

/* Starts to sum the time inside of hosted reset() and step(); the sum so far, in seconds. */
void cpython_time_calls(void);
double cpython_call_seconds(void);

/* Watches the calling thread from now on while it is inside of Python. A call of any function here that takes longer than
 * `seconds` is reported on standard error with Python's stack, and the process ends with `exit_code`. Time in which
 * the process or the machine was stopped does not count. It may be called before cpython_start. */
cpython_fault cpython_watch_calls(double seconds, int exit_code, cpython_failure *failure);

/* Makes cpython_environment_examine and cpython_minari_lines fail at their next step, with a refusal of the kind
 * "interrupted". It may be called in a handler of signals. */
void cpython_request_stop(void);

/* Frees a text that one of these functions returned. */
void cpython_free(char *_Nullable text);

_Pragma("clang assume_nonnull end")

#endif
