"""What a run leaves in its folder: `checkpoint.pt`, from which it goes on, and `weights.pt`, small enough to travel, from which
another run starts."""

from pathlib import Path

import torch
from torch import nn

import precision


def save(path: Path, state: dict) -> None:
    """Write beside and rename, so that an interrupted run never leaves half a file."""
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def pack(run: Path) -> dict:
    """Write `weights.pt` from the checkpoint: the averaged weights as they ship and the facts of the run, which it gives."""
    state = torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=True)
    small = {
        name: value.half() if value.ndim >= 2 and value.numel() >= precision.HALF_FROM else value
        for name, value in state["average"].items()
    }
    facts = {name: state[name] for name in ("step", "seconds", "seed", "machine", "sizes")}
    save(run / "weights.pt", {"average": small, "facts": facts})
    return facts


def unpack(run: Path) -> tuple[dict[str, torch.Tensor], dict]:
    """Weights in f32 and facts of `weights.pt`."""
    state = torch.load(run / "weights.pt", map_location="cpu", weights_only=True)
    return {name: value.float() for name, value in state["average"].items()}, state["facts"]


def shipped(network: nn.Module, run: Path) -> dict:
    """Make `network` what ships of a run, the averaged weights with kernels and matrices rounded to f16; gives the run's facts."""
    weights, facts = unpack(run)
    network.load_state_dict(weights)
    network.eval().requires_grad_(False)
    return facts
