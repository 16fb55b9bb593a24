# Everything that a person or CI runs. `make` alone lists it.
SWIFT ?= swift
ASCENT = .build/release/ascent

.DEFAULT_GOAL := help
.PHONY: help setup build demo test format clean

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

test: setup ## Run every test
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

format: ## Format Swift and C
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests Examples/Package.swift Examples/Sources
	clang-format -i $$(git ls-files 'CShims/*.c' 'CShims/*.h' 'Tests/Sanitize/*.c')

clean: ## Remove what was built (not .venv, not runs)
	rm -rf .build Examples/.build
