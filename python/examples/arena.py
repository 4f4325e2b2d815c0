"""What both examples share: what they are told, and what they do once a network is trained. They export it,
pack it, and play it in real matches with the command ``nets``.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import nets
import onnx
import torch

AGENTS = pathlib.Path(__file__).resolve().parents[2] / "agents/wasm"
"""The agents that ship."""


def parser(description):
    """What both examples are told on the command line."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("output", help="the module that is written")
    parser.add_argument("--minutes", type=float, default=5.0, help="about how long, on one core of a small machine")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--onnx", help="also write the network to this ONNX file")
    return parser


def command():
    """The path of the command ``nets``: ``NETS_COMMAND``, else what the shell finds, else None."""
    return os.environ.get("NETS_COMMAND") or shutil.which("nets")


def agent(name):
    """The module of an agent that ships."""
    return AGENTS / f"{name}.wasm"


def exported(network, system, outputs):
    """The network as the bytes of an ONNX file, for a batch of one, with these names of its outputs.

    The file says nothing of who made it or where: torch notes the lines of code that every node comes from.
    """
    zeros = torch.zeros(1, *system.tensor_shape)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "network.onnx")
        torch.onnx.export(
            network.eval(), (zeros,), path, input_names=["board"], output_names=outputs,
            external_data=False, verbose=False,
        )
        model = onnx.load(path)
    graph = model.graph
    for part in [model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer]:
        for notes in ("metadata_props", "doc_string"):
            part.ClearField(notes)
    return model.SerializeToString(deterministic=True)


def play(system, agents, seed=1):
    """Plays a match of modules with the command and gives the score of each seat.

    Raises:
        RuntimeError: The match was not played, or one of the agents forfeited it.
    """
    run = subprocess.run(
        [command(), "play", system, *map(str, agents), "--seed", f"{seed:x}", "--json"],
        capture_output=True, text=True,
    )
    if run.returncode:
        raise RuntimeError(f"no match of {system} was played: {run.stderr.strip()}")
    match = json.loads(run.stdout)
    if match["faults"]:
        raise RuntimeError(f"a match of {system} was forfeited: {match['faults']}; see {match['repeat']}")
    return match["scores"]


def duel(system, packed, rival):
    """Plays a packed agent against a module from either seat; gives its score and the rival's, as text."""
    with tempfile.TemporaryDirectory() as folder:
        own = os.path.join(folder, "agent.wasm")
        packed.write(own)
        first, second = play(system, [own, rival]), play(system, [rival, own])
    return f"{first[0]}-{first[1]}", f"{second[1]}-{second[0]}"


def finish(network, system, outputs, output, onnx_path=None, **packing):
    """Exports a network, packs it into the file ``output``, and says what came of it. Gives the ONNX file's
    bytes, and writes them to ``onnx_path`` where one is named."""
    model = exported(network, system, outputs)
    if onnx_path:
        pathlib.Path(onnx_path).write_bytes(model)
    packed = nets.pack(model, system, output, check=True, **packing)
    print(
        f"packed {output}: {packed.size:,} bytes, {packed.fuel_per_decision:,} fuel for a decision, "
        f"{packed.agreement:.1%} of decisions as before packing",
        flush=True,
    )
    return model
