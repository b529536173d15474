"""Weights to start from: a run's average, or those of a shipped ONNX file, wherever names and shapes agree."""

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import nn

import checkpoints


def initializers(path: Path) -> dict[str, torch.Tensor]:
    """The initializers of an ONNX file by the names that they have in PyTorch, f16 ones as f32.

    Scale and shift of a group norm that is spelled out have no such name; the node that takes them lies in the module's scope.
    """
    graph = onnx.load(path).graph
    found = {t.name.removesuffix(".f16"): torch.tensor(numpy_helper.to_array(t), dtype=torch.float32) for t in graph.initializer}
    for node in graph.node:
        if node.op_type == "Identity" and node.input[0] in found:  # the exporter keeps one of several equal tensors
            found[node.output[0]] = found[node.input[0]]
        for name in node.input:
            if name.startswith("onnx::") and name in found and node.op_type in ("Mul", "Add"):
                module = ".".join(node.name.strip("/").split("/")[:-1])
                found[f"{module}.{'weight' if node.op_type == 'Mul' else 'bias'}"] = found[name].flatten()
    return {name: value for name, value in found.items() if not name.startswith(("onnx::", "/"))}


def find(source: str) -> dict[str, torch.Tensor]:
    """The weights of a run's folder, of one ONNX file, or of `source`-encoder.onnx and `source`-decoder.onnx."""
    if (Path(source) / "weights.pt").exists():
        return checkpoints.unpack(Path(source))[0]
    if Path(source).suffix == ".onnx":
        return initializers(Path(source))
    return {
        f"{part}.{name}": value
        for part in ("encoder", "decoder") for name, value in initializers(Path(f"{source}-{part}.onnx")).items()
    }


@torch.no_grad()
def start(network: nn.Module, source: str) -> list[str]:
    """Copy weights into `network`; gives the names of the parameters that `source` lacks, which keep their values.

    A kernel that sees more input channels than its source keeps zeros for the new ones, which are the last.
    """
    found, missing = find(source), []
    for name, parameter in network.named_parameters():
        value = found.get(name)
        if value is None:
            missing.append(name)
        elif value.shape == parameter.shape:
            parameter.copy_(value)
        elif value.ndim >= 2 and value[:, :1].shape == parameter[:, :1].shape and value.shape[1] < parameter.shape[1]:
            parameter.zero_()
            parameter[:, : value.shape[1]].copy_(value)
        else:
            missing.append(name)
    if len(missing) * 2 > len(list(network.parameters())):
        raise ValueError(f"{source} is of another network: it lacks {', '.join(missing)}")
    return missing
