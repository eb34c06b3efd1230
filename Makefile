# make help lists what there is to make.

SHELL := /bin/bash
BUILD := swift build --explicit-target-dependency-import-check error
# With Swift's runtime inside: Debian has no package of it, and what is tested is what is installed.
RELEASE := $(BUILD) --configuration release --static-swift-stdlib
PYTHON := .venv/bin/python
# Debian packages that the build needs, and those only the checks need.
PACKAGES := libdnnl-dev libgcc-12-dev libturbojpeg0-dev libspng-dev libwebp-dev zlib1g-dev libssl-dev libsqlite3-dev \
  libcurl4-openssl-dev
TEST_PACKAGES := python3-venv dataset-fashion-mnist openssl systemd chromium fonts-dejavu-core
# What makes a Debian package; lintian, which needs a hundred others, is asked if it is there.
DEB_PACKAGES := dpkg-dev git
# The client of the gateway's benchmark.
BENCH_PACKAGES := python3-venv wrk
FIXTURE_PACKAGES := python3-torch python3-torchvision python3-scipy python3-skimage zip
# What makes a command root's: nothing for root.
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
DURATION ?= 600
PORT ?= 8080
ADMIN_PORT ?= 8081

# Installs what dpkg says is missing, as root or through sudo; touches nothing if all is there.
define install
	@missing=""; for package in $(1); do \
	  dpkg -s $$package 2>/dev/null | grep -q '^Status: install ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "installing$$missing"; \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get update -qq && \
	  $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	fi
endef

# The targets of a test follow one another: two builds at once would only wait for each other.
.NOTPARALLEL:
.PHONY: help setup setup-test setup-fixtures build test lint check reference defence gateway deploy deb serve sanitize \
  sanitize-address sanitize-thread fuzz bench bench-gateway bench-lifecycle fixtures clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 20

setup: ## install the Debian packages the build needs, if they are missing
	$(call install,$(PACKAGES))

setup-test: setup
	$(call install,$(TEST_PACKAGES))
	Tests/Reference/setup

setup-fixtures: setup-test
	$(call install,$(FIXTURE_PACKAGES))

build: setup ## the optimised binary, .build/release/distinguo
	$(RELEASE) --product distinguo

lint:
	swift format lint --strict --parallel --recursive Sources Tests Package.swift

# swift test comes last, so that its closing line is the last there is to see.
test: setup-test lint reference defence gateway deploy ## everything there is to check, but the sanitizers and the fuzzer
	swift test --skip-build

reference: build setup-test ## the binary, and the ONNX files it writes, against onnxruntime
	$(PYTHON) Tests/Reference/compare_onnxruntime.py
	$(BUILD) --build-tests
	$(PYTHON) Tests/Reference/check_export.py

defence: build setup-test ## a small defence trained end to end, interrupted, given what is wrong; and the committed models
	$(PYTHON) Tests/Reference/check_wrong_input.py
	$(PYTHON) Tests/Reference/check_interruptions.py
	$(PYTHON) Tests/Reference/check_defence.py
	$(PYTHON) Tests/Reference/check_models.py
	$(PYTHON) Tests/Reference/check_report.py

gateway: build setup-test ## running gateways: clients and faults of all kinds, openapi.yaml, Prometheus' own tools, the web page, ART's attacks
	$(PYTHON) Tests/Reference/check_openapi.py
	$(PYTHON) Tests/Reference/check_commands.py
	$(PYTHON) Tests/Reference/check_gateway_http.py
	$(PYTHON) Tests/Reference/check_gateway_clients.py
	$(PYTHON) Tests/Reference/check_gateway_process.py
	$(PYTHON) Tests/Reference/check_retraining.py
	$(PYTHON) Tests/Reference/gateway.py -- $(PYTHON) Tests/Reference/check_metrics.py {}/metrics
	$(PYTHON) Tests/Reference/check_page.py
	$(PYTHON) Tests/Reference/check_art.py

