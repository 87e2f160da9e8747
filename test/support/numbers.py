"""Finds the numbers that a folder of Python goes by, for `numbers.ts`: `python3 numbers.py FOLDER` prints JSON.

A number counts wherever it decides something. What only takes something apart is left out: an index, a base, a mask,
a shift, a file's mode, and 0 and 1 where they count.
"""

import ast
import json
import re
import sys
from pathlib import Path

TIME = re.compile(r"timeout|seconds|interval|patience|pause", re.IGNORECASE)
WAITS = ("sleep", "wait", "pause", "join", "settimeout", "select")


def called(node: ast.Call) -> str:
    """The last word of what is called."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def is_number(node: ast.AST) -> bool:
    """Whether this is a literal number."""
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def constant(above: list[ast.AST]) -> str | None:
    """The name of the constant that a number is part of."""
    for outer in above:
        targets = outer.targets if isinstance(outer, ast.Assign) else [getattr(outer, "target", None)]
        if isinstance(outer, ast.Assign | ast.AnnAssign) and isinstance(targets[0], ast.Name):
            return targets[0].id if targets[0].id.isupper() else None
    return None


def takes_apart(node: ast.AST, above: list[ast.AST], written: str) -> bool:
    """Whether a number, which stands in `above` (innermost first), only takes something apart."""
    own = constant(above) is not None
    inner = node
    for outer in above:
        if isinstance(outer, ast.Subscript) and inner is outer.slice:
            return True
        if (
            not own
            and isinstance(outer, ast.BinOp)
            and isinstance(outer.op, ast.LShift | ast.RShift | ast.BitAnd | ast.BitOr)
        ):
            return True
        if isinstance(outer, ast.Call) and called(outer) == "int" and inner in outer.args[1:]:
            return True
        if isinstance(outer, ast.Compare) and any(
            isinstance(side, ast.Call) and called(side) == "len" for side in (outer.left, *outer.comparators)
        ):
            return True
        if isinstance(outer, ast.stmt):
            break
        inner = outer
    return not own and written[:2] in ("0o", "0x")


def sets_time(node: ast.AST, above: list[ast.AST]) -> bool:
    """Whether a number is a time that something waits, or what a parameter is where the caller says nothing."""
    outer = above[0]
    if isinstance(outer, ast.keyword):
        return bool(TIME.search(outer.arg or ""))
    if isinstance(outer, ast.arguments):
        return node in (*outer.defaults, *outer.kw_defaults)
    return isinstance(outer, ast.Call) and called(outer) in WAITS


def numbers(source: str) -> tuple[set[str], set[float]]:
    """The names of the constants that hold a number of their own, and the numbers that have no name."""
    tree = ast.parse(source)
    named: set[str] = set()
    nameless: set[float] = set()

    def look(node: ast.AST, above: list[ast.AST]) -> None:
        for child in ast.iter_child_nodes(node):
            look(child, [node, *above])
        if not is_number(node) or takes_apart(node, above, ast.get_source_segment(source, node) or ""):
            return
        if name := constant(above):
            named.add(name)
        elif node.value not in (0, 1) or (node.value == 1 and sets_time(node, above)):
            nameless.add(node.value)

    look(tree, [])
    return named, nameless


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    found = {}
    for path in sorted(folder.rglob("*.py")):
        module = ".".join(path.relative_to(folder).with_suffix("").parts)
        if not module.startswith("tests."):
            named, nameless = numbers(path.read_text(encoding="utf-8"))
            found[module] = {"named": sorted(named), "nameless": sorted(nameless)}
    print(json.dumps(found))
