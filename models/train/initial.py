"""Weights to start from: a run's average, or those of a shipped ONNX file, wherever names and shapes agree."""

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import nn

import checkpoints
import quantize

LACKING = 0.1  # share of a network's parameters without which a source still is one of it


def initializers(path: Path) -> dict[str, torch.Tensor]:
    """The initializers of an ONNX file by the names that they have in PyTorch, as f32 if they are f16 or of 8 bits.

    Scale and shift of a group norm that is spelled out have no such name; the node that takes them lies in the module's scope.
    """
    graph = onnx.load(path).graph
    found = {t.name.removesuffix(".f16"): torch.tensor(numpy_helper.to_array(t), dtype=torch.float32) for t in graph.initializer}
    found |= {name: torch.from_numpy(value) for name, value in quantize.restored(graph).items()}
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
    found = {
        f"{part}.{name}": value
        for part in ("encoder", "decoder") for name, value in initializers(Path(f"{source}-{part}.onnx")).items()
    }
    prior = Path(f"{source}-prior.onnx")
    return found | initializers(prior) if prior.exists() else found


def agrees(value: torch.Tensor | None, parameter: torch.Tensor) -> bool:
    """Whether a parameter can be had of `value`: the same shape, or a kernel or matrix that sees fewer input channels."""
    if value is None:
        return False
    fewer = value.ndim >= 2 and value[:, :1].shape == parameter[:, :1].shape and value.shape[1] < parameter.shape[1]
    return value.shape == parameter.shape or fewer


def lacking(network: nn.Module, found: dict[str, torch.Tensor]) -> tuple[list[str], float]:
    """Names of the parameters that cannot be had of `found`, and what share of all entries they are."""
    parameters = dict(network.named_parameters())
    names = [name for name, p in parameters.items() if not agrees(found.get(name), p)]
    return names, sum(parameters[name].numel() for name in names) / sum(p.numel() for p in parameters.values())


def fits(network: nn.Module, source: str) -> bool:
    """Whether `source` exists and has nearly all of a network's parameters."""
    try:
        return lacking(network, find(source))[1] <= LACKING
    except FileNotFoundError:
        return False


@torch.no_grad()
def start(network: nn.Module, source: str) -> list[str]:
    """Copy weights into `network`; gives the names of the parameters that `source` lacks, which keep their values.

    A kernel that sees more input channels than its source keeps zeros for the new ones, which are the last.
    """
    found = find(source)
    names, share = lacking(network, found)
    if share > LACKING:
        raise ValueError(f"{source} is of another network: it lacks {', '.join(names)}")
    for name, parameter in network.named_parameters():
        if name not in names:
            value = found[name]
            parameter.zero_()
            parameter[:, : value.shape[1]].copy_(value) if value.ndim >= 2 else parameter.copy_(value)
    return names
