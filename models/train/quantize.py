"""Store the weights of an ONNX file in 8 bits: an int8 tensor, one f32 scale for each output channel, and DequantizeLinear.

Each channel's scale is the one, of some near max |w| / 127, with the smallest squared error. Arithmetic stays f32: the file gives
what it would give with f32 weights of the same values.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

SMALLEST = 2048  # entries: below, the scales would weigh as much as what is saved
AT_14X14 = "fine.", "to_fine.", "up.", "end."  # parts of a hierarchical model whose error shows in the levels of 8-bit pixels
# The models whose bounds that moves by less than 0.1 nats (models/README.md has the differences), with what of each stays as it is.
IN_8_BITS = {
    **dict.fromkeys(("mnist-vae", "fashion-vae", "mnist-hvae", "fashion-hvae"), ()),
    **dict.fromkeys(("mnist-hvae-8bit", "fashion-hvae-8bit"), AT_14X14),
}
SHRINK = np.linspace(0.7, 1.0, 31)  # of the scale at which nothing is cut off


def channels(node: onnx.NodeProto, rank: int) -> int | None:
    """The axis of output channels of a weight that is the second input of this node."""
    if node.op_type == "Conv":
        return 0
    if node.op_type == "ConvTranspose":
        groups = next((a.i for a in node.attribute if a.name == "group"), 1)
        return 1 if groups == 1 else None
    if node.op_type == "Gemm":
        return 0 if next((a.i for a in node.attribute if a.name == "transB"), 0) else 1
    return 1 if node.op_type == "MatMul" and rank == 2 else None


def in_8_bits(weight: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """int8 levels and the f32 scale of each channel."""
    rows = np.moveaxis(weight, axis, 0).reshape(weight.shape[axis], -1).astype(np.float64)
    full = np.maximum(np.abs(rows).max(1), np.finfo(np.float32).tiny * 127) / 127
    scales = (full[:, None] * SHRINK).astype(np.float32).astype(np.float64)
    levels = [np.clip(np.rint(rows / s[:, None]), -127, 127) for s in scales.T]
    errors = np.stack([((q * s[:, None] - rows) ** 2).sum(1) for q, s in zip(levels, scales.T)])
    best = scales[np.arange(len(rows)), errors.argmin(0)]
    shape = [-1 if at == axis else 1 for at in range(weight.ndim)]
    return np.clip(np.rint(weight / best.reshape(shape)), -127, 127).astype(np.int8), best.astype(np.float32)


def quantize(model: onnx.ModelProto, smallest: int = SMALLEST, kept: tuple[str, ...] = ()) -> None:
    """Turn the matrices and kernels of a model, which may be stored as f16 with a Cast, into 8 bits a weight, but those whose names
    begin with one of `kept`."""
    graph = model.graph
    casts = {n.output[0]: n for n in graph.node if n.op_type == "Cast"}
    tensors = {t.name: t for t in graph.initializer}
    uses = [(node, at, name) for node in graph.node for at, name in enumerate(node.input)]
    made = []
    for node, at, name in uses:
        stored = tensors.get(casts[name].input[0] if name in casts else name)
        users = [other for other, _, used in uses if used == name]
        if stored is None or at != 1 or len(users) > 1 or np.prod(stored.dims) < smallest or name.startswith(kept):
            continue
        axis = channels(node, len(stored.dims))
        if axis is None:
            continue
        levels, scales = in_8_bits(numpy_helper.to_array(stored).astype(np.float32), axis)
        graph.initializer.remove(stored)
        if name in casts:
            graph.node.remove(casts.pop(name))
        graph.initializer.extend([numpy_helper.from_array(levels, name + ".int8"), numpy_helper.from_array(scales, name + ".scale")])
        made.append(helper.make_node("DequantizeLinear", [name + ".int8", name + ".scale"], [name], name=name + ".dequantize", axis=axis))
    nodes = [*made, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model, full_check=True)


def restored(graph: onnx.GraphProto) -> dict[str, np.ndarray]:
    """The weights that a graph has in 8 bits, by their names before."""
    tensors, found = {t.name: t for t in graph.initializer}, {}
    for node in graph.node:
        if node.op_type == "DequantizeLinear" and all(name in tensors for name in node.input[:2]):
            levels, scales = (numpy_helper.to_array(tensors[name]) for name in node.input[:2])
            axis = next(a.i for a in node.attribute if a.name == "axis")
            found[node.output[0]] = levels * scales.reshape([-1 if at == axis else 1 for at in range(levels.ndim)])
    return found


def rewrite(path: Path, kept: tuple[str, ...] = ()) -> None:
    """Store the weights of a file in 8 bits but those `kept`; one that has them so stays as it is."""
    model, before = onnx.load(path), path.stat().st_size
    quantize(model, kept=kept)
    onnx.save(model, path)
    print(f"{path.name}: {before} bytes, now {path.stat().st_size}")
