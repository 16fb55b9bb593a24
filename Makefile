# Every wish is one target; CI runs the same ones (.ci/run).

SWIFT ?= swift
# More flags for swift build, and for swift test (`make test TEST_FLAGS="--filter Randomness"`).
SWIFT_FLAGS ?=
TEST_FLAGS ?=
ASCENT := .build/release/ascent
# The Python of the programs in Benchmarks/.
VENV_PYTHON := .venv/bin/python

export SWIFT SWIFT_FLAGS TEST_FLAGS
# The clone's own .venv counts here, whatever the shell has switched on.
unexport VIRTUAL_ENV CONDA_PREFIX PYTHONHOME PYTHONPATH PYTHON

.DEFAULT_GOAL := help
.PHONY: .build-benchmarks/release/Estimators help setup build mpi ranks demo test test-release examples must-not-compile references lint format floors docs-check docs-check-all sanitize misuse faults faults-quick pythons fingerprints symbols processors processors-quick readers exports exports-quick desk soak bench bench-quick results results-pomdp defaults peers recurrent-speed equal-learning environments-table environments-quick install uninstall install-check docs clients clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile

setup: ## install what is missing: system packages, .venv, the Python packages
	@Scripts/setup.sh

# A variable of the shell that happens to have this name does not count.
ifeq ($(origin PYTHON),command line)
build: ## build .build/release/ascent; with PYTHON=interpreter-or-venv, one for that Python beside it
	@Scripts/setup.sh libraries
	@Scripts/build-for-python.sh "$(PYTHON)"
else
build: setup ## build .build/release/ascent; with PYTHON=interpreter-or-venv, one for that Python beside it
	@Scripts/build-release.sh
endif

# The MPI of `make mpi`, by its name for pkg-config: ompi-c or mpich.
MPI ?= ompi-c

mpi: setup ## build .build/$(MPI)/release/ascent, which mpirun starts on many machines (MPI=ompi-c or mpich)
	@MPI="$(MPI)" Scripts/setup.sh ranks
	@Scripts/build-mpi.sh "$(MPI)"

ranks: build mpi ## the same bits for any number of ranks, on one machine and on several networks; lost ranks and networks
	@/usr/bin/python3 Tests/Ranks/ranks.py .build/$(MPI)/release/ascent

demo: build ## train CartPole-v1 (Gymnasium's, hosted in libpython) and evaluate it
	@rm -rf runs/demo
	$(ASCENT) train CartPole-v1 --seed 1 --steps 300000 --out runs/demo
	$(ASCENT) evaluate runs/demo --episodes 100

test: setup ## run every test, the examples, and the programs that must not compile
	@Scripts/test.sh
	@Scripts/examples.sh
	@Scripts/must-not-compile.sh

test-release: build ## the workers' tests again, of the release build: another optimizer, another libpython
	@ASCENT_EXECUTABLE="$(CURDIR)/$(ASCENT)" TEST_FLAGS="--filter workers" Scripts/test.sh

examples: setup ## build and run Examples/, a package that depends on this one
	@Scripts/examples.sh

must-not-compile: setup ## compile what must not compile, and look at the messages
	@$(SWIFT) build --product Ascent
	@Scripts/must-not-compile.sh

lint: ## format, floors, sizes, forbidden words
	@Scripts/setup.sh lint
	@Scripts/lint.sh

references: build ## write docs/settings.md, metrics.md and exit-codes.md from what the command line explains
	@/usr/bin/python3 Scripts/references.py "$(CURDIR)/$(ASCENT)"

format: ## rewrite Swift and C as the linters want them
	@Scripts/setup.sh lint
	@Scripts/format.sh

floors: ## check that every room imports only rooms below it
	@/usr/bin/python3 Scripts/floors.py

docs-check: build ## check the outputs that README.md and docs/ show, and their links
	@/usr/bin/python3 Scripts/docs-check.py --self-test
	@/usr/bin/python3 Scripts/docs-check.py

docs-check-all: build ## the same with the slow commands, in some minutes
	@/usr/bin/python3 Scripts/docs-check.py --all

faults: build ## the fault laboratory: break runs in every way, and look whether they come to the undisturbed bits
	@/usr/bin/python3 Tests/Faults/laboratory.py

faults-quick: build ## the same kinds of faults, fewer of each
	@/usr/bin/python3 Tests/Faults/laboratory.py --quick

symbols: build ## check that nothing that Ascent computes with calls an inexact function of the C library
	@/usr/bin/python3 Scripts/symbols.py

processors: build ## the same bits by every compiler, and with features of the processor taken away (qemu-user)
	@Scripts/setup.sh processors
	@/usr/bin/python3 Tests/Processors/processors.py

processors-quick: build ## the same with fewer runs
	@Scripts/setup.sh processors
	@/usr/bin/python3 Tests/Processors/processors.py --quick

pythons: build ## the same bits with other versions of Python (pyenv's) and of Gymnasium, in a quarter of an hour
	@/usr/bin/python3 Tests/Pythons/pythons.py

fingerprints: build ## the bits of a hundred runs, compared with those recorded: moving code must not move a bit
	@/usr/bin/python3 Tests/Fingerprints/fingerprints.py

readers: build ## the readers of Examples/ beside ascent, 10,000 observations of every architecture: docs/policy-format.md
	@Scripts/virtual-environment.sh .venv-readers Tests/Readers/requirements.txt
	@$(VENV_PYTHON) Tests/Readers/readers.py $(ASCENT) --observations 10000 --torch .venv-readers/bin/python --write docs/policy-format.md

