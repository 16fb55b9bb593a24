#include "CEmbedding.h"

#include <Python.h>

void embedding_start(const char *interpreter) {
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    PyConfig_SetBytesString(&config, &config.executable, interpreter);
    Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
}

int embedding_run(const char *program) { return PyRun_SimpleString(program); }

int embedding_end(void) { return Py_FinalizeEx(); }
