"""Tests of the agent, with the standard library alone. Its numbers are those that a manifest says: numbers.test.ts
writes the file."""

import json
import os
import sys

sys.dont_write_bytecode = True

with open(os.path.join(os.path.dirname(__file__), "environment.json"), encoding="utf-8") as file:
    os.environ.update(json.load(file))
os.environ.update(SERVICE="redis", NAMESPACE="shop")
