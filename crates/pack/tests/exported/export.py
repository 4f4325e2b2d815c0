"""Small networks as torch exports them: by its newer exporter and its older one, and in a newer operator
set. Of each, NAME.onnx and what torch makes of noise: NAME.in has all inputs and NAME.out all outputs one
after another, as little-endian f32.

    python export.py FOLDER

needs torch 2.15, onnx and onnxscript. The files beside this script were made by it.
"""

import pathlib
import sys
import warnings

import onnx
import torch
from torch import nn
from torch.nn import functional

warnings.filterwarnings("ignore")
torch.manual_seed(0)


class Cells(nn.Module):
    """The nine cells of a board as a sequence of rows of eight numbers."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(3, 8)
        self.place = nn.Parameter(torch.randn(9, 8))

    def forward(self, x):
        return self.embed(x.flatten(2).transpose(1, 2)) + self.place


class MultiheadAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.cells, self.head = Cells(), nn.Linear(8, 9)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x):
        x = self.cells(x)
        return self.head((x + self.attention(x, x, x, need_weights=False)[0]).mean(1))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.cells, self.head = Cells(), nn.Linear(72, 9)
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu")
        self.encoder = nn.TransformerEncoder(layer, 2)

    def forward(self, x):
        return self.head(self.encoder(self.cells(x)).flatten(1))


class Masked(nn.Module):
    def __init__(self):
        super().__init__()
        self.cells, self.project = Cells(), nn.Linear(8, 24)
        self.policy, self.value = nn.Linear(72, 9), nn.Linear(72, 1)

    def attended(self, x):
        parts = self.project(self.cells(x)).chunk(3, -1)
        query, key, value = (part.reshape(1, 9, 2, 4).transpose(1, 2) for part in parts)
        mask = torch.tril(torch.ones(9, 9, dtype=torch.bool))
        return functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)

    def forward(self, x):
        x = self.attended(x).transpose(1, 2).reshape(1, -1)
        return self.policy(x), torch.tanh(self.value(x))


class Causal(Masked):
    def attended(self, x):
        parts = self.project(self.cells(x)).chunk(3, -1)
        query, key, value = (part.reshape(1, 9, 2, 4).transpose(1, 2) for part in parts)
        return functional.scaled_dot_product_attention(query, key, value, is_causal=True)


class Gru(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.head = nn.GRU(27, 8), nn.Linear(8, 9)

    def forward(self, x, h):
        y, h = self.layer(x.flatten(1).unsqueeze(0), h)
        return self.head(y.squeeze(0)), h


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.head = nn.LSTM(27, 8, num_layers=2, batch_first=True), nn.Linear(8, 9)

    def forward(self, x, h, c):
        y, (h, c) = self.layer(x.flatten(1).unsqueeze(1), (h, c))
        return self.head(y[:, -1]), h, c


class GruCell(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.head = nn.GRUCell(27, 8), nn.Linear(8, 9)

    def forward(self, x, h):
        h = self.layer(x.flatten(1), h)
        return self.head(h), h


class Zoo(nn.Module):
    """What else networks are made of."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.SiLU(),
            nn.Conv2d(8, 8, 3, padding=1, groups=2), nn.GroupNorm(2, 8), nn.Mish(),
            nn.Conv2d(8, 8, 1), nn.InstanceNorm2d(8, affine=True), nn.Hardswish(),
            nn.ELU(), nn.SELU(), nn.Softplus(), nn.PReLU(8),
        )
        self.policy, self.value = nn.Linear(72, 9), nn.Linear(8, 1)

    def forward(self, x):
        x = self.body(x)
        policy = functional.log_softmax(self.policy(x.flatten(1)), -1)
        return policy, torch.tanh(self.value(x.mean((2, 3))))


class Duelling(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(27, 16), nn.ReLU())
        self.advantage, self.value = nn.Linear(16, 9), nn.Linear(16, 1)

    def forward(self, x):
        x = self.body(x)
        advantage = self.advantage(x)
        return self.value(x) + advantage - advantage.mean(-1, keepdim=True)


class Embedding(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.head = nn.Embedding(3, 4), nn.Linear(36, 9)

    def forward(self, x):
        return self.head(self.table(x.argmax(1).flatten(1)).flatten(1))


class Legal(nn.Module):
    """Masks what is not legal itself."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(27, 9)

    def forward(self, x):
        policy = self.head(x.flatten(1))
        taken = x[:, 0].flatten(1) + x[:, 1].flatten(1)
        return torch.where(taken > 0.5, torch.full_like(policy, -1e9), policy)


def noise(*shapes):
    return tuple(torch.rand(*shape) for shape in shapes)


BOARD = (1, 3, 3, 3)
NETWORKS = [
    (MultiheadAttention, [BOARD]), (Transformer, [BOARD]), (Masked, [BOARD]), (Causal, [BOARD]),
    (Gru, [BOARD, (1, 1, 8)]), (Lstm, [BOARD, (2, 1, 8), (2, 1, 8)]), (GruCell, [BOARD, (1, 8)]),
    (Zoo, [BOARD]), (Duelling, [BOARD]), (Embedding, [BOARD]), (Legal, [BOARD]),
]
# Operator sets beyond the exporters' own in which these look different.
NEWER = {"MultiheadAttention": 23, "Transformer": 23, "Masked": 23, "Causal": 23, "Zoo": 23}


def written(numbers, path):
    with open(path, "wb") as file:
        for tensor in numbers:
            file.write(tensor.detach().numpy().astype("<f4").tobytes())


def strip(path):
    """Leaves out where each node came from, which is most of a small file."""
    model = onnx.load(path, load_external_data=False)
    del model.metadata_props[:], model.graph.metadata_props[:], model.graph.value_info[:]
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for value in (*model.graph.input, *model.graph.output, *model.graph.initializer):
        del value.metadata_props[:]
    path.write_bytes(model.SerializeToString())


def export(network, inputs, path, **options):
    # The newer exporter puts weights beside the model where it may.
    options.setdefault("external_data", False)
    torch.onnx.export(network, inputs, path, verbose=False, **options)
    strip(path)
    outputs = network(*inputs)
    written(inputs, path.with_suffix(".in"))
    written(outputs if isinstance(outputs, tuple) else (outputs,), path.with_suffix(".out"))


def main(folder):
    folder = pathlib.Path(folder)
    for kind, shapes in NETWORKS:
        name = kind.__name__
        network, inputs = kind().eval(), noise(*shapes)
        export(network, inputs, folder / f"{name}.onnx", dynamo=True)
        export(network, inputs, folder / f"{name}-older.onnx", dynamo=False)
        if name in NEWER:
            newer = NEWER[name]
            export(network, inputs, folder / f"{name}-{newer}.onnx", dynamo=True, opset_version=newer)
    duelling, inputs = Duelling().eval(), noise(BOARD)
    export(duelling, inputs, folder / "External.onnx", dynamo=True, external_data=True)


main(sys.argv[1])
