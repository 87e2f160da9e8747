"""Tests of the agent, with the standard library alone."""

import sys

sys.dont_write_bytecode = True
