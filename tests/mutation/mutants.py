"""Small faults put into source on purpose, one at a time: comparisons, numbers, and/or, statements.

A mutant is named by where it is and what it changes, so that a list of survivors outlives edits
elsewhere in the file. Text is never changed: words are held by other tests.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult, ast.Mod: ast.FloorDiv,
}  # fmt: skip
SWAPPED_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: `where` is the function (empty: the module itself), `index` its place in the file."""

    path: Path
    where: str
    line: int
    what: str
    index: int

    @property
    def name(self) -> str:
        """What a list of survivors calls it."""
        return f"{self.path.stem}.{self.where or '(module)'}: {self.what}"

    def tree(self) -> ast.Module:
        """The whole module with the fault in it."""
        tree = ast.parse(self.path.read_text())
        next(islice(_within(tree, ""), self.index, None)).change()
        return ast.fix_missing_locations(tree)


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of a file, in the order of its text; those alike in one function are numbered."""
    seen = Counter[str]()
    for index, place in enumerate(list(_within(ast.parse(path.read_text()), ""))):
        before = ast.unparse(place.shown)
        line, old = place.shown.lineno, place.change()  # type: ignore[attr-defined]
        after = "(dropped)" if place.is_drop else ast.unparse(place.shown)
        place.change(old)
        what = " ".join(f"{before} → {after}".split())[:160]
        seen[f"{place.where} {what}"] += 1
        count = seen[f"{place.where} {what}"]
        yield Mutant(path, place.where, line, what + (f" #{count}" if count > 1 else ""), index)


@dataclass(slots=True)
class _Place:
    """Somewhere a fault can be put: what is shown of it, and how it is put there."""

    where: str
    shown: ast.AST
    owner: ast.AST
    name: str
    index: int | None
    new: object
    is_drop: bool = False

    def change(self, *given: object) -> object:
        """Puts the fault there, or what is given; gives what was there."""
        new = given[0] if given else self.new
        if self.index is None:
            old = getattr(self.owner, self.name)
            setattr(self.owner, self.name, new)
        else:
            old = getattr(self.owner, self.name)[self.index]
            getattr(self.owner, self.name)[self.index] = new
        return old


def _within(node: ast.AST, where: str) -> Iterator[_Place]:
    """All places in a node; what stands in a signature, a decorator or a note of a type is none."""
    for name, value in ast.iter_fields(node):
        if name in ("decorator_list", "returns", "annotation", "args") and not isinstance(
            node, ast.Call
        ):
            continue
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if not isinstance(child, ast.AST):
                continue
            inner = where
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = f"{where}.{child.name}".lstrip(".")
            yield from _at(node, name, index if isinstance(value, list) else None, child, where)
            yield from _within(child, inner)


def _at(
    owner: ast.AST, name: str, index: int | None, node: ast.AST, where: str
) -> Iterator[_Place]:
    """The faults that can be put at one node."""
    match node:
        case ast.Compare():
            for i, op in enumerate(node.ops):
                if type(op) in SWAPPED:
                    yield _Place(where, node, node, "ops", i, SWAPPED[type(op)]())
        case ast.BoolOp() | ast.BinOp():
            if type(node.op) in SWAPPED and not _is_text(node):
                yield _Place(where, node, node, "op", None, SWAPPED[type(node.op)]())
        case ast.UnaryOp(op=ast.Not()):
            yield _Place(where, owner_of(owner, node), owner, name, index, node.operand)
        case ast.Constant(value=bool()):
            yield _Place(where, node, node, "value", None, not node.value)
        case ast.Constant(value=int() | float()):
            yield _Place(where, owner_of(owner, node), node, "value", None, node.value + 1)  # type: ignore[operator]
        case ast.Call(func=ast.Name(id=called)) if called in SWAPPED_CALLS:
            yield _Place(where, node, node.func, "id", None, SWAPPED_CALLS[called])
        case ast.Expr(value=ast.Call()) | ast.Continue() | ast.Break() | ast.Delete():
            yield _drop(where, owner, name, index, node)
        case (
            ast.Assign(targets=[ast.Attribute() | ast.Subscript() | ast.Tuple(), *_])
            | ast.AugAssign()
        ):
            if where and not _binds(node):
                yield _drop(where, owner, name, index, node)


def owner_of(owner: ast.AST, node: ast.AST) -> ast.AST:
    """What is shown of a small node: the expression that it stands in."""
    return (
        owner
        if isinstance(owner, ast.expr | ast.stmt)
        and hasattr(owner, "lineno")
        and not isinstance(
            owner,
            ast.FunctionDef | ast.ClassDef | ast.For | ast.While | ast.If | ast.With | ast.Match,
        )
        else node
    )


def _drop(where: str, owner: ast.AST, name: str, index: int | None, node: ast.AST) -> _Place:
    dropped = ast.copy_location(ast.Pass(), node)
    return _Place(where, node, owner, name, index, dropped, is_drop=True)


def _binds(node: ast.AST) -> bool:
    """True if a name is bound here: without it nothing would run, which tells nothing."""
    targets = getattr(node, "targets", [])
    names = [n for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
    return any(isinstance(n.ctx, ast.Store) for n in names)


def _is_text(node: ast.BoolOp | ast.BinOp) -> bool:
    return isinstance(node, ast.BinOp) and any(
        isinstance(side, ast.JoinedStr | ast.Constant)
        and isinstance(getattr(side, "value", ""), str)
        for side in (node.left, node.right)
    )
