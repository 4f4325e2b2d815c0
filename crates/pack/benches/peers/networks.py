"""Networks to be timed, and how long other runtimes take for them, for
`cargo bench -p nets-pack --bench networks`.

    python networks.py FOLDER

writes mlp.onnx, cnn.onnx and resnet.onnx with weights of noise into FOLDER, where others may stand too.
Then it reads lines as `onnxruntime mlp` and answers each with the microseconds of one run on one thread,
counted by this thread's CPU time, or with `none` where the library is not there.
"""

import contextlib
import pathlib
import sys
import time

import numpy as np
from onnx import TensorProto, helper, numpy_helper

SECONDS = 0.3
random = np.random.default_rng(0)


class Graph:
    def __init__(self):
        self.nodes, self.weights = [], []

    def weight(self, *shape):
        fan_in = int(np.prod(shape[1:])) or 1
        noise = random.standard_normal(shape).astype(np.float32) * np.float32((2 / fan_in) ** 0.5)
        self.weights.append(numpy_helper.from_array(noise, f"w{len(self.weights)}"))
        return self.weights[-1].name

    def add(self, operator, *inputs, output=None, **attributes):
        output = output or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def conv(self, x, inputs, outputs, size=3):
        weights = self.weight(outputs, inputs, size, size), self.weight(outputs)
        return self.add("Conv", x, *weights, pads=[size // 2] * 4)

    def dense(self, x, inputs, outputs, output=None):
        weights = self.weight(outputs, inputs), self.weight(outputs)
        return self.add("Gemm", x, *weights, transB=1, output=output)

    def relu(self, x):
        return self.add("Relu", x)

    def save(self, path, shape, outputs):
        tensor = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        graph = helper.make_graph(
            self.nodes, path.stem, [tensor("x", shape)], [tensor("y", [1, outputs])], self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        path.write_bytes(model.SerializeToString())


def mlp(path):
    graph = Graph()
    x = graph.relu(graph.dense("x", 128, 256))
    x = graph.relu(graph.dense(x, 256, 256))
    graph.dense(x, 256, 4, "y")
    graph.save(path, [1, 128], 4)


def cnn(path):
    graph, x = Graph(), "x"
    for inputs, outputs in [(4, 32), (32, 64), (64, 64)]:
        x = graph.relu(graph.conv(x, inputs, outputs))
    x = graph.add("Flatten", graph.relu(graph.conv(x, 64, 4, 1)))
    graph.dense(x, 400, 4, "y")
    graph.save(path, [1, 4, 10, 10], 4)


def resnet(path):
    """Six blocks of 96 channels over the board of Connect Four: a million weights."""
    graph = Graph()
    x = graph.relu(graph.conv("x", 3, 96))
    for _ in range(6):
        y = graph.relu(graph.conv(x, 96, 96))
        x = graph.relu(graph.add("Add", x, graph.conv(y, 96, 96)))
    x = graph.add("Flatten", graph.relu(graph.conv(x, 96, 2, 1)))
    graph.dense(x, 84, 7, "y")
    graph.save(path, [1, 3, 6, 7], 7)


def onnxruntime(path):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    given = session.get_inputs()[0]
    binding = session.io_binding()
    binding.bind_cpu_input(given.name, random.random(given.shape, np.float32))
    for output in session.get_outputs():
        binding.bind_output(output.name)
    return lambda: session.run_with_iobinding(binding)


def tract(path):
    import onnx
    import tract

    model = tract.onnx().load(str(path)).into_model().into_runnable()
    given = onnx.load(path).graph.input[0].type.tensor_type.shape.dim
    array = random.random([it.dim_value for it in given], np.float32)
    tensor = tract.Tensor.from_numpy(array) if hasattr(tract.Tensor, "from_numpy") else array
    return lambda: model.run([tensor])


def microseconds(run):
    run()
    start, count = time.thread_time(), 0
    while True:
        run()
        count += 1
        seconds = time.thread_time() - start
        if seconds > SECONDS:
            return seconds / count * 1e6


def main(folder):
    folder = pathlib.Path(folder)
    for make in (mlp, cnn, resnet):
        make(folder / f"{make.__name__}.onnx")
    print("ready", flush=True)
    runtimes = {"onnxruntime": onnxruntime, "tract": tract}
    ready = {}
    for line in sys.stdin:
        runtime, name = line.split()
        try:
            with contextlib.redirect_stdout(sys.stderr):
                if (runtime, name) not in ready:
                    ready[runtime, name] = runtimes[runtime](folder / f"{name}.onnx")
                answer = microseconds(ready[runtime, name])
        except ImportError:
            answer = "none"
        print(answer, flush=True)


main(sys.argv[1])
