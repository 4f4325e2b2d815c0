"""What onnxruntime makes of noise in each network of a folder.

    python onnxruntime_runs.py MODELS FOLDER

writes for each MODELS/NAME.onnx, whose inputs are all of fixed sizes, FOLDER/NAME.in with the inputs of
several runs, one after another, and FOLDER/NAME.out with the outputs, all as little-endian f32.
"""

import pathlib
import sys

import numpy as np
import onnxruntime

RUNS = 8


def main(models, folder):
    random = np.random.default_rng(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    for path in sorted(pathlib.Path(models).glob("*.onnx")):
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        with open(f"{folder}/{path.stem}.in", "wb") as given, open(f"{folder}/{path.stem}.out", "wb") as made:
            for _ in range(RUNS):
                inputs = {
                    it.name: random.random([1 if isinstance(size, str) else size for size in it.shape], np.float32)
                    for it in session.get_inputs()
                }
                for array in inputs.values():
                    given.write(array.tobytes())
                for array in session.run(None, inputs):
                    made.write(np.asarray(array, "<f4").tobytes())


main(*sys.argv[1:])
