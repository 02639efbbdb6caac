#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs cortexscope-cli and himalaya (NumPy back end) in turn on the same arrays and prints ratios.

usage: compare_himalaya.py HIMALAYA_CHECKOUT [--cli PATH] [--cases c,d,e,h] [--threads 2] [--repeats 3] [--data DIR]

Cases (n training samples, p columns = 4 delays x features, T targets; 20 penalties, 5 folds unless said otherwise):
  s  n=300  p=4x16    T=512       smoke test          c  n=600  p=4x128   T=20484   teaching size
  a  n=3600 p=4x1000  T=20484     a study             b  n=3600 p=4x1000  T=80000   all voxels of a person
  e  n=3600 p=4x100   T=20484     few features        h  n=3000 p=1000    T=30000   himalaya's own shape, 3 folds
  d  n=1200 p=4x(128, 256, 512)   T=5000              banded ridge, 20 given weightings
  g  as c with 100 penalties (ours alone, against ours with 20)

Both programs get the same thread count and the same environment. Processor time is user + system of the fit: for
cortexscope-cli of the whole program (arrays are read and written inside), for himalaya of the calls alone, after its
arrays were read. Agreement is against himalaya in float64 on the first targets (--exact-targets).
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

CASES = {
    "s": dict(n=300, widths=[16], targets=512, folds=5, delays=4),
    "c": dict(n=600, widths=[128], targets=20484, folds=5, delays=4),
    "a": dict(n=3600, widths=[1000], targets=20484, folds=5, delays=4),
    "b": dict(n=3600, widths=[1000], targets=80000, folds=5, delays=4),
    "e": dict(n=3600, widths=[100], targets=20484, folds=5, delays=4),
    "h": dict(n=3000, widths=[1000], targets=30000, folds=3, delays=1),
    "d": dict(n=1200, widths=[128, 256, 512], targets=5000, folds=5, delays=4),
}
TEST_SAMPLES = 300
PENALTIES = 20
WEIGHTINGS = 20


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout")
    parser.add_argument("--cli", default=os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                                      "../../build/bin/cortexscope-cli"))
    parser.add_argument("--cases", default="c,d,e,h")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--data", default=os.path.join(tempfile.gettempdir(), "cortexscope-benchmark"))
    parser.add_argument("--exact-targets", type=int, default=2000)
    parser.add_argument("--ours-only", action="store_true", help="skip himalaya's timed runs")
    parser.add_argument("--inside", help=argparse.SUPPRESS)  # himalaya's half, in a process of its own
    parser.add_argument("--float64", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--limit", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


options = parse()
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[name] = str(options.threads)
import numpy as np  # after the thread count is set  # noqa: E402


def path(case, name):
    return os.path.join(options.data, f"{case}_{name}.npy")


def smooth(noise, memory):
    """First-order autoregressive series of unit variance."""
    for t in range(1, len(noise)):
        noise[t] = memory * noise[t - 1] + np.float32(np.sqrt(1 - memory**2)) * noise[t]
    return noise


def make_data(case):
    """Features whose variance falls as 1 / rank, delayed copies, targets that follow them at random strengths."""
    shape = CASES[case]
    marker = path(case, "done")
    if os.path.exists(marker):
        return
    os.makedirs(options.data, exist_ok=True)
    random = np.random.default_rng([17, shape["n"], *shape["widths"]])
    total, delays = shape["n"] + TEST_SAMPLES, shape["delays"]
    response = np.array([0.3, 1.0, 0.8, 0.3], np.float32)[:delays]
    spaces = []
    for width in shape["widths"]:
        base = smooth(random.standard_normal((total, width), dtype=np.float32), 0.6)
        base /= np.sqrt(np.arange(1, width + 1, dtype=np.float32))
        delayed = np.zeros((total, delays * width), np.float32)
        for d in range(delays):
            delayed[d + 1:, d * width:(d + 1) * width] = base[:-d - 1]
        delayed -= delayed[:shape["n"]].mean(0)
        spaces.append(delayed)
    for s, space in enumerate(spaces):
        np.save(path(case, f"x{s}"), space[:shape["n"]])
        np.save(path(case, f"x{s}_test"), space[shape["n"]:])
    y = np.lib.format.open_memmap(path(case, "y"), "w+", np.float32, (shape["n"], shape["targets"]))
    y_test = np.lib.format.open_memmap(path(case, "y_test"), "w+", np.float32, (TEST_SAMPLES, shape["targets"]))
    for first in range(0, shape["targets"], 1024):
        count = min(1024, shape["targets"] - first)
        share = random.dirichlet(np.full(len(spaces), 0.5), count).astype(np.float32)
        signal = np.zeros((total, count), np.float32)
        for s, (space, width) in enumerate(zip(spaces, shape["widths"])):
            weights = random.standard_normal((width, count), dtype=np.float32)
            part = space @ np.concatenate([r * weights for r in response])
            signal += part / part.std(0) * np.sqrt(share[:, s])
        strength = np.minimum(random.beta(0.6, 3.0, count), 0.7).astype(np.float32)
        noise = smooth(random.standard_normal((total, count), dtype=np.float32), 0.4)
        block = np.sqrt(strength) * signal / signal.std(0) + np.sqrt(1 - strength) * noise
        train = block[:shape["n"]]
        block = (block - train.mean(0)) / train.std(0)
        y[:, first:first + count] = block[:shape["n"]]
        y_test[:, first:first + count] = block[shape["n"]:]
    gammas = np.array([random.dirichlet(np.full(len(spaces), 0.1 if i % 2 else 1.0)) for i in range(WEIGHTINGS)])
    gammas[0] = 1 / len(spaces)
    np.save(path(case, "gammas"), gammas)
    np.save(path(case, "alphas"), np.logspace(0, 6, PENALTIES))
    np.save(path(case, "alphas100"), np.logspace(0, 6, 100))
    np.save(marker, np.ones(1))


def test_r2(truth, predicted):
    error = ((truth - predicted) ** 2).sum(0, dtype=np.float64)
    spread = ((truth - truth.mean(0)) ** 2).sum(0, dtype=np.float64)
    return 1 - error / spread


def theirs(case):
    """In a process of its own: one timed fit of himalaya; prints one line of JSON."""
    import resource
    import warnings
    warnings.filterwarnings("ignore")
    sys.path.insert(0, options.checkout)
    from himalaya.backend import set_backend
    from himalaya.kernel_ridge import KernelRidgeCV, MultipleKernelRidgeCV
    from himalaya.ridge import RidgeCV
    set_backend("numpy")
    shape, number = CASES[case], np.float64 if options.float64 else np.float32
    count = options.limit or shape["targets"]
    xs = [np.load(path(case, f"x{s}")).astype(number) for s in range(len(shape["widths"]))]
    tests = [np.load(path(case, f"x{s}_test")).astype(number) for s in range(len(xs))]
    y = np.array(np.load(path(case, "y"), mmap_mode="r")[:, :count]).astype(number)
    alphas = np.load(path(case, "alphas")).astype(number)
    wall, cpu = time.perf_counter(), time.process_time()
    if case == "d":
        gammas = np.load(path(case, "gammas")).astype(number)
        kernels = np.stack([x @ x.T for x in xs])
        model = MultipleKernelRidgeCV(kernels="precomputed", solver="random_search", cv=shape["folds"],
                                      solver_params=dict(n_iter=gammas, alphas=alphas, progress_bar=False,
                                                         n_targets_batch=1000, n_alphas_batch=10))
        model.fit(kernels, y)
        predicted = None
    elif xs[0].shape[1] < xs[0].shape[0]:
        model = RidgeCV(alphas=alphas, cv=shape["folds"], fit_intercept=False,
                        solver_params=dict(warn=False, n_targets_batch=4096, n_alphas_batch=10)).fit(xs[0], y)
        predicted = tests[0] @ model.coef_
    else:
        model = KernelRidgeCV(alphas=alphas, kernel="linear", cv=shape["folds"],
                              solver_params=dict(n_targets_batch=4096, n_targets_batch_refit=512)).fit(xs[0], y)
        predicted = tests[0] @ model.get_primal_coef()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    if predicted is None:
        predicted = model.predict(np.stack([t @ x.T for t, x in zip(tests, xs)]))
        scores = model.cv_scores_.max(0)
        weights = np.exp(model.deltas_ - model.deltas_.max(0))
        weights = weights / weights.sum(0)
        best = np.abs(weights.T[:, None, :] - gammas[None]).sum(2).argmin(1)
    else:
        scores, best = model.cv_scores_, np.abs(np.log(model.best_alphas_[:, None] / alphas)).argmin(1)
    r2 = test_r2(np.load(path(case, "y_test"), mmap_mode="r")[:, :count], predicted)
    np.savez(path(case, "theirs") + (".f8" if options.float64 else ""), best=best, scores=np.ravel(scores), r2=r2)
    print(json.dumps(dict(wall=wall, cpu=cpu, peak=peak)))


def run_theirs(case, exact=False):
    command = [sys.executable, os.path.abspath(__file__), options.checkout, "--inside", case, "--data", options.data,
               "--threads", str(options.threads)]
    if exact:
        command += ["--float64", "--limit", str(min(options.exact_targets, CASES[case]["targets"]))]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(result.stdout.splitlines()[-1])


def run_ours(case, alphas="alphas", threads=None, extra=()):
    shape, out = CASES[case], os.path.join(options.data, f"{case}_ours")
    command = [options.cli, "banded" if case == "d" else "fit"]
    for s in range(len(shape["widths"])):
        command += ["--features", path(case, f"x{s}")]
    command += ["--responses", path(case, "y"), "--folds", str(shape["folds"]), "--alphas", path(case, alphas), "--out",
                out, "--weights", "--threads", str(threads or options.threads), *extra]
    if case == "d":
        command += ["--gammas", path(case, "gammas")]
    subprocess.run(command, check=True, capture_output=True)
    with open(os.path.join(out, "fit.json")) as file:
        return json.load(file)


def our_results(case):
    shape, out = CASES[case], os.path.join(options.data, f"{case}_ours")
    alphas = np.load(path(case, "alphas"))
    test = np.concatenate([np.load(path(case, f"x{s}_test")) for s in range(len(shape["widths"]))], 1)
    weights = np.load(os.path.join(out, "weights.npy"), mmap_mode="r")
    truth = np.load(path(case, "y_test"), mmap_mode="r")
    r2 = np.concatenate([test_r2(truth[:, t:t + 2048], test @ weights[:, t:t + 2048])
                         for t in range(0, shape["targets"], 2048)])
    if case == "d":
        best = np.load(os.path.join(out, "best_candidate.npy")).astype(int)
    else:
        best = np.abs(np.log(np.load(os.path.join(out, "best_alpha.npy"))[:, None] / alphas)).argmin(1)
    return best, np.load(os.path.join(out, "cv_score.npy")), r2


def gemm_rate():
    """GFLOP per second and core of NumPy's float32 product, one thread's worth of processor time."""
    a = np.ones((2000, 2000), np.float32)
    best = 0
    for _ in range(5):
        start = time.process_time()
        a @ a
        best = max(best, 2 * 2000**3 / (time.process_time() - start) / 1e9)
    return best


def compare(case, rate):
    make_data(case)
    ours, his = [], []
    for _ in range(options.repeats):
        ours.append(run_ours(case))
        if not options.ours_only:
            his.append(run_theirs(case))
    cpu = float(np.median([run["cpuSec"] for run in ours]))
    last = ours[-1]
    print(f"\ncase {case}: {last['form']}, {last['nodes']} nodes, {last['flops'] / 1e12:.3f} TFLOP counted")
    print(f"  ours      cpu {[round(run['cpuSec'], 2) for run in ours]} s, median {cpu:.2f}; wall "
          f"{np.median([run['wallSec'] for run in ours]):.2f} s; peak {last['peakMemoryBytes'] / 1e9:.2f} GB; "
          f"{last['flops'] / 1e9 / cpu:.0f} GFLOP/s = {last['flops'] / 1e9 / cpu / rate:.0%} of NumPy's product rate")
    if his:
        their_cpu = float(np.median([run["cpu"] for run in his]))
        print(f"  himalaya  cpu {[round(run['cpu'], 2) for run in his]} s, median {their_cpu:.2f}; wall "
              f"{np.median([run['wall'] for run in his]):.2f} s; peak {his[-1]['peak'] / 1e9:.2f} GB")
        print(f"  RATIO     cpu {their_cpu / cpu:.2f}, wall "
              f"{np.median([run['wall'] for run in his]) / np.median([run['wallSec'] for run in ours]):.2f}")
    run_theirs(case, exact=True)
    best, scores, r2 = our_results(case)
    exact = np.load(path(case, "theirs") + ".f8.npz")
    count = len(exact["best"])
    same = exact["best"] == best[:count]
    what = "weighting" if case == "d" else "penalty"
    print(f"  agreement with float64 himalaya on {count} targets: same {what} {same.mean():.2%}; cv score differs by at "
          f"most {np.abs(exact['scores'] - scores[:count]).max():.1e}; mean held-out R2 {r2[:count].mean():.6f} "
          f"against {exact['r2'].mean():.6f}, difference {abs(r2[:count].mean() - exact['r2'].mean()):.1e}", flush=True)


def dense_grid():
    make_data("c")
    few, many = [], []
    for _ in range(options.repeats):
        few.append(run_ours("c")["cpuSec"])
        many.append(run_ours("c", "alphas100")["cpuSec"])
    print(f"\ncase g: 100 penalties {np.median(many):.2f} cpu-s, 20 penalties {np.median(few):.2f}: "
          f"{np.median(many) / np.median(few):.2f} times", flush=True)


def main():
    if options.inside:
        theirs(options.inside)
        return
    rate = gemm_rate()
    print(f"NumPy float32 product {rate:.0f} GFLOP/s per core; {options.threads} threads; OPENBLAS_CORETYPE="
          f"{os.environ.get('OPENBLAS_CORETYPE', 'unset')}; load {os.getloadavg()[0]:.1f}", flush=True)
    for case in options.cases.split(","):
        dense_grid() if case == "g" else compare(case, rate)


main()