deploy: build setup-test deb ## systemd's protocols, the units, the Kubernetes example; the package installed and removed
	$(PYTHON) Tests/Deploy/check_units.py
	$(PYTHON) Tests/Deploy/check_service.py
	$(AS_ROOT) $(PYTHON) Tests/Deploy/check_deb.py .build/deb/distinguo_*.deb

deb: build ## the Debian package, .build/deb/distinguo_VERSION_ARCHITECTURE.deb
	$(call install,$(DEB_PACKAGES))
	rm -f .build/deb/distinguo_*.deb
	Deploy/debian/build

# What the gateway changes is kept apart from what is committed; bundles never change, so that links to them will do.
serve: build ## run the gateway with the embedded models at 127.0.0.1:PORT (8080), administration at ADMIN_PORT (8081)
	@mkdir -p .build/serve/models .build/serve/data
	@for model in Models/*/current; do cp -aln $$(dirname $$model) .build/serve/models/; done
	@[ -s .build/serve/token ] || (umask 077; \
	  .build/release/distinguo token --name operator --role full > .build/serve/token 2> .build/serve/tokens)
	@echo "administration at http://127.0.0.1:$(ADMIN_PORT)/ with the token in .build/serve/token"
	.build/release/distinguo serve --models .build/serve/models --port $(PORT) --set models.default=traffic-signs \
	  --set admin.listen=127.0.0.1:$(ADMIN_PORT) --set admin.token-file=.build/serve/tokens \
	  --set state.directory=.build/serve/state --set retraining.data=.build/serve/data --set review.keep=true

sanitize: sanitize-address sanitize-thread ## the tests under Address and Thread Sanitizer

# XCTest leaks by itself; the tests are all Swift Testing's.
sanitize-address: setup
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Sanitizers/leak.supp \
	  swift test --scratch-path .build-address --sanitize=address --disable-xctest

sanitize-thread: setup
	swift test --scratch-path .build-thread --sanitize=thread --disable-xctest

fuzz: setup ## each reader of files and of requests under libFuzzer, for DURATION seconds (600)
	Tests/Fuzz/run ONNXImport $(DURATION)
	Tests/Fuzz/run NumPyArrays $(DURATION)
	Tests/Fuzz/run ArchiveReading $(DURATION)
	Tests/Fuzz/run IDXReading $(DURATION)
	Tests/Fuzz/run JPEGDecoding $(DURATION)
	Tests/Fuzz/run PNGDecoding $(DURATION)
	Tests/Fuzz/run WebPDecoding $(DURATION)
	Tests/Fuzz/run RequestParsing $(DURATION)
	Tests/Fuzz/run MultipartReading $(DURATION)

bench: build setup-fixtures ## the speed and memory table, against onnxruntime and PyTorch
	$(PYTHON) Tests/Benchmarks/engine.py
	for model in flowers traffic-signs; do .build/release/distinguo bench defence --model Models/$$model || exit 1; done

bench-gateway: build ## the gateway beside hummingbird, mosec and LitServe: requests a second, latencies, memory, start
	$(call install,$(BENCH_PACKAGES))
	$(RELEASE) --product EchoServer
	swift build --configuration release --package-path Tests/Benchmarks/HummingbirdEcho --scratch-path .build-hummingbird
	/usr/bin/python3 Tests/Benchmarks/gateway.py

bench-lifecycle: build ## what 200 swaps, and a retraining with DATA (a tar), cost those who are served
	$(call install,wrk)
	$(PYTHON) Tests/Benchmarks/lifecycle.py $(if $(DATA),--data $(DATA))

fixtures: setup-fixtures ## make the committed files under Tests/Fixtures anew
	for script in arrays archives images ssim squeezers operators gradients architectures training teacher attacks; do \
	  $(PYTHON) Tests/Fixtures/make_$$script.py || exit 1; \
	done

clean: ## remove everything that was built
	rm -rf .build .build-address .build-thread .build-fuzz .build-hummingbird .venv .venv-bench .venv-attacks .venv-squeezers
