#!/usr/bin/env bash
# One shard of the evaluation for each task of a Slurm array:
#
#     DATA=/scratch/mnist RESULTS=/scratch/evaluation sbatch examples/evaluate/slurm.sh --models mnist-ddpm --timesteps all
#
# Submit it from the repository after `cargo build --release --example evaluate`. What follows the script's name goes to the
# program. A task that was stopped goes on where it was when it is submitted again, alone (--array=17) or with all others.
#SBATCH --job-name=elbo-room-evaluate
#SBATCH --array=0-99
#SBATCH --cpus-per-task=8
#SBATCH --mem=4G
#SBATCH --time=08:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=evaluate-%A-%a.log
set -euo pipefail

# The number of tasks in --array above. Slurm's own count would be another one where only some tasks are submitted again.
SHARDS=${SHARDS:-100}
PROGRAM=${PROGRAM:-target/release/examples/evaluate}
: "${DATA:?name the folder with the test set of MNIST}" "${RESULTS:?name the folder for the results}"

mkdir -p "$RESULTS"
exec srun "$PROGRAM" --data "$DATA" --shard "$SLURM_ARRAY_TASK_ID/$SHARDS" --threads "$SLURM_CPUS_PER_TASK" \
    --out "$RESULTS/$SLURM_ARRAY_TASK_ID.jsonl" "$@"
