"""Networks as agents."""

import hashlib
import types

import pytest
from conftest import ONNX

import nets


@pytest.fixture(scope="module")
def packed():
    return nets.pack(ONNX, "othello", check=True)


def test_an_onnx_file_becomes_an_agent(packed):
    assert packed.module.startswith(b"\0asm")
    assert packed.code_hash == hashlib.sha256(packed.module).hexdigest()
    assert packed.size == len(packed.module) > 10_000
    assert packed.fuel_first > packed.fuel_per_decision > 1_000
    assert packed.positions == packed.checked_alike == 256
    assert packed.agreement == packed.alike / 256 > 0.9


def test_a_model_is_the_same_as_path_bytes_or_message(packed, tmp_path):
    content = ONNX.read_bytes()
    message = types.SimpleNamespace(SerializeToString=lambda: content)
    for model in (str(ONNX), content, bytearray(content), message):
        assert nets.pack(model, nets.system("othello"), positions=1).module == packed.module


def test_the_module_is_written_whole_and_over_nothing_else(packed, tmp_path):
    path = tmp_path / "agent.wasm"
    assert nets.pack(ONNX, "othello", path, positions=1).module == path.read_bytes()
    packed.write(path)
    notes = tmp_path / "notes.txt"
    notes.write_text("of value")
    with pytest.raises(nets.PackError, match="there is a file that is not a WebAssembly module"):
        packed.write(notes)
    copy = tmp_path / "model.onnx"
    copy.write_bytes(ONNX.read_bytes())
    with pytest.raises(nets.PackError, match="it is the model"):
        nets.pack(copy, "othello", copy, positions=1)
    assert notes.read_text() == "of value" and copy.read_bytes() == ONNX.read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["agent.wasm", "model.onnx", "notes.txt"]
    with pytest.raises(OSError):
        packed.write(tmp_path / "missing" / "agent.wasm")


def test_options_make_other_agents(packed):
    options = [
        {"precision": "f32"},
        {"choice": "sampled"},
        {"choice": "sampled", "temperature": 0.5},
    ]
    modules = [nets.pack(ONNX, "othello", positions=1, **each).module for each in options]
    assert len({packed.module, *modules}) == 4
    assert nets.pack(ONNX, "othello", positions=1, policy="policy").module == packed.module


def test_refusals_say_what_the_command_says(tmp_path):
    def refusal(*arguments, **options):
        with pytest.raises(nets.PackError) as caught:
            nets.pack(*arguments, **options)
        return str(caught.value).splitlines()

    assert refusal(ONNX, "snake") == [
        f"cannot pack {ONNX} for snake",
        "caused by:",
        "  0: the network's input: it has the shape [1, 3, 8, 8], expected [10, 10, 5] or [500] without the "
        "batch; the order of planes, rows and columns is that of the input layout",
        'hint: nets.system("snake").tensor_layout says what its tensor is; see also input_layout= and state=',
    ]
    assert "expected [8, 8, 3] or [192]" in refusal(ONNX, "othello", input_layout="planes-last")[2]
    missing = refusal(ONNX, "othello", policy="logits")
    assert missing[2].startswith("  0: the network's outputs: none is named \"logits\"; there are")
    assert refusal(ONNX, "othello", choice="value")[2].startswith("  0: the network's outputs: none is a value")
    remembered = refusal(ONNX, "othello", state={"h": "g"})
    assert remembered[2].startswith("  0: what the network remembers: no input left is named \"h\"")
    assert remembered[3] == 'hint: name the network\'s own inputs and outputs, as state={"h_in": "h_out"}'
    gone = tmp_path / "gone.onnx"
    assert refusal(gone, "othello")[0] == f"cannot read the network {gone}"
    assert refusal(b"no network", "othello")[0] == "cannot read the network the model"


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"precision": "int4"}, ValueError, 'precision is "int4", expected "int8" or "f32"'),
        ({"choice": "any"}, ValueError, 'choice is "any", expected "best" or "sampled" or "value"'),
        ({"input_layout": "nchw"}, ValueError, 'expected "planes-first" or "planes-last"'),
        ({"choice": "sampled", "temperature": 0.0}, ValueError, "temperature is 0, expected a number"),
        ({"positions": 0}, ValueError, "positions is 0, expected 1 to 100000"),
        ({"width": 8}, ValueError, 'no parameter "width"; this System has none'),
    ],
)
def test_bad_options_are_named(options, error, text):
    with pytest.raises(error, match=text):
        nets.pack(ONNX, "othello", **options)


def test_what_is_no_model_is_refused():
    with pytest.raises(TypeError, match="got an open file"), ONNX.open("rb") as file:
        nets.pack(file, "othello")
    with pytest.raises(TypeError, match="got dict"):
        nets.pack({}, "othello")


def test_a_torch_module_is_exported_as_it_decides(tmp_path):
    torch = pytest.importorskip("torch", reason="torch is no dependency")
    size = 3 * 3 * 3
    layers = [torch.nn.Flatten(), torch.nn.Linear(size, 32), torch.nn.ReLU(), torch.nn.Dropout(0.5)]
    model = torch.nn.Sequential(*layers, torch.nn.Linear(32, 9)).train()
    packed = nets.pack(model, "tic-tac-toe", check=True)
    assert model.training and packed.checked_alike == packed.positions
    wrong = torch.nn.Linear(5, 9)
    with pytest.raises(nets.PackError, match="torch cannot export the model for tic-tac-toe"):
        nets.pack(wrong, "tic-tac-toe")
    with pytest.raises(nets.PackError, match="exported by whoever knows its inputs"):
        nets.pack(model, "tic-tac-toe", state={"h": "g"})
