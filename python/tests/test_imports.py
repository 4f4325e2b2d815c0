"""What is imported when, and what is said where it is missing."""

import subprocess
import sys

from conftest import ONNX


def test_neither_torch_nor_an_environment_is_imported_unasked():
    program = f"""
import sys, nets
nets.pack({str(ONNX)!r}, "othello", positions=1)
print(sorted({{"torch", "gymnasium", "pettingzoo", "onnx"}} & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_an_environment_without_its_library_says_what_to_install():
    program = """
import sys
sys.modules["pettingzoo"] = None
import nets
nets.gym.make("snake")
nets.aec_env("rps")
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.stderr.splitlines()[-2:] == [
        "ModuleNotFoundError: nets.zoo needs the package pettingzoo, which is not installed",
        "hint: pip install gymnasium pettingzoo",
    ]
