"""Networks that others trained, as ONNX.

    python third_party.py FOLDER

writes reversi.onnx, the AlphaZero network of the package ludax-agents (Apache-2.0): a residual network of
four blocks of 64 channels that plays Othello; it reads the tensor of that System. And backgammon-NAME.onnx
for each network of the package bgsage (MPL-2.0): perceptrons of one hidden layer, of which the order of
inputs and the functions are guessed, so that they are numbers to compute with and no players.
"""

import importlib.util
import pathlib
import pickle
import sys

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

EPSILON = 1e-5  # haiku's


def folder_of(package):
    """Where a package is installed, without running any of it."""
    return pathlib.Path(importlib.util.find_spec(package).submodule_search_locations[0])


class Anything:
    """Stands for whatever a checkpoint holds besides numbers."""

    def __init__(self, *_, **__):
        pass

    def __setstate__(self, state):
        self.state = state


class Checkpoint(pickle.Unpickler):
    def find_class(self, module, name):
        if module.startswith("numpy"):
            return super().find_class(module.replace("numpy.core", "numpy._core"), name)
        if (module, name) == ("jax._src.array", "_reconstruct_array"):
            return self.array
        return type(name, (Anything,), {})

    @staticmethod
    def array(make, arguments, state, *_):
        array = make(*arguments)
        array.__setstate__(state)
        return array


class Graph:
    def __init__(self):
        self.nodes, self.weights = [], []

    def weight(self, array):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(self, operator, *inputs, output=None, **attributes):
        output = output or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def save(self, path, inputs, outputs):
        tensor = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        graph = helper.make_graph(
            self.nodes, path.stem, [tensor(*it) for it in inputs], [tensor(*it) for it in outputs],
            self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        checker.check_model(model)
        path.write_bytes(model.SerializeToString())


class Reversi:
    """The layers of ludax-agents' network by their names in its checkpoint."""

    def __init__(self, weights, averages):
        self.graph, self.weights, self.averages = Graph(), weights, averages

    def conv(self, x, name):
        kernel = self.weights[name]["w"].transpose(3, 2, 0, 1)
        border = kernel.shape[2] // 2
        inputs = [x, self.graph.weight(kernel), self.graph.weight(self.weights[name]["b"])]
        return self.graph.add("Conv", *inputs, pads=[border] * 4)

    def norm(self, x, name):
        mean = self.averages[f"{name}/~/mean_ema"]["average"]
        variance = self.averages[f"{name}/~/var_ema"]["average"]
        rows = [self.weights[name]["scale"], self.weights[name]["offset"], mean, variance]
        rows = [self.graph.weight(row.reshape(-1)) for row in rows]
        x = self.graph.add("BatchNormalization", x, *rows, epsilon=EPSILON)
        return self.graph.add("Relu", x)

    def linear(self, x, name, output=None):
        row = self.weights[name]
        return self.graph.add("Gemm", x, self.graph.weight(row["w"]), self.graph.weight(row["b"]), output=output)

    def rows(self, x):
        """Cells before channels, as the network was trained."""
        x = self.graph.add("Transpose", x, perm=[0, 2, 3, 1])
        return self.graph.add("Flatten", x)

    def save(self, path):
        graph = self.graph
        # The System's first plane, free cells, is what the other two leave.
        first = [graph.weight(np.array(it)) for it in ([1], [3], [1])]
        x = self.conv(graph.add("Slice", "board", *first), "az_net/conv2_d")
        for number in range(4):
            block = f"az_net/block_{number}"
            y = self.conv(self.norm(x, f"{block}/batch_norm"), f"{block}/conv2_d")
            y = self.conv(self.norm(y, f"{block}/batch_norm_1"), f"{block}/conv2_d_1")
            x = graph.add("Add", x, y)
        x = self.norm(x, "az_net/batch_norm")
        policy = self.norm(self.conv(x, "az_net/conv2_d_1"), "az_net/batch_norm_1")
        self.linear(self.rows(policy), "az_net/linear", "policy")
        value = self.norm(self.conv(x, "az_net/conv2_d_2"), "az_net/batch_norm_2")
        value = graph.add("Relu", self.linear(self.rows(value), "az_net/linear_1"))
        graph.add("Tanh", self.linear(value, "az_net/linear_2"), output="value")
        graph.save(path, [("board", [1, 3, 8, 8])], [("policy", [1, 65]), ("value", [1, 1])])


def reversi(folder):
    with open(folder_of("ludax_agents") / "checkpoints" / "reversi.ckpt", "rb") as file:
        weights, averages = Checkpoint(file).load()["model"]
    Reversi(weights, averages).save(folder / "reversi.onnx")


def backgammon(folder):
    for path in sorted((folder_of("bgsage") / "_assets" / "models").glob("*.weights.best")):
        data = path.read_bytes()
        hidden, inputs, outputs = np.frombuffer(data, "<i4", 3).tolist()
        numbers = np.frombuffer(data, "<f4", offset=12)
        cuts = np.cumsum([hidden * inputs, hidden, hidden * outputs])
        first, first_bias, second, second_bias = np.split(numbers, cuts)
        graph = Graph()
        x = graph.add("Gemm", "x", graph.weight(first.reshape(hidden, inputs)), graph.weight(first_bias), transB=1)
        x = graph.add("Sigmoid", x)
        x = graph.add("Gemm", x, graph.weight(second.reshape(outputs, hidden)), graph.weight(second_bias), transB=1)
        graph.add("Sigmoid", x, output="y")
        name = path.name.removesuffix(".weights.best")
        graph.save(folder / f"backgammon-{name}.onnx", [("x", [1, inputs])], [("y", [1, outputs])])


def main(folder):
    folder = pathlib.Path(folder)
    reversi(folder)
    backgammon(folder)


main(sys.argv[1])
