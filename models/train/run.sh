#!/bin/bash
# Train, score and export models; see models/README.md.
#
#   run.sh smoke [OPTIONS]   everything at a tiny width on the CPU, in minutes: a test
#   run.sh cpu   [OPTIONS]   on one thread
#   run.sh gpu   [OPTIONS]   on one CUDA GPU
#
# OPTIONS are those of series.py, such as --models mnist-ddpm mnist-hvae, --budget SECONDS, --data DIR, --out DIR.
# Without --data the data sets are looked for in $DATA, models/train/data and ../shared; without --out, results go to $OUT or runs/out.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mode=${1:?smoke, cpu or gpu}
shift
python=${PYTHON:-python3}
out=${OUT:-$here/runs/out}
runs=${RUNS:-$here/runs}
data=${DATA:-}
for folder in "$here/data" "$here/../../shared" "$here/../../../shared"; do
    [ -z "$data" ] && [ -d "$folder/mnist" ] && data=$folder
done
export PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
case $mode in
gpu) device=cuda threads=4 options=(--budget 540) ;;
cpu) device=cpu threads=1 options=(--budget 3600) ;;
smoke)
    device=cpu threads=1
    runs=$(mktemp -d) out=$runs/out
    trap 'rm -rf "$runs"' EXIT
    options=(--tiny --steps 25 --budget 1200 --columns 2 --judge-epochs 0 --log-every 25)
    ;;
*)
    echo "unknown mode $mode: smoke, cpu or gpu" >&2
    exit 2
    ;;
esac
export OMP_NUM_THREADS=$threads
mkdir -p "$out"
cd "$here"
"$python" machine.py "$device" ${data:+"$data"} || exit 3
"$python" series.py --device "$device" --threads "$threads" ${data:+--data "$data"} --runs "$runs" --out "$out" "${options[@]}" "$@" 2>&1 |
    tee "$out/log.txt"
if [ "$mode" = smoke ]; then
    "$python" -W ignore capturable.py
    "$python" smoke.py "$runs" "$out" ${data:+"$data"}
fi
