# Keyferry. `make` lists the targets.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run build test load check protos clean faults faults-short up down images images-offline compose-test \
	packages packages-containers packages-test foreign-clients check-format check-build check-imports check-protos \
	fuzz fuzz-short fuzz-seeds fuzz-build

# Settings of `make run`. Ports that are not given are those of the configuration files.
KEYFERRY_HOME ?= $(HOME)/.keyferry
WORKERS ?= 1
HOST ?= localhost
PORT ?=
ADMIN_PORT ?=
BROKER_PORT ?=
MONITORING_PORT ?=

# Settings of `make faults`: keys at the least, how often each fault strikes, seconds at the most. No seed: any.
KEYS ?= 50000
ROUNDS ?= 5
DURATION ?= 7200
SEED ?=
FAULTS ?= kill-worker,kill-gateway,kill-admin,kill-broker,pause-worker,pause-gateway,pause-admin,pause-broker,kill-points,pause-points,full-disk

comma := ,
HOST_OPTIONS = $(foreach host,$(subst $(comma), ,$(HOST)),--host "$(host)")
PORT_OPTIONS = $(if $(PORT),--port "$(PORT)") $(if $(ADMIN_PORT),--admin-port "$(ADMIN_PORT)") \
	$(if $(BROKER_PORT),--broker-port "$(BROKER_PORT)")

# Settings of `make fuzz`.
FUZZ_SECONDS ?= 3600
TARGETS ?= ttlv requests jobs

SWIFT ?= swift
PYTHON ?= python3

PACKAGES := Docker/debian-packages-build.txt Docker/debian-packages-run.txt
PACKAGES_TEST := $(PACKAGES) Docker/debian-packages-test.txt
SWIFT_FOLDERS := Package.swift Sources Tests
FOREIGN_CLIENTS := .build/foreign-clients
GENERATED := Sources/JobMessages/Generated
COMPOSE_TEST_IMAGES := broker balancer gateway worker admin setup cli site-test

help: ## List the targets
	@echo "Keyferry, a key management server for VMware. Targets:"
	@grep --extended-regexp '^[a-z-]+:.*## ' Makefile | sed --regexp-extended 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand --tabs=18
	@echo "Settings of run: KEYFERRY_HOME=$(KEYFERRY_HOME) HOST=$(HOST) WORKERS=$(WORKERS)"
	@echo "                 PORT=5696 ADMIN_PORT=9443 BROKER_PORT=5673 MONITORING_PORT=9701"
	@echo "Settings of faults: KEYS=$(KEYS) ROUNDS=$(ROUNDS) DURATION=$(DURATION) SEED=any FAULTS=all"
	@echo "Settings of up:  HOST=$(HOST) PORT=5696 ADMIN_PORT=9443"

run: packages build ## Install what is missing, build, and run a site on this machine until Ctrl-C
	@bin=$$($(SWIFT) build --configuration release --show-bin-path); \
	$$bin/keyferry-setup init --if-needed --home "$(KEYFERRY_HOME)" $(HOST_OPTIONS) $(PORT_OPTIONS); \
	exec $$bin/keyferry-setup run --home "$(KEYFERRY_HOME)" --workers "$(WORKERS)" $(PORT_OPTIONS) \
		$(if $(MONITORING_PORT),--monitoring-port "$(MONITORING_PORT)")

build: packages ## Build all programs, optimised
	$(SWIFT) build --configuration release

test: packages-test foreign-clients ## Run all tests, with a broker and a token of their own
	$(SWIFT) build --build-tests
	@# One after the other: side by side they would take each other's processor time, and time limits are part of them.
	KEYFERRY_REQUIRE_SERVICES=1 $(SWIFT) test --skip-build --no-parallel

load: packages-test ## Measure overload, idle connections, slow peers, floods, rotation on this machine (docs/reliability.md)
	@# All programs: keyferry-load runs those that are built beside it.
	$(SWIFT) build --configuration release
	@bin=$$($(SWIFT) build --configuration release --show-bin-path); \
	failed=0; for scenario in overload idle slow unknown rotation; do \
		echo "$$scenario"; $$bin/keyferry-load $$scenario || failed=1; \
	done; exit $$failed

check: check-format check-build check-imports check-protos ## Lint, warnings as errors, import table, generated code
	@echo "Checked."

.PHONY: deb deb-test packages-deb
deb: packages packages-deb ## Build the Debian packages into .build/debian
	@Docker/build-debian-packages.sh

deb-test: packages packages-containers packages-deb ## Install Debian packages in a container with systemd, and try them
	@Docker/with-engine.sh Docker/take-programs.sh .build/programs
	@KEYFERRY_BINARIES=.build/programs Docker/build-debian-packages.sh
	@Docker/with-engine.sh Docker/deb-test.sh

packages-deb:
	@Docker/install-debian-packages.sh Docker/debian-packages-packaging.txt

