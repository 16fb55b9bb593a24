"""A package of the project whose folder is not searched: the environment's file is one folder below it."""
