"""What the machine is and what it lacks for training."""

import importlib
import os
import platform
import sys

NEEDED = ("numpy", "torch", "onnx", "onnxruntime", "PIL")


def check(device: str, data: str | None, datasets: list[str]) -> list[str]:
    """What is missing, one sentence each; looks at all of it before it reports."""
    missing = []
    for name in NEEDED:
        try:
            module = importlib.import_module(name)
            print(f"{name} {getattr(module, '__version__', '')}", flush=True)
        except ImportError as error:
            missing.append(f"the Python package {name}: {error}")
    if missing:
        return missing
    if device == "cuda":
        import torch

        if not torch.cuda.is_available():
            missing.append(f"a GPU that PyTorch {torch.__version__} (CUDA {torch.version.cuda}) can use")
        else:
            torch.zeros(1, device="cuda")
    from data import find

    for dataset in datasets:
        try:
            print(f"{dataset}: {find(dataset, data)}")
        except OSError as error:
            missing.append(f"the data set {dataset}: {error}")
    return missing


def words(device: str) -> str:
    """The machine in words, for provenance."""
    if device == "cuda":
        import torch

        return f"one {torch.cuda.get_device_name()}"
    threads = int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)
    return f"{threads} CPU core{'s' if threads > 1 else ''} ({platform.machine()})"


if __name__ == "__main__":
    lacking = check(sys.argv[1] if len(sys.argv) > 1 else "cpu", sys.argv[2] if len(sys.argv) > 2 else None, ["mnist", "fashion"])
    sys.exit("missing: " + "; ".join(lacking) if lacking else 0)