exports: build ## exported policies in onnxruntime and compiled C, 10,000 observations of every architecture: docs/exports.md
	@Scripts/setup.sh exports
	@Scripts/virtual-environment.sh .venv-exports Tests/Exports/requirements.txt
	@.venv-exports/bin/python Tests/Exports/exports.py $(ASCENT) --write docs/exports.md

exports-quick: build ## the same for ten architectures with fewer observations, printed only
	@Scripts/virtual-environment.sh .venv-exports Tests/Exports/requirements.txt
	@.venv-exports/bin/python Tests/Exports/exports.py $(ASCENT) --quick --observations 1000

desk: build ## what is done with runs, beside the programs of others: matplotlib, Chromium, ffmpeg, rliable, Optuna, TensorBoard
	@Scripts/setup.sh desk
	@Scripts/virtual-environment.sh .venv-desk Tests/Desk/requirements.txt
	@.venv-desk/bin/python Tests/Desk/plots.py $(ASCENT)
	@.venv-desk/bin/python Tests/Desk/reports.py $(ASCENT)
	@.venv-desk/bin/python Tests/Desk/videos.py $(ASCENT)
	@.venv-desk/bin/python Tests/Desk/statistics_check.py $(ASCENT)
	@.venv-desk/bin/python Tests/Desk/optuna_check.py $(ASCENT)
	@.venv-desk/bin/python Tests/Desk/tensorboard_check.py $(ASCENT)
	@.venv-desk/bin/python Tests/Desk/progress_check.py $(ASCENT)

soak: build ## ten million steps: check that speed and memory stay constant
	@/usr/bin/python3 Benchmarks/soak.py

sanitize: setup ## the C shims under the address and undefined-behavior sanitizers
	@Scripts/sanitize.sh

misuse: setup ## public functions with arguments that do not fit, under the address sanitizer
	@/usr/bin/python3 Tests/Misuse/misuse.py

.build-benchmarks/release/Estimators: build
	@Scripts/build-benchmarks.sh

bench: .build-benchmarks/release/Estimators ## our training loop beside the bare Python loop and the peers: Benchmarks/RESULTS.md
	@Benchmarks/peers/setup.sh speed || echo "bench: the peers could not be installed; their section is left out"
	@$(VENV_PYTHON) Benchmarks/bench.py

bench-quick: .build-benchmarks/release/Estimators ## the same in under three minutes, printed only
	@$(VENV_PYTHON) Benchmarks/bench.py --quick

# One row of docs/results.md to make again, such as `make results ROW=cartpole-ppo`.
ROW ?=

results: build ## the rows of docs/results.md that are missing (ROW=name: that one again), the curves of docs/tour.md
ifeq ($(ROW),)
	@$(VENV_PYTHON) Benchmarks/results.py
	@$(VENV_PYTHON) Benchmarks/returns.py
else
	@$(VENV_PYTHON) Benchmarks/returns.py --row $(ROW)
endif

results-pomdp: build ## the rows of docs/results-pomdp.md that are missing (ROW=name: that one again)
	@$(VENV_PYTHON) Benchmarks/pomdp.py $(if $(ROW),--row $(ROW))

# What SB3 has in docs/results/defaults/sb3.csv is made by Benchmarks/peers/defaults.py, in hours.
defaults: build ## what is learned without a preset: the missing rows of docs/defaults.md
	@$(VENV_PYTHON) Benchmarks/defaults.py

peers: ## Stable-Baselines3 with rl-baselines3-zoo's settings, measured as our returns are: docs/results/sb3
	@Benchmarks/peers/setup.sh
	@.venv-peers/bin/python Benchmarks/peers/returns.py

recurrent-speed: build ## PPO with an LSTM here and in sb3-contrib, steps a second: docs/results/recurrent-speed.json
	@Benchmarks/peers/setup.sh
	@$(VENV_PYTHON) Benchmarks/peers/recurrent.py

equal-learning: build ## the same settings here and in Stable-Baselines3: docs/figures/equal-learning.svg
	@Benchmarks/peers/setup.sh
	@$(VENV_PYTHON) Benchmarks/peers/equal_learning.py

# A package of Benchmarks/environments.toml to measure again, such as `make environments-table PACKAGE=panda-gym`.
PACKAGE ?=

environments-table: build ## environments of published packages, each in a .venv of its own: docs/environments.md
	@/usr/bin/python3 Benchmarks/environments.py $(if $(PACKAGE),--package $(PACKAGE))

environments-quick: build ## the same for the packages that .venv has, printed only
	@/usr/bin/python3 Benchmarks/environments.py --quick

# Where `make install` puts its files: below PREFIX, and for a packager below DESTDIR/PREFIX.
PREFIX ?= /usr/local
DESTDIR ?=

install: ## install the executable, manual pages and completions (PREFIX=/usr/local DESTDIR=); after make build
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" Scripts/install.sh install

uninstall: ## remove what make install put there, with the same PREFIX and DESTDIR
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" Scripts/install.sh uninstall

install-check: build ## install into a folder, train from an empty one, read the manual, complete in bash, zsh and fish
	@Scripts/setup.sh installation
	@/usr/bin/python3 Tests/Installation/installation.py

docs: setup ## the documentation as a site, in .build/site: every public symbol, the articles, no dead link
	@Scripts/docs-site.sh

clients: setup ## packages that depend on a tag of this one, built and run, with the CPU minutes of their builds
	@/usr/bin/python3 Tests/Clients/clients.py

clean: ## remove what was built (.venv and runs/ stay)
	rm -rf .build .build-examples .build-benchmarks .build-misuse
