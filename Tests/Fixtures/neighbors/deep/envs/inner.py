"""An environment in a folder of a project, which imports the project's own package."""

import gymnasium
import local_library


class Inner(gymnasium.Env):
    library = local_library
