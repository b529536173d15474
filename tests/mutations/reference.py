"""onnxruntime's answers on the files that the example `mutations` writes, and the comparison.

    python reference.py answer FOLDER        writes CASE.onnxruntime beside CASE.pack
    python reference.py compare FOLDER WHO   WHO is rust or node: compares CASE.WHO with it
    python reference.py store FOLDER FILE    one number for each mutation, for the crate's tests

A file may make onnxruntime allocate without end or crash, so it runs in a process of its own with a limit.
"""

import json
import resource
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np

CASES = 4
TYPES = {
    "tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(float16)": np.float16,
    "tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(int16)": np.int16, "tensor(int8)": np.int8,
    "tensor(uint8)": np.uint8, "tensor(uint16)": np.uint16, "tensor(uint32)": np.uint32, "tensor(uint64)": np.uint64, "tensor(bool)": np.bool_,
}
INPUTS = [
    [("z", "f32", [1, 3], 0)],
    [("z", "f32", [1, 4], 0)],
    [("x", "f32", [1, 1, 16, 16], 0)],
    [("x", "f32", [1, 1, 8, 8], 0), ("timesteps", "i64", [1], 999), ("label", "i64", [1], 3)],
]
OUTPUTS = [["logits"], ["mean", "log_scale"], ["q_mean", "q_log_var"], ["eps"]]


def given(seed, kind, shape, largest):
    count = int(np.prod(shape))
    if kind == "f32":
        return np.array([((37 * at + 11 * seed) % 101) / 50 - 1 for at in range(count)], np.float32).reshape(shape)
    return np.array([(7 * at + 5 * seed) % (largest + 1) for at in range(count)], np.int64).reshape(shape)


def pack(path):
    data = path.read_bytes()
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        yield data[at + 4 : at + 4 + length]
        at += 4 + length


def child(folder, case, first):
    """Answers from number `first` on, a line for each."""
    import onnxruntime

    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    onnxruntime.set_default_logger_severity(4)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    feeds = {name: given(seed, *spec) for seed, (name, *spec) in enumerate(INPUTS[case])}
    for at, data in enumerate(pack(folder / f"{case}.pack")):
        if at < first:
            continue
        try:
            session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
            # A network may ask for the same values in another type.
            taken = {i.name: TYPES[i.type] for i in session.get_inputs() if i.name in feeds}
            answers = session.run(OUTPUTS[case], {n: feeds[n].astype(t) for n, t in taken.items()})
            if not all(np.issubdtype(a.dtype, np.floating) for a in answers):
                raise ValueError("an output is not real")
            answers = [a.astype(np.float32).reshape(-1) for a in answers]
            values = np.concatenate(answers).view(np.uint32).tolist()
            verdict = {"values": values}
        except Exception as error:
            verdict = {"refused": str(error).split("\n")[0][:300]}
        print(json.dumps(verdict), flush=True)


def answer(folder):
    for case in range(CASES):
        count = sum(1 for _ in pack(folder / f"{case}.pack"))
        lines = []
        while len(lines) < count:
            command = [sys.executable, __file__, "child", str(folder), str(case), str(len(lines))]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            # onnxruntime writes warnings there as well.
            lines += [line.rstrip("\n") for line in process.stdout if line.startswith("{") and line.endswith("\n")]
            if process.wait() != 0 and len(lines) < count:
                lines.append(json.dumps({"refused": "onnxruntime crashed"}))
        (folder / f"{case}.onnxruntime").write_text("\n".join(lines) + "\n")


def load(path):
    verdicts = []
    for line in path.read_text().splitlines():
        verdict = json.loads(line)
        if "values" in verdict:
            verdict["values"] = np.array(verdict["values"], np.uint32).view(np.float32).astype(np.float64)
        verdicts.append(verdict)
    return verdicts


def exact(data, case):
    """The outputs in double precision, as onnx itself computes them; None where it cannot."""
    import onnx
    from onnx import TensorProto, numpy_helper, reference

    def widened(tensor):
        if tensor.data_type == TensorProto.FLOAT:
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float64), tensor.name))

    try:
        model = onnx.load_from_string(data)
        graph = model.graph
        del graph.value_info[:]
        for tensor in graph.initializer:
            widened(tensor)
        for value in [*graph.input, *graph.output]:
            if value.type.tensor_type.elem_type == TensorProto.FLOAT:
                value.type.tensor_type.elem_type = TensorProto.DOUBLE
        for attribute in (a for node in graph.node for a in node.attribute):
            if attribute.HasField("t"):
                widened(attribute.t)
            if attribute.name == "to" and attribute.i == TensorProto.FLOAT:
                attribute.i = TensorProto.DOUBLE
        feeds = {name: given(seed, *spec) for seed, (name, *spec) in enumerate(INPUTS[case])}
        feeds = {name: v.astype(np.float64) if v.dtype == np.float32 else v for name, v in feeds.items()}
        answers = reference.ReferenceEvaluator(model).run(OUTPUTS[case], feeds)
        return np.concatenate([a.reshape(-1) for a in answers])
    except Exception as error:
        print(f"not computed in double precision: {error}"[:300])
        return None


