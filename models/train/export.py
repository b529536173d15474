"""Write the ONNX files of one run and `entry.json`, its entry in the manifest.

Kernels and matrices are f16-valued already (checkpoints.shipped) and stored so, each followed by a Cast.
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
from torch import nn

import checkpoints
import precision
import registry
from data import DATASETS, load
from unet import LOG_SNR_MAX, LOG_SNR_MIN

HERE = Path(__file__).resolve().parent
DENSITY = {"range": 4.0, "bins": 48}  # the plane of two latents that is counted, and bins along each side
TOLERANCE = 2e-2  # between PyTorch and onnxruntime, relative to values above 1: outputs of a saturated network reach hundreds


def store_as_half(model: onnx.ModelProto) -> None:
    """Turn large f32 initializers into f16 initializers with a Cast; exact, as their values are f16 already."""
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or len(tensor.dims) < 2 or np.prod(tensor.dims) < precision.HALF_FROM:
            continue
        full = numpy_helper.to_array(tensor)
        half = full.astype(np.float16)
        if not np.array_equal(half.astype(np.float32), full):
            raise ValueError(f"{tensor.name} is not f16-valued")
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(half, name + ".f16"))
        casts.append(helper.make_node("Cast", [name + ".f16"], [name], name=name + ".cast", to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def export(model: nn.Module, inputs: dict, outputs: list[str], path: Path) -> float:
    """Write `path` and return the largest difference between PyTorch and onnxruntime, relative to values above 1, on another batch."""
    one = tuple(v[:2] for v in inputs.values())
    axes = {name: {0: "batch"} for name in [*inputs, *outputs]}
    torch.onnx.export(
        model, one, path, input_names=list(inputs), output_names=outputs, dynamic_axes=axes,
        opset_version=17, do_constant_folding=True, dynamo=False,
    )
    graph = onnx.load(path)
    store_as_half(graph)
    with torch.no_grad():
        expected = model(*inputs.values())
    expected = expected if isinstance(expected, tuple) else (expected,)
    for value, tensor in zip(graph.graph.output, expected, strict=True):  # the exporter forgets what a reshape makes static
        for dim, size in zip(value.type.tensor_type.shape.dim[1:], tensor.shape[1:], strict=True):
            dim.dim_value = size
    onnx.checker.check_model(graph, full_check=True)
    onnx.save(graph, path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    actual = session.run(outputs, {k: v.numpy() for k, v in inputs.items()})
    found = max(float((np.abs(a - e.numpy()) / np.maximum(1, np.abs(e.numpy()))).max()) for a, e in zip(actual, expected, strict=True))
    print(f"{path.name}: {path.stat().st_size} bytes, PyTorch and onnxruntime differ by {found:.2g}", flush=True)
    if not found < TOLERANCE:
        raise ValueError(f"{path.name}: PyTorch and onnxruntime differ by {found}")
    return found


def file_entry(path: Path) -> dict:
    raw = path.read_bytes()
    return {"path": path.name, "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}


def scripts() -> str:
    """A digest of the training programs; publish.py names their commit if it still is that of the working tree."""
    digest = hashlib.sha256()
    for path in sorted(HERE.glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


@torch.no_grad()
def density(model: registry.Model, network, data: str | None) -> dict:
    """Where the training images of each class lie in the plane of two latents: counts of their posterior means, row by row from the top."""
    images, labels = load("train", data, model.dataset)
    observed = network.likelihood.observe(images, torch.Generator().manual_seed(0))
    means = torch.cat([network.encode(part)[0] for part in observed.split(1000)]).double().numpy()
    reach, bins = DENSITY["range"], DENSITY["bins"]
    edges, counts, outside = np.linspace(-reach, reach, bins + 1), [], []
    for label in range(10):
        z = means[labels.numpy() == label]
        found, _, _ = np.histogram2d(-z[:, 1], z[:, 0], bins=(edges, edges))
        counts.append(found.astype(int).ravel().tolist())
        outside.append(int(len(z) - found.sum()))
    return {
        "classes": list(DATASETS[model.dataset].classes), "x": [-reach, reach], "y": [-reach, reach], "columns": bins, "rows": bins,
        "outside": outside, "counts": counts,
    }


def export_vae(model: registry.Model, network, facts: dict, run: Path, data: str | None, samples: torch.Generator) -> dict:
    latents = network.latents
    files = {part: run / f"{model.id}-{part}.onnx" for part in ("encoder", "decoder")}
    x, z = torch.rand(5, 1, 28, 28, generator=samples), torch.randn(5, latents, generator=samples)
    export(network.encoder, {"x": x}, ["mean", "log_var"], files["encoder"])
    export(network.decoder, {"z": z}, list(network.likelihood.outputs), files["decoder"])
    if model.kind == "flow-vae":
        files |= {part: run / f"{model.id}-{part}.onnx" for part in ("prior", "sampler")}
        export(network.prior, {"z": z}, ["u", "log_prob"], files["prior"])
        export(network.flow, {"u": z}, ["z"], files["sampler"])
    if latents == 2:
        files["density"] = run / f"{model.id}-density.json"
        files["density"].write_text(json.dumps(density(model, network, data), separators=(",", ":")) + "\n")
    entry = {"kind": model.kind, "files": {part: file_entry(path) for part, path in files.items()}, "latents": {"count": latents}}
    if model.kind == "vae":
        kl = list(facts["kl"].values())
        entry["latents"] |= {"klPerLatent": kl, "order": sorted(range(latents), key=lambda i: -kl[i])}
    return entry


def export_hvae(model: registry.Model, network, facts: dict, run: Path, data: str | None, samples: torch.Generator) -> dict:
    files = {part: run / f"{model.id}-{part}.onnx" for part in ("encoder", "decoder")}
    x, eps = torch.rand(5, 1, 28, 28, generator=samples), torch.randn(5, network.latents, generator=samples)
    layers = len(network.shapes)
    features = dict(zip(("feature_0", "feature_1", "feature_2"), network.encoder(x), strict=True))
    gate = (torch.arange(layers) < torch.tensor([[layers], [0], [1], [layers // 2], [layers]])).float()
    outputs = [*network.likelihood.outputs, "q_mean", "q_log_var", "p_mean", "p_log_var"]
    export(network.encoder, {"x": x}, list(features), files["encoder"])
    export(network.decoder, {**features, "eps": eps, "gate": gate}, outputs, files["decoder"])
    return {
        "kind": "hvae", "files": {part: file_entry(path) for part, path in files.items()},
        "layers": [{"name": name, "shape": list(shape), "kl": facts["kl"][name]} for name, shape in network.shapes],
        "features": [list(f.shape[1:]) for f in features.values()],
    }


def export_ddpm(model: registry.Model, network, facts: dict, run: Path, data: str | None, samples: torch.Generator) -> dict:
    path = run / f"{model.id}.onnx"
    inputs = {
        "x_t": torch.randn(5, 1, 28, 28, generator=samples), "log_snr": torch.tensor([-6.0, -1.0, 2.0, 7.0, 13.3]),
        "class": torch.tensor([0, 3, 9, 10, 5]),
    }
    export(network, inputs, ["output"], path)
    return {
        "kind": "ddpm", "files": {"network": file_entry(path)}, "parameterization": "lattice",
        "logSnr": {"min": LOG_SNR_MIN, "max": LOG_SNR_MAX}, "classes": list(DATASETS[model.dataset].classes),
    }


def write(model: registry.Model, run: Path, data: str | None) -> None:
    """The ONNX files and `entry.json` of what ships of a run, which has been scored: `scores.json` lies in its folder."""
    model = model.resized(checkpoints.unpack(run)[1])
    network = model.network()
    facts = checkpoints.shipped(network, run)
    facts |= json.loads((run / "scores.json").read_text())
    make = {"ddpm": export_ddpm, "hvae": export_hvae}.get(model.kind, export_vae)
    special = make(model, network, facts, run, data, torch.Generator().manual_seed(0))
    entry = {
        "id": model.id, "title": model.title, "image": {"channels": 1, "height": 28, "width": 28},
        "dataRange": [-1.0, 1.0] if model.kind == "ddpm" else [0.0, 1.0], "likelihood": model.likelihood, "dataset": model.data,
        **special,
        "provenance": {
            "script": "models/train/train.py", "commit": scripts(), "seed": facts["seed"],
            "minutes": round(facts["seconds"] / 60, 1), "machine": facts["machine"],
        },
        "scores": facts["scores"],
    }
    if model.likelihood == "logistic-mixture":
        entry["decoder"] = {"output": {"components": network.likelihood.components}}
    (run / "entry.json").write_text(json.dumps(entry, indent=2) + "\n")


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    p.add_argument("model", choices=list(registry.models()))
    p.add_argument("--runs", type=Path, default=Path("runs"))
    p.add_argument("--data", help="folder with the IDX .gz files, for a model with two latents")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--tiny", action="store_true", help="the model was trained as a tiny one")
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    model = registry.models()[args.model]
    write(registry.tiny(model) if args.tiny else model, args.runs / args.model, args.data)


if __name__ == "__main__":
    main()
