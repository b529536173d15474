"""Write tests/fixtures/models.json: what the shipped ONNX files give in onnxruntime, and the lattice in float64.

Inputs are strokes and noise from a seeded generator, rounded so that their decimals are read
back as the same f32. Run it whenever the shipped weights change; the file names the digests it was made with.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnxruntime
import torch

import diffusion

ROOT = Path(__file__).resolve().parents[2]
CASES = [(-6.0, 0), (-2.5, 10), (0.0, 7), (2.0, 3), (6.0, 10), (10.5, 9), (13.3, 4)]  # log SNR, class
LATTICE = [-12.0, -6.0, 0.0, 5.0, 10.0, 10.2, 11.5, 13.3]


def strokes(rng: np.random.Generator) -> np.ndarray:
    """An image [28,28] of 8-bit levels: three soft line segments."""
    rows, columns = np.mgrid[0:28, 0:28]
    ink = np.zeros((28, 28))
    for _ in range(3):
        (r0, c0), (r1, c1) = rng.uniform(5, 23, (2, 2))
        length = max((r1 - r0) ** 2 + (c1 - c0) ** 2, 1e-9)
        t = np.clip(((rows - r0) * (r1 - r0) + (columns - c0) * (c1 - c0)) / length, 0, 1)
        distance = np.hypot(rows - r0 - t * (r1 - r0), columns - c0 - t * (c1 - c0))
        ink = np.maximum(ink, np.clip(2.0 - distance, 0, 1))
    return np.round(255 * ink)


def decimals(values, digits: int = 8) -> list:
    """Nested lists of numbers with `digits` significant digits."""
    if np.ndim(values):
        return [decimals(v, digits) for v in values]
    return float(f"{float(values):.{digits}g}")


def session(name: str) -> onnxruntime.InferenceSession:
    settings = onnxruntime.SessionOptions()
    # further optimizations may round what a matrix of 8 bits is multiplied with to 8 bits as well
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(ROOT / "models" / name, settings, providers=["CPUExecutionProvider"])


def main() -> None:
    rng = np.random.default_rng(20)
    images = np.stack([strokes(rng), strokes(rng), np.round(rng.uniform(0, 255, (28, 28)))])
    x = (images[:, None] / 255).astype(np.float32)
    mean, log_var = session("mnist-vae-encoder.onnx").run(["mean", "log_var"], {"x": x})
    z = np.round(rng.standard_normal((3, mean.shape[1])), 4)
    z[0] = 0
    (logits,) = session("mnist-vae-decoder.onnx").run(["logits"], {"z": z.astype(np.float32)})

    network = session("mnist-ddpm.onnx")
    evaluations = []
    for log_snr, label in CASES:
        alpha, sigma = (1 / (1 + np.exp(-s * log_snr)) ** 0.5 for s in (1, -1))
        x_t = np.round(alpha * (strokes(rng) / 127.5 - 1) + sigma * rng.standard_normal((28, 28)), 4)
        feed = {"x_t": x_t[None, None].astype(np.float32), "log_snr": np.array([log_snr], np.float32), "class": np.array([label])}
        (output,) = network.run(["output"], feed)
        evaluations.append({"logSnr": log_snr, "class": label, "x_t": decimals(x_t.ravel()), "output": decimals(output.ravel())})

    lattice = []
    for log_snr in LATTICE:
        alpha, sigma = (1 / (1 + np.exp(-s * log_snr)) ** 0.5 for s in (1, -1))
        level = np.array([0, 0, 0, 255, 255, 254, 1, 2, 3, 4, 77, 128, 129, 200, 252, 253])
        x_t = decimals(alpha * (level / 127.5 - 1) + sigma * rng.standard_normal(16), 15)
        f = (np.round(rng.standard_normal(16) * 1024) / 1024).tolist()  # exact in f32
        as_image = [torch.tensor(v, dtype=torch.float64).view(1, 1, 4, 4) for v in (x_t, f)]
        x0, epsilon, _ = diffusion.lattice(as_image[0], torch.tensor([log_snr], dtype=torch.float64), as_image[1])
        lattice.append({"logSnr": log_snr, "x_t": x_t, "f": f, "x0": x0.flatten().tolist(), "epsilon": epsilon.flatten().tolist()})

    files = [ROOT / "models" / f"mnist-{name}.onnx" for name in ("ddpm", "vae-decoder", "vae-encoder")]
    fixture = {
        "files": {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files},
        "encoder": {"levels": images.reshape(3, -1).astype(int).tolist(), "mean": decimals(mean), "logVar": decimals(log_var)},
        "decoder": {"z": z.tolist(), "logits": decimals(logits.reshape(3, -1))},
        "network": evaluations,
        "lattice": lattice,
    }
    path = ROOT / "tests" / "fixtures" / "models.json"
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