def is_same(ours, theirs):
    if ours.shape != theirs.shape:
        return False
    scale = max(1.0, np.abs(theirs).max(initial=0.0))
    return np.abs(ours - theirs).max(initial=0.0) <= 1e-3 * scale


def compare(folder, who):
    counts = dict.fromkeys(
        ["files", "taken by both", "refused by both", "not finite", "finite here alone", "traps", "over 5 s",
         "over 1 GiB", "differ, and only onnxruntime is wrong", "differ", "refused, not finite in onnxruntime", "refused, taken by onnxruntime", "taken, refused by onnxruntime", "of these, picture changed"], 0)
    shown = {}

    def show(kind, case, at, text):
        counts[kind] += 1
        shown.setdefault((kind, case, text[:90]), []).append(at)

    for case in range(CASES):
        ours, theirs = load(folder / f"{case}.{who}"), load(folder / f"{case}.onnxruntime")
        assert len(ours) == len(theirs)
        original = None
        for at, (a, b) in enumerate(zip(ours, theirs)):
            counts["files"] += 1
            if a.get("ms", 0) > 5000:
                show("over 5 s", case, at, f"{a['ms']} ms")
            if a.get("bytes", 0) > 1 << 30:
                show("over 1 GiB", case, at, f"{a['bytes']}")
            if "trap" in a:
                show("traps", case, at, a["trap"])
            elif "refused" in a and "refused" in b:
                counts["refused by both"] += 1
            elif "refused" in a and not np.isfinite(b["values"]).all():
                counts["refused, not finite in onnxruntime"] += 1
            elif "refused" in a:
                show("refused, taken by onnxruntime", case, at, a["refused"])
            elif "refused" in b:
                show("taken, refused by onnxruntime", case, at, b["refused"])
                # The file before the mutation is the first that both take with the commonest answer.
                original = base(ours) if original is None else original
                if np.isfinite(a["values"]).all() and not is_same(a["values"], original):
                    show("of these, picture changed", case, at, b["refused"])
            elif not np.isfinite(a["values"]).all() or not np.isfinite(b["values"]).all():
                counts["not finite"] += 1
                if np.isfinite(a["values"]).all():
                    show("finite here alone", case, at, "")
            elif not is_same(a["values"], b["values"]):
                truth = exact(list(pack(folder / f"{case}.pack"))[at], case)
                is_right = truth is not None and is_same(a["values"], truth)
                kind = "differ, and only onnxruntime is wrong" if is_right else "differ"
                difference = np.abs(a["values"] - b["values"]).max() if a["values"].shape == b["values"].shape else "shape"
                show(kind, case, at, f"{difference}")
            else:
                counts["taken by both"] += 1
    for kind, count in counts.items():
        print(f"{count:8} {kind}")
    for (kind, case, text), places in sorted(shown.items(), key=lambda item: (item[0][0], -len(item[1]))):
        print(f"{kind} | case {case} | {len(places)} times, such as {places[:4]} | {text}")


def base(verdicts):
    """The commonest answer: that of mutations that change nothing of the picture."""
    answers = [v["values"] for v in verdicts if "values" in v and np.isfinite(v["values"]).all()]
    keys = [answer.tobytes() for answer in answers]
    return answers[keys.index(max(set(keys), key=keys.count))]


def projection(values):
    """One number for all values of an answer."""
    weights = ((37 * np.arange(values.size)) % 101) / 50 - 1
    return float(values @ weights)


def store(folder, path):
    """NaN: refused. Infinity: not finite. Otherwise the projection. Case after case, as float32."""
    numbers = []
    for case in range(CASES):
        for verdict in load(folder / f"{case}.onnxruntime"):
            if "refused" in verdict:
                numbers.append(np.nan)
            elif not np.isfinite(verdict["values"]).all():
                numbers.append(np.inf)
            else:
                numbers.append(projection(verdict["values"]))
    Path(path).write_bytes(np.array(numbers, "<f4").tobytes())


def main():
    match sys.argv[1:]:
        case ["child", folder, number, first]:
            child(Path(folder), int(number), int(first))
        case ["answer", folder]:
            answer(Path(folder))
        case ["compare", folder, who]:
            compare(Path(folder), who)
        case ["store", folder, path]:
            store(Path(folder), path)
        case _:
            sys.exit(__doc__)


main()
