/* The cells of gated recurrent units and of long short-term memories, with fixed operations. */
#include "CKernels.h"

typedef ckernels_gru_step gru;
typedef ckernels_gru_adjoint_step gru_adjoint;
typedef ckernels_gru_tangent_step gru_tangent;
typedef ckernels_lstm_step lstm;
typedef ckernels_lstm_adjoint_step lstm_adjoint;
typedef ckernels_lstm_tangent_step lstm_tangent;

#define BODY "recurrent_body.h"
#include "paths.h"

#define CELL(name)                                                                                           \
  void ckernels_##name(ckernels_path path, size_t rows, size_t n, const ckernels_##name##_step *step) {      \
    ON_PATH(path, name##_rows, rows, n, step)                                                                \
  }
CELL(gru)
CELL(gru_adjoint)
CELL(gru_tangent)
CELL(lstm)
CELL(lstm_adjoint)
CELL(lstm_tangent)
