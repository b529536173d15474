"""Bound what the encoders of the shipped hierarchical VAEs say, channel by channel, to what they say of the training images.

hvae.py bounds means and residuals in training; these files are from before it did. Far from digits their features grow, and the decoder's
feedback (a layer's posterior is its prior plus a residual, and feeds the next prior) makes means of 10^4 and log scales of 10^5 of
them. Clamped to their range on the training set, widened by a share of it on both sides, no feature of a test image is changed by a
bit, so the scores stay those of the files. Means of up to 50,000 (grey blocks and grounds, inverted and blurred digits)
fall below 15 for nearly all; in some draws of a grey block the decoder of mnist-hvae-8bit still amplifies by itself, to means of
7,500 and a bound of -3 · 10^8 nats, a finite one. The clamp is a Max and
a Min in the encoder's file, so every reader has it.

`python bound_features.py` does that to the files and enters their new checksums in manifest.json, evaluation.json and the README.
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from data import load

MODELS = Path(__file__).resolve().parent.parent
SHARE = 0.1  # of the range, beyond either end


def features(path: Path, x: np.ndarray):
    """The encoder's outputs, 500 images at a time."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return (session.run(None, {"x": x[at : at + 500]}) for at in range(0, len(x), 500))


def observed(task: str, split: str, data: str | None, seed: int) -> np.ndarray:
    x = load(split, data)[0].float() / 255
    if task == "binarized":
        x = torch.bernoulli(x, generator=torch.Generator().manual_seed(seed))
    return x.numpy().reshape(-1, 1, 28, 28)


def is_bounded(path: Path) -> bool:
    return any(node.name.endswith(".bounded") for node in onnx.load(path).graph.node)


def bound(path: Path, task: str, data: str | None) -> None:
    """Clamp the outputs of the encoder at `path` to their widened range on the training set."""
    if is_bounded(path):
        return
    parts = [
        [(v.min((0, *range(2, v.ndim)), keepdims=True), v.max((0, *range(2, v.ndim)), keepdims=True)) for v in values]
        for values in features(path, observed(task, "train", data, 0))
    ]
    ranges = []
    for ends in zip(*parts):
        low, high = np.min([low for low, _ in ends], 0), np.max([high for _, high in ends], 0)
        margin = SHARE * (high - low)
        ranges.append((low - margin, high + margin))
    model = onnx.load(path)
    graph = model.graph
    for output, (low, high) in zip(graph.output, ranges):
        name = output.name
        for node in graph.node:
            for names in (node.input, node.output):
                for i, used in enumerate(names):
                    if used == name:
                        names[i] = f"{name}.free"
        for end, values in (("low", low), ("high", high)):
            graph.initializer.append(numpy_helper.from_array(values.astype(np.float32), f"{name}.{end}"))
        graph.node.extend([
            helper.make_node("Max", [f"{name}.free", f"{name}.low"], [f"{name}.floored"], name=f"{name}.floored"),
            helper.make_node("Min", [f"{name}.floored", f"{name}.high"], [name], name=f"{name}.bounded"),
        ])
    assert all(t.data_type in (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT64) for t in graph.initializer)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def touched(before: Path, after: Path, task: str, data: str | None, seeds: int) -> tuple[int, int]:
    """How many test images have a feature that the clamp changes, and how many were looked at."""
    count = total = 0
    for seed in range(seeds if task == "binarized" else 1):
        x = observed(task, "test", data, seed)
        for free, clamped in zip(features(before, x), features(after, x)):
            changed = [(a != b).reshape(len(a), -1).any(1) for a, b in zip(free, clamped)]
            count, total = count + int(np.logical_or.reduce(changed).sum()), total + len(free[0])
    return count, total


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", help="folder with the MNIST .gz files; without it they are fetched")
    p.add_argument("--seeds", type=int, default=5, help="binarizations of the test set that are checked")
    args = p.parse_args()
    torch.set_num_threads(1)
    manifest_path, evaluation_path = MODELS / "manifest.json", MODELS / "evaluation.json"
    manifest, evaluation, readme = manifest_path.read_text(), evaluation_path.read_text(), (MODELS / "README.md").read_text()
    for entry in json.loads(manifest)["models"]:
        if entry["kind"] != "hvae":
            continue
        file = entry["files"]["encoder"]
        path = MODELS / file["path"]
        if is_bounded(path):
            continue
        before = path.with_suffix(".free.onnx")
        before.write_bytes(path.read_bytes())
        task = "binarized" if entry["likelihood"] == "bernoulli" else "8-bit"
        bound(path, task, args.data)
        count, total = touched(before, path, task, args.data, args.seeds)
        before.unlink()
        print(f"{path.name}: {count} of {total} test images are changed")
        assert count == 0, "widen SHARE: the scores would no longer be those of this file"
        raw = path.read_bytes()
        digest = hashlib.sha256(raw).hexdigest()
        manifest = manifest.replace(file["sha256"], digest)
        entered = f'"path": "{path.name}",\n          "bytes": {{}},'
        manifest = manifest.replace(entered.format(file["bytes"]), entered.format(len(raw)))
        evaluation = evaluation.replace(file["sha256"], digest)
        readme = readme.replace(
            f"| {path.name} | {file['bytes']:,} | `{file['sha256'][:16]}…` |", f"| {path.name} | {len(raw):,} | `{digest[:16]}…` |"
        )
    manifest_path.write_text(manifest)
    evaluation_path.write_text(evaluation)
    (MODELS / "README.md").write_text(readme)


if __name__ == "__main__":
    main()