protos: packages-test ## Generate the job messages' Swift from Schemas/jobs
	$(call generate_protos,$(GENERATED))

faults: packages-test ## Break a site under load, in every way, and check what was promised: KEYS, SEED, ROUNDS, DURATION
	$(SWIFT) build
	$$($(SWIFT) build --show-bin-path)/keyferry-faults --keys "$(KEYS)" --rounds "$(ROUNDS)" --duration "$(DURATION)" \
		$(if $(SEED),--seed "$(SEED)") $(if $(FAULTS),--faults "$(FAULTS)") --report .build/faults.json

faults-short: KEYS := 10000
faults-short: ROUNDS := 1
faults-short: DURATION := 900
faults-short: SEED := 20261124
faults-short: FAULTS :=
faults-short: faults ## The same in a few minutes, with a fixed seed: ten thousand keys, each fault once

images: packages-containers ## Build the container images; where no registry is in reach, images-offline first
	@Docker/with-engine.sh Docker/make-images.sh

images-offline: packages-containers ## Make the base images from Debian's packages and this machine's Swift, as root
	@Docker/install-debian-packages.sh Docker/debian-packages-offline.txt
	@Docker/with-engine.sh Docker/make-offline-images.sh

up: export KEYFERRY_HOST ?= $(HOST)
up: export KEYFERRY_PORT ?= $(or $(PORT),5696)
up: export KEYFERRY_ADMIN_PORT ?= $(or $(ADMIN_PORT),9443)
up: packages-containers ## Start a site in containers: two gateways behind a balancer, two workers, admin front, broker
	@Docker/up.sh

down: ## Stop the containers; keys, token and settings stay in their volumes
	@Docker/compose.sh down

compose-test: packages-containers ## Test the site in containers: scaling, kills, rights, wrong PIN
	@Docker/with-engine.sh Docker/make-images.sh $(COMPOSE_TEST_IMAGES)
	@Docker/with-engine.sh Docker/compose-test.sh
	@Docker/with-engine.sh Docker/up-test.sh

fuzz: fuzz-build ## Fuzz what reads bytes from outside: FUZZ_SECONDS=3600 TARGETS="ttlv requests jobs"
	Tests/Fuzzing/run.sh "$(FUZZ_SECONDS)" $(TARGETS)

fuzz-short: ## The same for a minute each, as in CI
	@$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=60

fuzz-seeds: packages-test ## Make the fuzzers' seeds from the tests' vectors
	$(SWIFT) build --build-tests
	KEYFERRY_WRITE_SEEDS=1 $(SWIFT) test --skip-build --filter FuzzSeedTests

# In a folder of its own: instrumented code and the rest must not meet.
fuzz-build: packages
	KEYFERRY_FUZZING=1 $(SWIFT) build --configuration release --scratch-path .build-fuzz

clean: ## Remove what was built
	rm -rf .build .build-images .build-fuzz

packages:
	@Docker/install-debian-packages.sh $(PACKAGES)

# Docker's own packages, docker-ce and its compose plugin, serve as well as Debian's.
packages-containers:
	@{ command -v docker && Docker/compose.sh version; } >/dev/null 2>&1 || \
		Docker/install-debian-packages.sh Docker/debian-packages-containers.txt

packages-test:
	@Docker/install-debian-packages.sh $(PACKAGES_TEST)

# PyKMIP and what it needs, at fixed versions, in a virtual environment of its own.
foreign-clients: $(FOREIGN_CLIENTS)/installed

$(FOREIGN_CLIENTS)/installed: Tests/ForeignClients/requirements.txt | packages-test
	rm -rf $(FOREIGN_CLIENTS)
	$(PYTHON) -m venv $(FOREIGN_CLIENTS)
	$(FOREIGN_CLIENTS)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

check-format:
	$(SWIFT) format lint --strict --parallel --recursive $(SWIFT_FOLDERS)

# Warnings are errors in Package.swift, for every target.
check-build: packages-test
	$(SWIFT) build --build-tests

check-imports: check-build
	$(SWIFT) test --skip-build --filter ArchitectureTests

check-protos: packages-test
	@made=$$(mktemp --directory); trap 'rm -rf "$$made"' EXIT; \
	$(call generate_protos,$$made) && \
	diff --recursive --unified "$(GENERATED)" "$$made" || { echo "Run make protos: $(GENERATED) is not up to date."; exit 1; }

# $(call generate_protos,FOLDER)
define generate_protos
$(SWIFT) build --product protoc-gen-swift && \
plugin=$$($(SWIFT) build --show-bin-path)/protoc-gen-swift && \
protoc --plugin=protoc-gen-swift="$$plugin" --proto_path=Schemas/jobs/v1 \
	--swift_opt=Visibility=Package --swift_opt=UseAccessLevelOnImports=true --swift_opt=FileNaming=DropPath \
	--swift_out="$(1)" Schemas/jobs/v1/*.proto
endef
