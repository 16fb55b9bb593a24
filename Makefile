# Everything that a person or CI runs. `make` alone lists it.
SWIFT ?= swift
ASCENT = .build/release/ascent

.DEFAULT_GOAL := help
.PHONY: help setup build demo test examples must-not-compile lint format floors sanitize bench bench-quick clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing: Debian packages, .venv, the pinned Python packages
	@Scripts/setup.sh

build: setup ## Build the executable in release, libpython linked statically where it can be
	@Scripts/build-release.sh

demo: build ## Train CartPole-v1, hosted in Python, and evaluate the policy
	@rm -rf runs/demo
	$(ASCENT) train CartPole-v1 --seed 1 --steps 300000 --out runs/demo
	$(ASCENT) evaluate runs/demo --episodes 100

test: setup ## Run every test, the examples, and the programs that must not compile
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build
	@$(MAKE) --no-print-directory must-not-compile examples

examples: setup ## Build and run the package that depends on this one as a user's would
	cd Examples && $(SWIFT) run FirstSteps

must-not-compile: ## Check that wrong programs are refused, with the right words
	@Scripts/must-not-compile.sh

lint: ## Check format, floors, file lengths and forbidden words
	@Scripts/lint.sh

format: ## Format Swift and C
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Examples/Package.swift Examples/Sources
	clang-format -i $$(git ls-files 'CShims/*.c' 'CShims/*.h' 'Tests/Sanitize/*.c')

floors: ## Check that imports go down the floors only
	@/usr/bin/python3 Scripts/floors.py

sanitize: setup ## Run the C shims under AddressSanitizer and UBSan
	@Scripts/sanitize.sh

bench: build ## Compare the train loop with the bare Python loop; writes Benchmarks/RESULTS.md
	@/usr/bin/python3 Benchmarks/bench.py

bench-quick: build ## The same in under three minutes, printed only
	@/usr/bin/python3 Benchmarks/bench.py --quick

clean: ## Remove what was built (not .venv, not runs)
	rm -rf .build Examples/.build
