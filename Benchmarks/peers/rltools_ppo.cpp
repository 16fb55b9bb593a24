// PPO of RLtools on its own Pendulum: 4 environments × 1,024 steps, minibatches of 256, 2 epochs, two layers of 64 twice.
// Prints one line of JSON. Benchmarks/peers/speed.py compiles it against the package's headers and an OpenBLAS.
#include <rl_tools/operations/cpu_mux.h>

#include <rl_tools/rl/environments/pendulum/operations_cpu.h>

#include <rl_tools/nn/optimizers/adam/instance/operations_generic.h>
#include <rl_tools/nn/operations_cpu_mux.h>
#include <rl_tools/nn/layers/sample_and_squash/operations_generic.h>
#include <rl_tools/nn/layers/standardize/operations_generic.h>
#include <rl_tools/nn_models/mlp_unconditional_stddev/operations_generic.h>
#include <rl_tools/nn_models/mlp/operations_generic.h>
#include <rl_tools/nn_models/sequential/operations_generic.h>
#include <rl_tools/nn/optimizers/adam/operations_generic.h>

#include <rl_tools/rl/algorithms/ppo/loop/core/config.h>
#include <rl_tools/rl/algorithms/ppo/loop/core/operations_generic.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace rlt = rl_tools;

using DEVICE = rlt::devices::DEVICE_FACTORY<>;
using RNG = DEVICE::SPEC::RANDOM::ENGINE<>;
using TI = DEVICE::index_t;
using T = float;
using TYPE_POLICY = rlt::numeric_types::Policy<T>;
using PENDULUM = rlt::rl::environments::Pendulum<rlt::rl::environments::pendulum::Specification<T, TI>>;

struct Parameters : rlt::rl::algorithms::ppo::loop::core::DefaultParameters<TYPE_POLICY, TI, PENDULUM> {
  static constexpr TI EPISODE_STEP_LIMIT = 200;
  static constexpr TI N_ENVIRONMENTS = 4;
  static constexpr TI ON_POLICY_RUNNER_STEPS_PER_ENV = 1024;
  static constexpr TI BATCH_SIZE = 256;
  static constexpr TI STEP_LIMIT = STEPS / (N_ENVIRONMENTS * ON_POLICY_RUNNER_STEPS_PER_ENV);
  static constexpr auto ACTOR_ACTIVATION_FUNCTION = rlt::nn::activation_functions::ActivationFunction::RELU;
  struct PPO_PARAMETERS : rlt::rl::algorithms::ppo::DefaultParameters<TYPE_POLICY, TI, BATCH_SIZE> {
    static constexpr TI N_EPOCHS = 2;
    static constexpr T GAMMA = 0.9;
    static constexpr TI BATCH_SIZE = Parameters::BATCH_SIZE;
    static constexpr bool IGNORE_TERMINATION = true;
  };
};

using CONFIG = rlt::rl::algorithms::ppo::loop::core::Config<TYPE_POLICY, TI, RNG, PENDULUM, Parameters>;

int main() {
  static DEVICE device;
  static CONFIG::State<CONFIG> state;
  rlt::malloc(device, state);
  rlt::init(device, state, 1);
  auto began = std::chrono::steady_clock::now();
  while (!rlt::step(device, state)) {
  }
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
  std::printf("{\"steps\": %d, \"steps_per_second\": %f}\n", STEPS, STEPS / seconds.count());
  rlt::free(device, state);
  return 0;
}
