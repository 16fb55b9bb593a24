/* Applies an exported policy to rows of standard input: 1 at the beginning of an episode, else 0; an observation with its
 * mask. Writes the action and the state of each row. */
#include "policy.h"
#include <stdio.h>

int main(void) {
  static float row[1 + policy_observation_size + policy_mask_size];
  static float state[policy_state_size + 1], action[policy_action_size];
  while (fread(row, sizeof row, 1, stdin) == 1) {
    for (int k = 0; row[0] != 0 && k < policy_state_size; k++) state[k] = 0;
#ifdef MASKED
    policy_act(row + 1, row + 1 + policy_observation_size, state, action);
#else
    policy_act(row + 1, state, action);
#endif
    fwrite(action, sizeof(float), policy_action_size, stdout);
    fwrite(state, sizeof(float), policy_state_size, stdout);
  }
  return 0;
}
