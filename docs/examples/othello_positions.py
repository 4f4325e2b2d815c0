"""Writes othello-positions.onnx: a network for Othello whose weights are set by hand.

    pip install onnx
    python othello_positions.py othello-positions.onnx

It likes each cell as beginners' books do: corners most, cells beside a free corner least; beside a corner
of its own it likes them.
"""

import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper

# From the corner; the other quarters are mirrored.
QUARTER = np.array([[99, -8, 8, 6], [-8, -24, -4, -3], [8, -4, 7, 4], [6, -3, 4, 0]], np.float32)
BESIDE = {(0, 1): 20, (1, 0): 20, (1, 1): 30}


def preferences():
    """The number of each cell and of the pass, and what the tensor's 192 numbers add to them."""
    half = np.hstack([QUARTER, QUARTER[:, ::-1]])
    cells = np.vstack([half, half[::-1]])
    added = np.zeros((3, 8, 8, 65), np.float32)
    for row in (0, 7):
        for column in (0, 7):
            for (down, right), number in BESIDE.items():
                beside = abs(row - down) * 8 + abs(column - right)
                # Plane 1 has one's own discs.
                added[1, row, column, beside] = number
    return np.append(cells, 0).astype(np.float32), added.reshape(192, 65)


def main(path):
    bias, weights = preferences()
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", ["tensor"], ["flat"]),
            helper.make_node("Gemm", ["flat", "weights", "bias"], ["policy"]),
        ],
        "othello-positions",
        [helper.make_tensor_value_info("tensor", TensorProto.FLOAT, ["batch", 3, 8, 8])],
        [helper.make_tensor_value_info("policy", TensorProto.FLOAT, ["batch", 65])],
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(bias, "bias")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    with open(path, "wb") as file:
        file.write(model.SerializeToString())


main(sys.argv[1])
