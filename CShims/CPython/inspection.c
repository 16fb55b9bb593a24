/* Queries about an environment that do not step it in a run: its table, and the checks. */
#include "internal.h"

cpython_fault cpython_environment_table(cpython_environment *e, char **out, cpython_failure *failure) {
  calls_entry entry = calls_enter(calls_phase_loading);
  PyObject *text = PyObject_CallMethod(tables_module(), "transition_table", "O", e->environment);
  cpython_fault fault = text_hand_over(text, out, failure);
  calls_leave(entry);
  return fault;
}

cpython_fault cpython_environment_examine(const cpython_opening *opening, int64_t steps, const char *source,
                                          char **out, cpython_failure *failure) {
  calls_entry entry = calls_enter(calls_phase_checking);
  /* The trials are no lane's: they draw from the stream of constructors. */
  ascent_module_use(source_elsewhere());
  PyObject *checks = checks_module();
  PyObject *text = checks ? PyObject_CallMethod(checks, "examine", "ssLs", opening->reference,
                                                opening->options, (long long)steps, source)
                          : NULL;
  cpython_fault fault = text_hand_over(text, out, failure);
  ascent_module_use(NULL);
  calls_leave(entry);
  return fault;
}
