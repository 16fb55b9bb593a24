"""grid2op's environments are converted to Gymnasium's by its own module: two choices of the action space."""

import grid2op
from grid2op.gym_compat import BoxGymActSpace, BoxGymObsSpace, DiscreteActSpace, GymEnv


def converted():
    environment = GymEnv(grid2op.make("l2rpn_case14_sandbox", test=True))
    inner = environment.init_env.observation_space
    environment.observation_space = BoxGymObsSpace(inner, attr_to_keep=["rho", "gen_p"])
    return environment


def discrete():
    """The observation as one box, and a choice among the changes of one substation."""
    environment = converted()
    environment.action_space = DiscreteActSpace(environment.init_env.action_space, attr_to_keep=["set_bus"])
    return environment


def box():
    """The observation as one box, and the redispatch of the generators."""
    environment = converted()
    environment.action_space = BoxGymActSpace(environment.init_env.action_space, attr_to_keep=["redispatch"])
    return environment


def whole():
    """grid2op's own conversion: a Dict of whole numbers and boxes as the action."""
    return GymEnv(grid2op.make("l2rpn_case14_sandbox", test=True))
