# make run    set up what is missing, then the sample commune's station and its officers' console
# make test   set up what is missing, then every test
# make check  ruff, mypy and the tests          make help   everything else
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
WORDS  := loudspeaker/locale/vi/LC_MESSAGES/loudspeaker.mo
LOCKED := deploy/constraints
PIP    := $(BIN)/python -m pip install -q --disable-pip-version-check
PIP_TOLD := $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off
SUDO   := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)
APT    := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get

# Debian's names. libportaudio2 plays, alsa-utils sets the volume, ffmpeg decodes phone recordings, espeak-ng is the voice,
# ca-certificates and openssl tell a station's server from an impostor.
SYSTEM := python3-venv libportaudio2 libasound2-plugins alsa-utils espeak-ng ffmpeg ca-certificates openssl
# Only for the tests: clocks that step, a stream server, systemd-analyze, a browser with Vietnamese letters, a signed suite
# of packages, a broker.
TESTING := libfaketime icecast2 systemd chromium-headless-shell fonts-noto-core apt-utils gnupg mosquitto

export COMMUNE VILLAGE VOICES
unexport PYTHONDONTWRITEBYTECODE  # every process of a test run would compile every module anew
.PHONY: help run hub test check fault bench messages reference constraints install uninstall clean system testing
.PHONY: deb usb trying image-check boot-check release promote

help:
	@sed -n '1,3p' Makefile
	@echo "# make fault    faults and properties in full (hours)         make bench    every figure of the README"
	@echo "# make hub      a hub with sample people, a broker and two boxes   HTTPS_PORT= MQTT_PORT= where 8443, 8883 are taken"
	@echo "# make messages compile the Vietnamese catalogue             make install  as a service on a Raspberry Pi"
	@echo "# make constraints  renew the packages with their hashes    make uninstall  keeps the station"
	@echo "# make reference    write docs/reference.md anew"
	@echo "# make deb          the Debian packages, in dist/     make usb      dist/usb: a stick that installs them without a network"
	@echo "# make image-check  the stick, tried in root file systems of Debian 12 and 13   ARCHES= CHECKS= only some of it"
	@echo "# make boot-check   the package, tried in a virtual PC that is switched on"
	@echo "# make release      NEW=0.2.0: version, packages, checksums, signed apt suite (canary)    make promote  canary to stable"

# What is missing of some packages is installed, where there is apt.
present = missing=; for p in $(1); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ] && command -v apt-get >/dev/null; then echo "Installing:$$missing"; \
	$(APT) update -qq && $(APT) install -y -qq --no-install-recommends $$missing >/dev/null; fi

system:
	@$(call present,$(SYSTEM))

# A sound server is installed only where there is none: the tests start a private one and leave a desktop's alone.
testing: system
	@missing=; for p in $(TESTING); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	command -v pulseaudio >/dev/null || command -v pipewire >/dev/null || missing="$$missing pulseaudio"; \
	command -v parec >/dev/null || missing="$$missing pulseaudio-utils"; \
	if [ -n "$$missing" ] && command -v apt-get >/dev/null; then echo "Installing:$$missing"; \
	$(APT) update -qq && $(APT) install -y -qq --no-install-recommends $$missing >/dev/null; fi

# Nothing comes in that is not named, with its hash, in deploy/constraints/; `make constraints` renews it.
$(READY): setup.cfg pyproject.toml $(LOCKED)/build.txt $(LOCKED)/test.txt | system
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@echo "Setting up $(VENV), some three minutes: 1/3 what builds the package"
	@$(PIP) --require-hashes -r $(LOCKED)/build.txt
	@echo "2/3 what it needs ($$(grep -c '==' $(LOCKED)/test.txt) packages)"
	@$(PIP_TOLD) --require-hashes --no-build-isolation --use-pep517 -r $(LOCKED)/test.txt
	@echo "3/3 the package itself"
	@$(PIP) --no-deps --no-build-isolation -e . --config-settings editable_mode=compat
	@$(BIN)/python -m compileall -q loudspeaker  # pip does so for the rest; without it every command starts 70 ms later
	@touch $@

