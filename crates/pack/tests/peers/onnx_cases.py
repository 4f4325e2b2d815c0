"""Node cases of the onnx package, as networks have them: of each, the first input of numbers is what the
network is given, and the others are weights.

    python onnx_cases.py FOLDER

writes for each case of one operator FOLDER/NAME.onnx, NAME.in (f32, little-endian) and NAME.out with the
outputs, one behind the other, as f32.
"""

import pathlib
import sys

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases


def as_network(model, inputs):
    """The model with all inputs but the first of numbers as weights; that input's place."""
    graph = model.graph
    numbers = [place for place, array in enumerate(inputs) if array.dtype == np.float32 and array.size]
    if not numbers:
        return None, None
    given = numbers[0]
    result = onnx.ModelProto()
    result.CopyFrom(model)
    del result.graph.input[:]
    for place, (value, array) in enumerate(zip(graph.input, inputs)):
        if place == given:
            result.graph.input.append(value)
        else:
            result.graph.initializer.append(numpy_helper.from_array(array, value.name))
    return result, given


def is_layer_norm(model):
    """Its further outputs are for training."""
    return model.graph.node[0].op_type == "LayerNormalization"


def main(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for case in collect_testcases(None):
        model = case.model
        if model is None or len(model.graph.node) != 1 or len(case.data_sets) != 1:
            continue
        inputs, outputs = case.data_sets[0]
        plain = lambda arrays: all(isinstance(array, np.ndarray) for array in arrays)
        if not plain(inputs) or not plain(outputs) or len(inputs) != len(model.graph.input):
            continue
        network, given = as_network(model, inputs)
        if network is None or any(array.dtype not in (np.float32, np.int64) for array in outputs):
            continue
        if is_layer_norm(network):
            outputs = outputs[:1]
            del network.graph.output[1:]
            del network.graph.node[0].output[1:]
        (folder / f"{case.name}.onnx").write_bytes(network.SerializeToString())
        inputs[given].astype("<f4").tofile(folder / f"{case.name}.in")
        with open(folder / f"{case.name}.out", "wb") as file:
            for array in outputs:
                array.astype("<f4").tofile(file)


main(sys.argv[1])
