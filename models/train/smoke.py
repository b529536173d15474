"""Check what a trial run left: every model scored, exported and packed, and runs that go on from what was packed."""

import hashlib
import json
import math
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

import archive
import checkpoints
import diffusion
import initial
import loop
import quantize
import registry
from train import train
from unet import LOG_SNR_MAX, LOG_SNR_MIN, PERIODS, LevelFeatures



def check_files(model: registry.Model, folder: Path) -> None:
    """Digests, finite scores, and that each file gives finite numbers of the shape it declares for batches of one and three."""
    entry = json.loads((folder / "entry.json").read_text())
    assert entry["id"] == model.id and entry["scores"], entry["id"]
    for s in entry["scores"]:
        assert math.isfinite(s["value"]) and math.isfinite(s["standardError"]), s
    for file in entry["files"].values():
        path = folder / file["path"]
        raw = path.read_bytes()
        assert len(raw) == file["bytes"] and hashlib.sha256(raw).hexdigest() == file["sha256"], path
        if path.suffix != ".onnx":
            continue
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        for batch in (1, 3):
            feed = {}
            for i in session.get_inputs():
                shape = (batch, *[n for n in i.shape[1:] if isinstance(n, int)])
                assert len(shape) == len(i.shape), (path, i.name, i.shape)
                feed[i.name] = np.full(shape, 3) if i.name == "class" else np.full(shape, 0.5, np.float32)
            for output, value in zip(session.get_outputs(), session.run(None, feed), strict=True):
                assert np.isfinite(value).all() and value.shape == (batch, *output.shape[1:]), (path, output.name)


def check_8_bits(folder: Path) -> None:
    """Each file in 8 bits gives nearly what it gives."""
    for path in folder.glob("*.onnx"):
        smaller = onnx.load(path)
        quantize.quantize(smaller, smallest=64)
        sessions = [onnxruntime.InferenceSession(given, providers=["CPUExecutionProvider"]) for given in (path, smaller.SerializeToString())]
        rng = np.random.default_rng(0)
        shapes = {i.name: (2, *[n for n in i.shape[1:] if isinstance(n, int)]) for i in sessions[0].get_inputs()}
        feed = {name: np.full(shape, 3) if name == "class" else rng.uniform(-1, 1, shape).astype(np.float32) for name, shape in shapes.items()}
        for before, after in zip(*(session.run(None, feed) for session in sessions), strict=True):
            assert np.abs(after - before).mean() <= 0.05 * max(1, np.abs(before).mean()), path


def check_bounds(model: registry.Model, folder: Path) -> None:
    """A hierarchical model gives a finite bound for images unlike any of its data."""
    network = model.network()
    checkpoints.shipped(network, folder)
    images = torch.zeros(3, 1, 28, 28)
    images[0, :, 6:22, 6:22], images[1] = 0.5, 1.0
    images[2] = (torch.arange(784) % 2).view(1, 28, 28)
    observed = images.bernoulli() if model.task == "binarized" else images
    rec, kl = network(observed, torch.randn(3, network.latents))
    assert rec.isfinite().all() and kl.isfinite().all(), model.id


def check_resumption(model: registry.Model, packed: Path, data: str) -> None:
    """From packed weights a run starts and counts on; one that was interrupted keeps its schedule."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / model.id
        run.mkdir()
        (run / "weights.pt").write_bytes((packed / "weights.pt").read_bytes())
        before = checkpoints.unpack(run)[1]
        train(model, Path(folder), loop.Limits(steps=4), data, device="cpu")
        after = checkpoints.unpack(run)[1]
        assert after["step"] == before["step"] + 4 and after["seconds"] > before["seconds"], (before, after)
        state = torch.load(run / "checkpoint.pt", weights_only=True)
        checkpoints.save(run / "checkpoint.pt", state | {"progress": 0.5})  # as if it had been cut off half way
        train(model, Path(folder), loop.Limits(steps=8), data, device="cpu")
        state = torch.load(run / "checkpoint.pt", weights_only=True)
        assert (state["run_steps"], state["step"]) == (8, before["step"] + 8), state["step"]
        assert state["progress"] == 1.0


def check_draws() -> None:
    """Weighted draws of log SNR integrate as uniform ones do, whatever the running loss; the features of levels have their meaning."""
    objective = diffusion.Objective(torch.nn.Linear(1, 1))
    objective.square.copy_(torch.rand(diffusion.BINS) ** 4)
    log_snr, _, weight = objective.draw(200_000, "cpu")
    for power in range(4):
        found = (weight.double() * log_snr.double() ** power).mean().item()
        low, high = (end ** (power + 1) / (power + 1) for end in (LOG_SNR_MIN, LOG_SNR_MAX))
        assert abs(found - (high - low) / diffusion.SPAN) < 2e-3 * LOG_SNR_MAX**power, (power, found)
    level, log_snr = torch.tensor([0.0, 3.0, 129.0, 255.0]), torch.full((4,), 13.3)
    x_t = torch.sigmoid(log_snr).sqrt() * (level / 127.5 - 1)
    found = LevelFeatures()(x_t.view(-1, 1, 1, 1), log_snr).flatten(1)[:, 1:]
    noise = 127.5 * math.exp(-13.3 / 2)
    phases = 2 * math.pi * level[:, None] / torch.tensor(PERIODS)
    fade = torch.exp(-0.5 * (2 * math.pi * noise / torch.tensor(PERIODS)) ** 2)
    assert (found - torch.cat([phases.sin() * fade, phases.cos() * fade], 1)).abs().max() < 2e-3


def check_initial(model: registry.Model, packed: Path) -> None:
    """The weights are found again in the exported files."""
    network, again = model.network(), model.network()
    checkpoints.shipped(network, packed)
    assert initial.start(again, str(packed / (model.id + ".onnx" * (model.kind == "ddpm")))) == []
    for (name, a), b in zip(network.named_parameters(), again.parameters(), strict=True):
        assert torch.equal(a, b), name


def main() -> None:
    runs, out = map(Path, sys.argv[1:3])
    data = sys.argv[3] if len(sys.argv) > 3 else None
    torch.set_num_threads(1)
    torch.manual_seed(0)
    models = {name: registry.tiny(model) for name, model in registry.models().items()}
    check_draws()
    archives = sorted(out.glob("*.tar"))
    assert archives and all(a.stat().st_size < 16 * 2**20 for a in archives), archives
    assert len(archives) + 1 <= 8
    with tempfile.TemporaryDirectory() as folder:
        archive.unpack(archives, Path(folder))
        for name, model in models.items():
            check_files(model, Path(folder) / name)
            check_8_bits(Path(folder) / name)
            if model.kind == "hvae":
                check_bounds(model, Path(folder) / name)
        for name in ("mnist-ddpm", "fashion-vae", "mnist-hvae-8bit", "mnist-vae-realnvp"):
            check_resumption(models[name], Path(folder) / name, data)
            check_initial(models[name], Path(folder) / name)
    print(f"{len(models)} models are as they should be")


if __name__ == "__main__":
    main()