# The Vietnamese catalogue is compiled from one file a room; setting up does it, and so does every later change of one.
$(WORDS): $(wildcard loudspeaker/locale/vi/*.po) .ci/messages.py | $(READY)
	@$(BIN)/python .ci/messages.py

# The officers' console runs beside the daemon, and ends with it.
run: $(READY) $(WORDS)
	@$(BIN)/loudspeaker web & console=$$!; trap 'kill $$console 2>/dev/null' EXIT INT TERM; $(BIN)/loudspeaker run --welcome chao-mung

# Everything lies in a temporary folder, and goes with Ctrl+C.
hub: $(READY) $(WORDS)
	@$(call present,mosquitto)
	@deploy/hub/sample.sh $(BIN)

# First what only computes, a process more than there are cores, since some wait for a thread or a child now and then; who
# is done takes of what others still have. Then what waits for sound, clocks and processes, many side by side, each file
# by one of them, what took longest first.
# TESTS= narrows both: a part of which nothing is left (5) is no failure.
test: $(READY) $(WORDS) testing
	@$(BIN)/python -m pytest --part pure -n $$(($$(nproc) + 1)) --dist worksteal $(TESTS) || [ $$? = 5 ]
	@$(BIN)/python -m pytest --part waiting -n 8 --dist loadfile --no-loadscope-reorder $(TESTS) || [ $$? = 5 ]

check: $(READY) $(WORDS)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/mypy --config-file .ci/mypy.ini
	@$(MAKE) --no-print-directory test

fault: $(READY) $(WORDS) testing
	@$(BIN)/python -m pytest -m "fault or hypothesis or sampled" --runs=full

# All but what makes a log for another (lived), what playout plays, too (recovery), and what is played by hand (beside).
bench: $(READY) $(WORDS) testing
	@for b in $$(ls bench/*.py | grep -Ev 'lived|beside|recovery'); do echo "== $$b"; $(BIN)/python $$b; done

messages: $(WORDS)

reference: $(READY) $(WORDS)
	@$(BIN)/python .ci/reference.py

constraints:
	@PYTHON=$(PYTHON) .ci/constraints.sh

# Builds in folders of its own and leaves this checkout as it is. COMMUNE= and VILLAGE= name a new station.
install:
	@$(SUDO) env COMMUNE="$$COMMUNE" VILLAGE="$$VILLAGE" VOICES="$$VOICES" deploy/install.sh

uninstall:
	@$(SUDO) deploy/uninstall.sh

# Debian's names: what a package is made with, what a stick and a suite are made with, what tries them.
PACKAGING := apt-utils debian-archive-keyring
ARCHES ?= arm64 amd64
# What is tried of it, and for which releases of Debian a stick is made then.
CHECKS ?= lint 12 13 upgrade
RELEASES ?= $(sort $(filter 12 13,$(CHECKS:upgrade=12)))
TRYING = mmdebstrap systemd $(if $(filter lint,$(CHECKS)),lintian) $(if $(filter-out $(shell dpkg --print-architecture),$(ARCHES)),arch-test qemu-user-static)

deb: $(READY) $(WORDS)
	@deploy/build_deb.sh dist $(ARCHES)

usb: deb
	@$(call present,$(PACKAGING))
	@RELEASES="$(RELEASES)" deploy/make_usb.sh dist/usb $(foreach arch,$(ARCHES),"$$(ls -t dist/loudspeaker_*_$(arch).deb | head -n 1)")

trying:
	@$(call present,$(PACKAGING) $(TRYING))

image-check: usb trying
	@CHECKS="$(CHECKS)" deploy/checks/image_check.sh dist/usb $(ARCHES)

# A virtual PC that is switched on, unplugged and switched on again: some twenty minutes, as root.
boot-check: ARCHES = amd64
boot-check: usb
	@$(call present,mmdebstrap qemu-system-x86)
	@deploy/checks/boot_check.sh dist/usb

release: $(READY)
	@deploy/release.sh make dist/apt "$(NEW)"

promote:
	@deploy/release.sh promote dist/apt

clean:
	rm -rf $(VENV) build dist *.egg-info .state .web audio_cache/*/ $(WORDS)
