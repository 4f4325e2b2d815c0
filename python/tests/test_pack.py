"""Networks as agents."""

import hashlib
import os
import stat
import threading
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
    assert packed.decisions_within_clock is None and packed.decisions_max == 120


def test_a_fuel_clock_allows_so_many_decisions(packed):
    first, each = packed.fuel_first, packed.fuel_per_decision

    def decisions(base, increment, cap):
        fuel = {"fuel_base": base, "fuel_increment": increment, "fuel_cap": cap}
        return nets.pack(ONNX, "othello", **fuel).decisions_within_clock

    assert decisions(first - 1, 0, first) == 0
    assert decisions(first + 5 * each - 1, 0, 2 * first + 5 * each) == 5
    assert decisions(first, each, first) is None
    with pytest.raises(ValueError, match="fuel_base is 2, above fuel_cap, 1"):
        decisions(2, 0, 1)
    for wrong in (-1, 2**64):
        with pytest.raises(ValueError, match=f"fuel_cap is {wrong}, expected 0 to"):
            decisions(0, 0, wrong)


def test_threads_pack_without_waiting_for_each_other():
    agents = []

    def work():
        agents.append(nets.pack(ONNX, "othello", positions=64, check=True))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(agents) == 6 and len({agent.code_hash for agent in agents}) == 1
    assert {(agent.checked_alike, agent.fuel_first) for agent in agents} == {(64, agents[0].fuel_first)}


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


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes by name")
def test_what_is_no_file_is_refused_and_left(packed, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, "/dev/null"):
        before = os.stat(path)
        with pytest.raises(nets.PackError, match="it is a device or a pipe"):
            packed.write(path)
        after = os.stat(path)
        assert stat.S_IFMT(after.st_mode) == stat.S_IFMT(before.st_mode) and after.st_ino == before.st_ino
    with pytest.raises(IsADirectoryError):
        packed.write(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["pipe"]


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
        "  0: the network's input: it has the shape [1, 3, 8, 8], expected [5, 10, 10], [10, 10, 5] or [500], "
        "behind a batch of 1 or without one",
        'hint: nets.system("snake").tensor_layout says what its tensor is; see also input_layout= and state=',
    ]
    assert "expected [8, 8, 3] or [192]" in refusal(ONNX, "othello", input_layout="planes-last")[2]
    missing = refusal(ONNX, "othello", policy="logits")
    assert missing[2].startswith("  0: the network's outputs: none is named \"logits\"; there are")
    valueless = refusal(ONNX, "othello", choice="value")
    assert valueless[2].startswith("  0: the network's outputs: none is a value")
    assert valueless[3] == (
        'hint: nets.system("othello").action_count is how many actions it has; see also policy=, value= and '
        'choice="nearest"'
    )
    looking = refusal(ONNX, "othello", choice="value", state={"h": "g"})
    assert looking[3] == 'hint: choice="best" asks the network about what is seen alone'
    planeless = refusal(ONNX, "cartpole", input_layout="planes-last")
    assert planeless[2] == (
        "  0: the network's input: the tensor of cartpole v1 is a row of numbers, in which no planes are last"
    )
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
        ({"choice": "sampled", "temperature": 0.0}, ValueError, "temperature: it is 0, expected a number"),
        ({"temperature": 0.5}, ValueError, '0.5, but no action is drawn\nhint: choice="sampled" is what has'),
        ({"positions": "a"}, TypeError, "positions is 'a', expected a whole number"),
        ({"state": "h=g"}, TypeError, "state is 'h=g', expected what names inputs and their outputs"),
        ({"fuel_base": 1.5}, TypeError, "fuel_base is 1.5, expected a whole number"),
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
    with pytest.raises(nets.PackError, match="may have the planes first or last; the System has them first"):
        nets.pack(model, "tic-tac-toe")
    packed = nets.pack(model, "tic-tac-toe", input_layout="planes-first", check=True)
    assert model.training and packed.checked_alike == packed.positions
    wrong = torch.nn.Linear(5, 9)
    with pytest.raises(nets.PackError, match="torch cannot export the model for tic-tac-toe"):
        nets.pack(wrong, "tic-tac-toe")
    with pytest.raises(nets.PackError, match="exported by whoever knows its inputs"):
        nets.pack(model, "tic-tac-toe", state={"h": "g"})


def test_parts_of_a_torch_module_stay_in_their_modes():
    torch = pytest.importorskip("torch", reason="torch is no dependency")
    frozen = torch.nn.BatchNorm1d(27).eval()
    model = torch.nn.Sequential(torch.nn.Flatten(), frozen, torch.nn.Dropout(), torch.nn.Linear(27, 9)).train()
    frozen.eval()
    modes = [part.training for part in model.modules()]
    assert True in modes and False in modes
    layout = {"positions": 1, "input_layout": "planes-first"}
    nets.pack(model, "tic-tac-toe", **layout)
    assert [part.training for part in model.modules()] == modes
    model.append(torch.nn.Linear(5, 9))
    modes = [part.training for part in model.modules()]
    with pytest.raises(nets.PackError, match="torch cannot export"):
        nets.pack(model, "tic-tac-toe", **layout)
    assert [part.training for part in model.modules()] == modes


def test_a_convolution_of_torch_plays_snake_with_its_planes_first():
    torch = pytest.importorskip("torch", reason="torch is no dependency")
    layers = [torch.nn.Conv2d(5, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(4 * 64, 4)]
    model = torch.nn.Sequential(*layers)
    agent = nets.pack(model, "snake", input_layout="planes-first", check=True)
    assert agent.checked_alike == agent.positions
    with pytest.raises(nets.PackError, match="input_layout= says where its planes are"):
        nets.pack(model, "snake")
