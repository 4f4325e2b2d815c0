"""What Python reads of the compiled half is what there is."""

import ast
import pathlib

import nets
from nets import _native


def documented():
    text = pathlib.Path(nets.__file__).with_name("_native.pyi").read_text()
    return [node for node in ast.parse(text).body if isinstance(node, (ast.ClassDef, ast.FunctionDef))]


def public(names):
    return {name for name in names if not name.startswith("_")}


def test_the_stubs_have_every_name_with_its_documentation():
    nodes = documented()
    assert {node.name for node in nodes} == public(dir(_native))
    for node in nodes:
        assert ast.get_docstring(node), node.name
        if isinstance(node, ast.ClassDef) and not issubclass(getattr(_native, node.name), Exception):
            members = [member for member in node.body if isinstance(member, ast.FunctionDef)]
            named = public(member.name for member in members)
            assert named == public(dir(getattr(_native, node.name))), node.name
            assert all(ast.get_docstring(member) for member in members if member.name in named)


def test_the_package_has_its_types():
    assert pathlib.Path(nets.__file__).with_name("py.typed").is_file()
    assert set(nets.__all__) <= set(dir(nets))
