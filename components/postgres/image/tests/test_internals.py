"""What the agent relies on of Patroni's inside: that a Patroni without it is told by name, and that nothing is left
out of the list."""

import ast
import importlib.util
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from holdfast import internals

FOLDER = Path(internals.__file__).parent


def patroni_of(path: str):
    """Loads a Patroni of which nothing is known but one part."""
    module, name = path.split(":")

    def load(asked: str):
        if asked != module:
            raise ImportError(asked)
        return SimpleNamespace(**{name: lambda data, *, seconds: data.stored(seconds)})

    return load


class Internals(unittest.TestCase):
    def test_what_differs_is_told_by_name(self):
        cases = [
            ("a:f", "data seconds", "stored", None),
            ("a:f", "data", "stored", "a:f takes (data seconds) and not (data)"),
            ("a:f", "data seconds", "_name", "a:f does not use _name"),
            ("a:g", "", "", "there is no a:g"),
            ("b:f", "", "", "there is no b:f"),
        ]
        for path, parameters, uses, expected in cases:
            with (
                self.subTest(expected),
                mock.patch.dict(internals.FUNCTIONS, {path: parameters}, clear=True),
                mock.patch.dict(internals.USES, {path: uses}, clear=True),
                mock.patch.object(internals, "VALUES", []),
            ):
                self.assertEqual([expected] if expected else [], internals.differences(patroni_of("a:f")))

    def test_a_part_that_is_gone_ends_a_build(self):
        version = SimpleNamespace(__version__="9.9")
        with (
            mock.patch.object(internals.importlib, "import_module", return_value=version),
            mock.patch.object(internals, "differences", return_value=["there is no a:g"]),
            self.assertRaisesRegex(SystemExit, "Patroni 9.9 .* there is no a:g"),
        ):
            internals.main()

    def test_everything_that_is_patched_is_in_the_list(self):
        patched = set()
        for file in FOLDER.rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            names = {}
            for node in ast.walk(tree):
                if (
                    isinstance(node, ast.ImportFrom)
                    and node.level == 0
                    and (node.module or "").split(".")[0] == "patroni"
                ):
                    names |= {alias.asname or alias.name: (node.module, alias.name) for alias in node.names}
            for node in ast.walk(tree):
                for target in node.targets if isinstance(node, ast.Assign) else []:
                    words = ast.unparse(target).split(".")
                    if len(words) > 1 and words[0] in names:
                        patched.add(".".join([*names[words[0]], *words[1:]]))
        self.assertGreater(len(patched), 6)
        self.assertEqual(set(), patched - {path.replace(":", ".") for path in internals.FUNCTIONS})

    @unittest.skipUnless(importlib.util.find_spec("patroni"), "needs Patroni")
    def test_the_patroni_that_is_installed_has_it_all(self):
        self.assertEqual([], internals.differences())
