# Linli (邻里). `make help` lists what can be done; the scripts are in tools/.
.DEFAULT_GOAL := help
.PHONY: help run demo tablet stop test cover check format bench lock clean erase
.SILENT:

help: ## show this list
	awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## set up what is missing and serve on 127.0.0.1:8000 (another port: PORT=8123 make run)
	tools/run.sh

demo: ## play a whole month of a county over HTTP, beside the running server (several: MONTHS=3)
	tools/venv.sh run
	.venv/bin/python -m demo.month $(if $(MONTHS),--months $(MONTHS)) $(ARGS)

tablet: ## enrol a field tablet beside the running server, and say what to try on it (another port: PORT=8123)
	tools/venv.sh run
	.venv/bin/python -m demo.tablet $(if $(PORT),--base-url http://127.0.0.1:$(PORT)) $(ARGS)

stop: ## stop the private database (its data stay)
	tools/cluster.sh stop pg

test: ## run all tests on databases of their own (some of them: ARGS="tests/domain -k expiry")
	tools/test.sh $(ARGS)

cover: ## run all tests and list the lines and branches they never reach
	COVER=1 tools/test.sh $(ARGS)

check: ## look for faults without running: style, types, layers, generated files
	tools/check.sh

format: ## put the code into its one format
	tools/venv.sh dev
	.venv/bin/ruff check --fix-only --quiet .
	.venv/bin/ruff format .

bench: ## measure the hot paths against hand-written floors
	tools/bench.sh $(ARGS)

lock: ## pin and hash requirements*.in into requirements*.txt (newer versions: ARGS=--upgrade)
	tools/lock.sh $(ARGS)

clean: ## stop the private databases and remove what can be made again; data and keys stay
	tools/clean.sh

erase: ## delete this folder's database and keys for good (asks first)
	tools/clean.sh erase
