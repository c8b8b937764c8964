# Two commands: `make run` and `make test`. Both say what they install before they do.

UNAME := $(shell uname -s)
TARGET ?= target
CARGO_BIN := $(or $(CARGO_HOME),$(HOME)/.cargo)/bin
export PATH := $(PATH):$(CARGO_BIN)

# What the window is built with, and what shows and drives it without a screen.
PACKAGES := libwebkit2gtk-4.1-dev librsvg2-dev build-essential pkg-config webkit2gtk-driver xvfb xauth \
	dbus dbus-x11 xdotool python3-gi gir1.2-gtk-3.0 fonts-dejavu-core python3 python3-venv openssl openssh-client zstd x11-utils rpm
TAURI_DRIVER := 2.1.0

# Both programs as they are handed out: with report.pdf, whose typesetter is compiled nowhere else.
# They say from which commit they were built, where there is one.
BUILD = $(shell git ls-files --error-unmatch Makefile >/dev/null 2>&1 && git rev-parse --short=12 HEAD)$(shell test -z "$$(git status --porcelain 2>/dev/null)" || echo -altered)
RELEASE = EXHIBIT_BUILD=$(BUILD) cargo build --release -p cli -p exhibit-window --features cli/pdf,exhibit-window/pdf

.PHONY: help run test package packages driver ui outside paper bench clean

help:
	@echo "make run      build Exhibit, make the demonstration case, open the window on it"
	@echo "make test     everything that CI runs"
	@echo "make package  the .deb and the .rpm, in target/release/bundle"
	@echo "make bench    the benchmark: each figure beside the ceilings of its parts"

run: packages ui
	$(RELEASE)
	@TARGET=$(TARGET) sh tests/window/show

test: packages driver ui
	npm --prefix ui run check
	npm --prefix ui test
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo build --workspace
	cargo test --workspace
	sh tests/window/run
	$(MAKE) --no-print-directory outside package paper
	sh tests/package/run

outside: out/venv
	EXHIBIT_BIN=$(TARGET)/debug/exhibit out/venv/bin/python -m tests.outside

# report.pdf, by the program that `package` built.
paper: out/venv
	EXHIBIT_PAPER=1 EXHIBIT_BIN=$(TARGET)/release/exhibit out/venv/bin/python -m tests.outside -k test_paper -k test_same

out/venv: tests/outside/requirements.txt
	@echo "Installing the libraries of tests/outside/requirements.txt into out/venv"
	@test -x out/venv/bin/python || python3 -m venv out/venv
	@out/venv/bin/pip install --quiet --disable-pip-version-check -r tests/outside/requirements.txt
	@touch out/venv

# Both are made without downloads, by the bundler that the interface's packages bring along.
package: packages ui
	$(RELEASE)
	ui/node_modules/.bin/tauri bundle --ci --bundles deb,rpm

bench: packages driver ui
	cargo build --release -p cli -p exhibit-window
	cargo bench -p tests -- --window 1000000

ui: ui/node_modules/.package-lock.json
	npm --prefix ui run build

ui/node_modules/.package-lock.json: ui/package-lock.json
	@echo "Installing the packages of ui/package-lock.json into ui/node_modules"
	npm --prefix ui ci --no-audit --no-fund

packages:
ifeq ($(UNAME),Linux)
	@command -v apt-get >/dev/null || { echo "This is not Debian or Ubuntu. Install by hand: WebKitGTK 4.1 (development files), librsvg, and for the tests WebKitWebDriver, Xvfb, dbus, Python 3 with venv, openssl, ssh-keygen, zstd."; exit 0; }; \
	missing=""; for package in $(PACKAGES); do dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q "ok installed" || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
		echo "Installing with apt-get:$$missing"; \
		sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		$$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
else ifeq ($(UNAME),Darwin)
	@echo "On macOS this needs the command line tools of Xcode (xcode-select --install), Rust and Node 20; the web view is the system's. The window's own tests need Linux."
else
	@echo "On Windows this needs the C++ build tools of Visual Studio, WebView2 (part of Windows 11), Rust and Node 20; use a shell that has make. The window's own tests need Linux."
endif

driver:
	@command -v tauri-driver >/dev/null || { echo "Installing tauri-driver $(TAURI_DRIVER) with cargo"; cargo install tauri-driver --version $(TAURI_DRIVER) --locked --quiet; }

clean:
	rm -rf $(TARGET) ui/node_modules ui/dist out
